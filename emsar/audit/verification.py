"""Verifying evidence: every row's HMAC, every link of the chain, and the rows that it covers."""

import hmac
from collections.abc import Iterator
from typing import Any

from emsar.audit.evidence import EvidenceRow, evidence_models
from emsar.audit.models import Seal
from emsar.audit.sealing import link_digest, rows_digest
from emsar.datamap.keys import ring


def verify_rows(model: type[EvidenceRow]) -> Iterator[str]:
    """A sentence for each row of a kind of evidence that is not as it was written."""
    for row in model.objects.order_by("id").iterator(chunk_size=2000):
        if not row.intact():
            yield f"{model._meta.label} {row.pk} ({row.uid}): not as it was written"


def verify_chain() -> Iterator[str]:
    """A sentence for each broken link, and for each span whose rows changed or are missing."""
    previous = b"\0" * 32
    for link in Seal.objects.order_by("id").iterator(chunk_size=500):
        if bytes(link.previous) != previous:
            yield f"Seal {link.pk}: does not follow the link before it"
        if _intact(link):
            yield from _verify_spans(link)
        else:
            yield f"Seal {link.pk}: not as it was written"
        previous = bytes(link.digest)


def _intact(link: Seal) -> bool:
    key = ring("EVIDENCE_KEYS").get(link.kid)
    return key is not None and hmac.compare_digest(bytes(link.digest), link_digest(link, key))


def verify_head(head: str) -> Iterator[str]:
    """Compare a head that was mailed out, "number:digest": a cut tail cannot grow it again."""
    number, _, digest = head.partition(":")
    link = Seal.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if link is None or bytes(link.digest).hex() != digest.strip().lower():
        yield f"Seal {number}: the head that was mailed out does not stand in the chain"


def _verify_spans(link: Seal) -> Iterator[str]:
    kinds = {model._meta.label_lower: model for model in evidence_models()}
    for label, span in link.spans.items():
        if not span["count"]:
            continue
        if label not in kinds:
            yield f"Seal {link.pk}: {label} is no kind of evidence here"
            continue
        rows = _covered(kinds[label], span)
        if len(rows) < span["count"]:
            missing = span["count"] - len(rows)
            yield f"Seal {link.pk}: {missing} rows of {label} are missing"
        elif rows_digest(rows) != span["digest"]:
            yield f"Seal {link.pk}: rows of {label} changed after sealing"


def _covered(model: type[EvidenceRow], span: dict[str, Any]) -> list[tuple[int, bytes]]:
    """The rows that a span sealed; what has filled a gap since belongs to a later seal."""
    fresh = model.objects.filter(id__gt=span["from"], id__lte=span["to"])
    fresh = fresh.exclude(id__in=[number for number, _ in span["gaps"]])
    late = model.objects.filter(id__in=span["late"])
    return [*fresh.values_list("id", "hmac"), *late.values_list("id", "hmac")]


def verify_all() -> list[str]:
    """Everything that is wrong with the evidence; empty when all is in order."""
    found = [problem for model in evidence_models() for problem in verify_rows(model)]
    return [*found, *verify_chain()]
