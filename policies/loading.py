"""Documents in files become versions: drafts that can be published."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from emsar.entities.profile import LANGUAGES
from policies.models import Policy, PolicyText, PolicyVersion
from policies.numbers import is_number, sort_key

KEYS = frozenset({"number", "effective", "significant", "requires_reconsent", "reason", "terms"})


class DocumentError(Exception):
    """A document cannot be read; says which file and why."""


@dataclass(frozen=True)
class Document:
    """One version as its files say it; ``effective`` None is a draft."""

    policy: str
    number: str
    effective: date | None
    significant: bool
    requires_reconsent: bool
    reason: Mapping[str, str]
    terms: Mapping[str, int]
    sources: Mapping[str, str]


def documents_folder() -> Path:
    """Where the documents of this organisation's profile lie."""
    bundled = settings.BASE_DIR / "policies" / "documents" / settings.PROFILE.key
    beside = settings.PROFILE_PATH.parent / "documents"
    return beside if beside.is_dir() else Path(bundled)


def read_documents(folder: Path) -> Iterator[Document]:
    """Every version below ``folder``, oldest number first in each policy."""
    if not folder.is_dir():
        raise DocumentError(f"{folder}: there are no documents")
    found = folder.glob("*/*/terms.toml")
    for path in sorted(found, key=lambda path: (path.parts[-3], sort_key(path.parts[-2]))):
        yield read_document(path)


def read_document(path: Path) -> Document:
    """The version that a ``terms.toml`` and the texts beside it describe."""
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
        if unknown := sorted(set(facts) - KEYS):
            raise ValueError(f"nobody knows {', '.join(unknown)}")
        return Document(
            policy=path.parent.parent.name,
            number=_number(facts, path.parent.name),
            effective=_effective(facts),
            significant=_typed(facts, "significant", bool, False),
            requires_reconsent=_typed(facts, "requires_reconsent", bool, False),
            reason=_reason(_typed(facts, "reason", dict, {})),
            terms=_terms(_typed(facts, "terms", dict, {})),
            sources=_sources(path.parent),
        )
    except (OSError, ValueError) as problem:
        raise DocumentError(f"{path}: {problem}") from problem


def _typed(facts: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    value = facts.get(key, default)
    if not isinstance(value, kind):
        raise ValueError(f"{key} is not what it should be: {value!r}")
    return value


def _number(facts: Mapping[str, Any], folder: str) -> str:
    number = _typed(facts, "number", str, "")
    if not is_number(number) or number != folder:
        raise ValueError(f"number must be digits in groups and name the folder, not {number!r}")
    return str(number)


def _effective(facts: Mapping[str, Any]) -> date | None:
    effective = facts.get("effective")
    if effective is not None and (
        not isinstance(effective, date) or isinstance(effective, datetime)
    ):
        raise ValueError(f"effective is a day, not {effective!r}")
    return effective


def _reason(stated: Mapping[str, Any]) -> dict[str, str]:
    for code, text in stated.items():
        if code not in LANGUAGES or not isinstance(text, str):
            raise ValueError(f"reason.{code} is not a text in one of our languages")
    return dict(stated)


def _terms(stated: Mapping[str, Any]) -> dict[str, int]:
    for name, value in stated.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"terms.{name} is a positive whole number, not {value!r}")
    return dict(stated)


def _sources(folder: Path) -> dict[str, str]:
    files = {language: folder / f"{language}.md" for language in LANGUAGES}
    return {code: file.read_text("utf-8") for code, file in files.items() if file.exists()}


@transaction.atomic
def load_document(document: Document) -> PolicyVersion:
    """Create the version, or bring its draft up to the files.

    What is published stays as it is, and so does a draft that staff have edited since.
    """
    policy, _ = Policy.objects.get_or_create(slug=document.policy)
    known = Q(document=document.number) | Q(number=document.number)
    version = PolicyVersion.objects.filter(known, policy=policy).order_by("-document").first()
    if version is None:
        number = {"number": document.number, "document": document.number}
        version = PolicyVersion.objects.create(policy=policy, **number)
    elif version.is_published or version.edited_at is not None:
        return version
    PolicyVersion.objects.filter(pk=version.pk).update(**_columns(document))
    for language, source in document.sources.items():
        PolicyText.objects.update_or_create(
            version=version, language=language, defaults={"source": source}
        )
    version.refresh_from_db()
    return version


def differs(document: Document, version: PolicyVersion) -> bool:
    """Whether the files say something else than the version, which no longer follows them."""
    sources = {text.language: text.source for text in version.texts.all()}
    return (dict(document.terms), dict(document.sources)) != (version.terms, sources)


def _columns(document: Document) -> dict[str, Any]:
    reasons = {f"reason_{code}": document.reason.get(code, "") for code in LANGUAGES}
    return {
        "effective_date": document.effective,
        "significant": document.significant,
        "requires_reconsent": document.requires_reconsent,
        "terms": document.terms,
        **reasons,
    }
