"""Verifying the consents alone: each row, the words shown, and the seals that cover them (E-1l)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consent.models import ConsentEvent, ConsentText
from consent.services import text_is_as_stored
from consent.wording import screen_sha256
from emsar.audit.evidence import EvidenceRow
from emsar.audit.leaving import certified, month_of
from emsar.audit.models import Seal
from emsar.audit.verification import (
    Finding,
    absent,
    chain_findings,
    not_as_written,
    verify_rows,
)

KINDS: dict[str, type[EvidenceRow]] = {
    model._meta.label_lower: model for model in (ConsentEvent, ConsentText)
}
EVENTS = ConsentEvent._meta.label_lower
CHUNK = 2000
# More numbers than that are read by nobody.
NAMED = 20
# The job runs each minute.
SEALED_WITHIN = timedelta(minutes=10)


def verify_consents(now: datetime | None = None) -> Iterator[str]:
    """A sentence for each thing that is not as it was written; rows are named by number and uid."""
    moment = now or timezone.now()
    for model in KINDS.values():
        yield from verify_rows(model)
    yield from _words()
    yield from _shown()
    yield from _withdrawals(moment)
    for finding in chain_findings(moment, KINDS):
        yield f"{finding}{_closer(finding)}"
    yield from _unsealed(moment)


def _words() -> Iterator[str]:
    for text in ConsentText.objects.order_by("id").iterator(chunk_size=CHUNK):
        if not text_is_as_stored(text):
            yield _row(text, "its words do not have the hash under which they were agreed to")


def _shown() -> Iterator[str]:
    """Every event's words are there, and read as they did on the screen."""
    texts = ConsentText.objects.iterator(chunk_size=CHUNK)
    sentences = {text.sha256: screen_sha256(text.sentence) for text in texts}
    columns = ("id", "uid", "text_sha256", "sentence_sha256")
    for event in ConsentEvent.objects.only(*columns).order_by("id").iterator(chunk_size=CHUNK):
        if event.text_sha256 not in sentences:
            yield _row(event, "the words that were shown are not stored")
        elif event.sentence_sha256 not in ("", sentences[event.text_sha256]):
            yield _row(event, "the sentence that was shown does not have its hash")


def _withdrawals(now: datetime) -> Iterator[str]:
    """A withdrawal ends a consent that is there, or that may have left by its term before it."""
    left = certified(now).rows
    for event in _without_consent().order_by("id").iterator(chunk_size=CHUNK):
        month = month_of(event.at)
        if not any(left[label, gone] for label, gone in left if label == EVENTS and gone <= month):
            yield _row(event, "withdraws a consent that is not there")


def _without_consent() -> QuerySet[Any]:
    given = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GIVEN)
    named = given.filter(uid=OuterRef("withdraws"))
    # Those written before withdrawals named their consent.
    meant = given.filter(subject=OuterRef("subject"), about=OuterRef("about"))
    without = (Q(withdraws__isnull=False) & ~Exists(named)) | (
        Q(withdraws__isnull=True) & ~Exists(meant)
    )
    found: QuerySet[Any] = ConsentEvent.objects.filter(without, kind=ConsentEvent.Kind.WITHDRAWN)
    return found


def _unsealed(now: datetime) -> Iterator[str]:
    """Rows that a seal should cover by now: a chain that was cut, or a job that stands still."""
    last = Seal.objects.order_by("-id").first()
    for label, model in KINDS.items():
        sealed = ((last.spans if last else {}).get(label) or {}).get("to", 0)
        rows = model.objects.filter(id__gt=sealed, at__lt=now - SEALED_WITHIN).order_by("id")
        first = rows.first()
        if first is not None:
            yield _row(first, f"it and {rows.count() - 1} after it are covered by no seal")


def _closer(finding: Finding) -> str:
    """Which rows a seal misses or finds changed, as far as that can be known."""
    model = KINDS.get(finding.label)
    if model is None:
        return ""
    span = finding.link.spans[finding.label]
    gone, changed = absent(model, span), not_as_written(model, span)
    if gone:
        # Some of them may have left by their term: the seal says how many did not.
        return f": {_numbers(gone)}"
    if changed:
        return f": {_numbers(changed)}"
    return "; each row fits its own HMAC, so which of them cannot be told"


def _numbers(numbers: list[int]) -> str:
    more = ", …" if len(numbers) > NAMED else ""
    return f"number {', '.join(map(str, numbers[:NAMED]))}{more}"


def _row(row: EvidenceRow, words: str) -> str:
    return f"{row._meta.label} {row.pk} ({row.uid}): {words}"
