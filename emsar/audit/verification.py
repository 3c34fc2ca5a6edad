"""Verifying evidence: every row's HMAC, every link of the chain, and the rows that it covers.

Rows and links that left by their term are not missed, as far as certificates say so. Higher rooms
register what else of theirs must be as it was, such as the texts of the policies.
"""

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from emsar.audit.evidence import EvidenceRow, evidence_models
from emsar.audit.leaving import Left, certified
from emsar.audit.models import Seal
from emsar.audit.sealing import SealedRow, digests_by_month, link_digest
from emsar.datamap.keys import ring

_FURTHER: dict[str, Callable[[], Iterable[str]]] = {}
# No seal covers so many numbers; one that says so was altered.
WIDEST = 1_000_000


@dataclass(frozen=True)
class Finding:
    """What is wrong with a link; ``label`` names the kind of evidence whose rows are not right."""

    link: Seal
    words: str
    label: str = ""

    def __str__(self) -> str:
        return f"Seal {self.link.pk}: {self.words}"


def register_verification(name: str, verify: Callable[[], Iterable[str]]) -> None:
    """``verify`` gives a sentence for each thing that is not as it was written."""
    _FURTHER[name] = verify


def verify_rows(model: type[EvidenceRow]) -> Iterator[str]:
    """A sentence for each row of a kind of evidence that is not as it was written."""
    for row in model.objects.order_by("id").iterator(chunk_size=2000):
        if not row.intact():
            yield f"{model._meta.label} {row.pk} ({row.uid}): not as it was written"


def verify_chain(now: datetime | None = None) -> Iterator[str]:
    """A sentence for each broken link, and for each span whose rows changed or are missing."""
    return (str(finding) for finding in chain_findings(now))


def chain_findings(
    now: datetime | None = None, labels: Collection[str] | None = None
) -> Iterator[Finding]:
    """The same with what each is about; ``labels``: look at the rows of these kinds alone."""
    left = certified(now or timezone.now())
    previous = b"\0" * 32
    for link in Seal.objects.order_by("id").iterator(chunk_size=500):
        if bytes(link.previous) != previous and bytes(link.previous).hex() not in left.ends:
            yield Finding(link, "does not follow the link before it")
        if not _intact(link):
            yield Finding(link, "not as it was written")
        # A broken link must not hide what else is wrong with the rows that it covers.
        yield from _verify_spans(link, left, labels)
        previous = bytes(link.digest)


def _intact(link: Seal) -> bool:
    key = ring("EVIDENCE_KEYS").get(link.kid)
    return key is not None and hmac.compare_digest(bytes(link.digest), link_digest(link, key))


def verify_head(head: str, now: datetime | None = None) -> Iterator[str]:
    """Compare a head that was mailed out, "number:digest": a cut tail cannot grow it again.

    A head so old that its link left by its term shows nothing any more, and nothing wrong.
    """
    number, _, digest = head.partition(":")
    link = Seal.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if link is None and number.isdecimal() and _has_left(int(number), now or timezone.now()):
        return
    if link is None or bytes(link.digest).hex() != digest.strip().lower():
        yield f"Seal {number}: the head that was mailed out does not stand in the chain"


def _has_left(number: int, now: datetime) -> bool:
    """Whether a link stood before all that are left, and they follow one that left."""
    first = Seal.objects.order_by("id").first()
    if first is None or number >= first.pk:
        return False
    return bytes(first.previous).hex() in certified(now).ends


def _verify_spans(link: Seal, left: Left, labels: Collection[str] | None) -> Iterator[Finding]:
    kinds = {model._meta.label_lower: model for model in evidence_models()}
    spans = link.spans if isinstance(link.spans, dict) else {}
    for label, span in spans.items():
        if labels is not None and label not in labels:
            continue
        try:
            problem = _problem(label, kinds.get(label), span, left)
        except (AttributeError, KeyError, TypeError, ValueError):
            yield Finding(link, f"what it says of {label} cannot be read")
            continue
        if problem:
            yield Finding(link, problem, label)


def _problem(label: str, model: type[EvidenceRow] | None, span: dict[str, Any], left: Left) -> str:
    """What is wrong with the rows that a span covers; empty when nothing is."""
    if not span["count"]:
        return ""
    if model is None:
        return f"{label} is no kind of evidence here"
    present = digests_by_month(_covered(model, span))
    missing, changed = 0, not set(present) <= set(span["months"])
    for month, (count, digest) in span["months"].items():
        found, found_digest = present.get(month, (0, ""))
        missing += left.unexplained(label, month, max(count - found, 0))
        changed |= found >= count and found_digest != digest
    if missing:
        return f"{missing} rows of {label} are missing"
    return f"rows of {label} changed after sealing" if changed else ""


def absent(model: type[EvidenceRow], span: dict[str, Any]) -> list[int]:
    """The numbers of the rows that a span sealed and that are not there, whatever took them."""
    if span["to"] - span["from"] > WIDEST:
        return []
    sealed = set(range(span["from"] + 1, span["to"] + 1)) | set(span["late"])
    gaps = {number for number, _ in span["gaps"]}
    return sorted(sealed - gaps - {row[0] for row in _covered(model, span)})


def not_as_written(model: type[EvidenceRow], span: dict[str, Any]) -> list[int]:
    """The numbers of the rows of a span whose HMAC does not fit them."""
    numbers = [row[0] for row in _covered(model, span)]
    rows = model.objects.filter(pk__in=numbers).order_by("pk")
    return [row.pk for row in rows.iterator(chunk_size=2000) if not row.intact()]


def _covered(model: type[EvidenceRow], span: dict[str, Any]) -> list[SealedRow]:
    """The rows that a span sealed; what has filled a gap since belongs to a later seal."""
    columns = ("id", "hmac", "at")
    fresh = model.objects.filter(id__gt=span["from"], id__lte=span["to"])
    fresh = fresh.exclude(id__in=[number for number, _ in span["gaps"]])
    late = model.objects.filter(id__in=span["late"])
    return [*fresh.values_list(*columns), *late.values_list(*columns)]


def verify_all() -> list[str]:
    """Everything that is wrong with the evidence; empty when all is in order."""
    found = [problem for model in evidence_models() for problem in verify_rows(model)]
    further = [problem for verify in _FURTHER.values() for problem in verify()]
    return [*found, *verify_chain(), *further]
