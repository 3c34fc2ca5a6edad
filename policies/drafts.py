"""Drafts in the hands of the DPO: edited, and made from what is published (E-13a)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from emsar.audit import record
from emsar.entities.profile import LANGUAGES
from policies.models import PolicyText, PolicyVersion
from policies.numbers import next_number
from policies.versions import UNDERTAKING


class NotADraftError(Exception):
    """The version is published, so nothing of it can be changed."""


@dataclass(frozen=True)
class Content:
    """Everything of a draft that can be edited; an empty source is a text that is missing."""

    number: str
    significant: bool
    requires_reconsent: bool
    reasons: Mapping[str, str]
    terms: Mapping[str, int]
    sources: Mapping[str, str]


@transaction.atomic
def save_draft(version: PolicyVersion, content: Content, *, actor: UUID | None) -> None:
    """Write what a member of staff edited; from now on loading leaves the draft alone.

    Raises NotADraftError when the version is published, by whomever and however recently.
    """
    drafts = PolicyVersion.objects.filter(pk=version.pk, published_at__isnull=True)
    columns = _columns(content) | {"edited_at": timezone.now()}
    if drafts.update(**columns) != 1:
        raise NotADraftError(str(version))
    for language in LANGUAGES:
        _write_text(version, language, content.sources.get(language, ""))
    record("policy.draft_saved", actor=actor, obj=version, detail={"number": content.number})


def _columns(content: Content) -> dict[str, Any]:
    reasons = {f"reason_{code}": content.reasons.get(code, "") for code in LANGUAGES}
    return {
        "number": content.number,
        "significant": content.significant,
        "requires_reconsent": content.requires_reconsent,
        "terms": dict(content.terms),
        **reasons,
    }


def _write_text(version: PolicyVersion, language: str, source: str) -> None:
    if not source.strip():
        PolicyText.objects.filter(version=version, language=language).delete()
        return
    # A browser sends CRLF, the documents have LF; the difference would be one in every line.
    lines = source.replace("\r\n", "\n")
    PolicyText.objects.update_or_create(
        version=version, language=language, defaults={"source": lines}
    )


def content_of(version: PolicyVersion) -> Content:
    """What a version says now, draft or not."""
    return Content(
        number=version.number,
        significant=version.significant,
        requires_reconsent=version.requires_reconsent,
        reasons={code: getattr(version, f"reason_{code}") for code in LANGUAGES},
        terms={str(name): int(value) for name, value in version.terms.items()},
        sources={text.language: text.source for text in version.texts.all()},
    )


@transaction.atomic
def draft_from(version: PolicyVersion, *, actor: UUID | None) -> PolicyVersion:
    """A new draft under the next free number, with the texts and terms of ``version``."""
    same_policy = PolicyVersion.objects.filter(policy=version.policy_id)
    taken = set(same_policy.values_list("number", flat=True))
    draft = PolicyVersion.objects.create(
        policy_id=version.policy_id,
        number=next_number(version.number, taken),
        terms=version.terms,
        # Staff bind themselves to the words that they read; for a mere correction the officer
        # unticks it.
        requires_reconsent=version.policy_id == UNDERTAKING,
        edited_at=timezone.now(),
    )
    PolicyText.objects.bulk_create(
        PolicyText(version=draft, language=text.language, source=text.source)
        for text in version.texts.all()
    )
    record("policy.draft_made", actor=actor, obj=draft, detail={"from": version.number})
    return draft


def fingerprint(version: PolicyVersion) -> str:
    """Says whether two people look at the same state of a draft."""
    content = content_of(version)
    parts = [
        content.number,
        content.significant,
        content.requires_reconsent,
        *(sorted(facts.items()) for facts in (content.reasons, content.terms, content.sources)),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
