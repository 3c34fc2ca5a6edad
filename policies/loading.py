"""Documents in files become versions: drafts that can be published."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from emsar.entities.profile import LANGUAGES
from policies.models import Policy, PolicyText, PolicyVersion


class DocumentError(Exception):
    """A document cannot be read; says which file and why."""


@dataclass(frozen=True)
class Document:
    """One version as its files say it."""

    policy: str
    number: str
    effective: date | None
    significant: bool
    reason: dict[str, str]
    terms: dict[str, int]
    sources: dict[str, str]


def documents_folder() -> Path:
    """Where the documents of this organisation's profile lie."""
    bundled = settings.BASE_DIR / "policies" / "documents" / settings.PROFILE.key
    beside = settings.PROFILE_PATH.parent / "documents"
    return beside if beside.is_dir() else Path(bundled)


def read_documents(folder: Path) -> Iterator[Document]:
    """Every version below ``folder``, oldest number first in each policy."""
    if not folder.is_dir():
        raise DocumentError(f"{folder}: there are no documents")
    for path in sorted(folder.glob("*/*/terms.toml")):
        yield read_document(path)


def read_document(path: Path) -> Document:
    """The version that a ``terms.toml`` and the texts beside it describe."""
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
        terms = {str(name): _positive(value) for name, value in facts.pop("terms", {}).items()}
        return Document(
            policy=path.parent.parent.name,
            number=str(facts.pop("number")),
            effective=facts.pop("effective", None),
            significant=bool(facts.pop("significant", False)),
            reason=dict(facts.pop("reason", {})),
            terms=terms,
            sources=_sources(path.parent),
        )
    except (OSError, KeyError, ValueError) as problem:
        raise DocumentError(f"{path}: {problem}") from problem


def _positive(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"a term is a positive whole number, not {value!r}")
    return value


def _sources(folder: Path) -> dict[str, str]:
    files = {language: folder / f"{language}.md" for language in LANGUAGES}
    return {code: file.read_text("utf-8") for code, file in files.items() if file.exists()}


@transaction.atomic
def load_document(document: Document) -> PolicyVersion:
    """Create the version, or bring its draft up to the files; a published one stays as it is."""
    policy, _ = Policy.objects.get_or_create(slug=document.policy)
    version, _ = PolicyVersion.objects.get_or_create(
        policy=policy, number=document.number, defaults=_columns(document)
    )
    if version.is_published:
        return version
    PolicyVersion.objects.filter(pk=version.pk).update(**_columns(document))
    for language, source in document.sources.items():
        PolicyText.objects.update_or_create(
            version=version, language=language, defaults={"source": source}
        )
    version.refresh_from_db()
    return version


def _columns(document: Document) -> dict[str, Any]:
    reasons = {f"reason_{code}": document.reason.get(code, "") for code in LANGUAGES}
    return {
        "effective_date": document.effective,
        "significant": document.significant,
        "terms": document.terms,
        **reasons,
    }
