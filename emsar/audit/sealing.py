"""Seal: one job a minute chains the evidence that has settled since the last link.

A row is settled when it is visible. Rows whose number is lower but that commit later show as gaps
first and are taken in by a later seal, so sealing locks no writer out.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from emsar.audit.evidence import EvidenceRow, evidence_models
from emsar.audit.leaving import month_of
from emsar.audit.models import Heartbeat, Seal
from emsar.datamap.keys import ring

SEAL_LOCK = 7_304_002
BATCH = 20_000
# A gap is given up when no transaction of ours can still be open: seals a minute, half a day.
GAP_SEALS = 720

# Number, HMAC and moment.
SealedRow = tuple[int, bytes, datetime]


@transaction.atomic
def seal() -> Seal | None:
    """Append one link; None when nothing settled or another process is sealing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        (free,) = cursor.fetchone()
    if not free:
        return None
    beat("seal")
    last = Seal.objects.order_by("-id").first()
    spans = {model._meta.label_lower: _span(model, last) for model in evidence_models()}
    if not any(span["count"] for span in spans.values()):
        return None
    return _append(spans, last)


def beat(job: str, note: str = "") -> None:
    """Note that a scheduled job ran to its end now."""
    Heartbeat.objects.update_or_create(job=job, defaults={"at": timezone.now(), "note": note})


def _append(spans: dict[str, Any], last: Seal | None) -> Seal:
    link = Seal(spans=spans, previous=bytes(last.digest) if last else b"\0" * 32)
    link.kid, key = ring("EVIDENCE_KEYS").current
    link.digest = link_digest(link, key)
    link.save(force_insert=True)
    return link


def link_digest(link: Seal, key: bytes) -> bytes:
    """What the link's digest must be: everything it says, and the digest before it."""
    content = json.dumps(link.spans, sort_keys=True)
    when = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = b"|".join([bytes(link.previous), when.encode(), link.kid.encode(), content.encode()])
    return hmac.new(key, text, hashlib.sha256).digest()


def _span(model: type[EvidenceRow], last: Seal | None) -> dict[str, Any]:
    before = (last.spans if last else {}).get(model._meta.label_lower) or {}
    start, gaps = before.get("to", 0), dict(before.get("gaps", []))
    fresh = list(
        model.objects.filter(id__gt=start).order_by("id").values_list("id", "hmac", "at")[:BATCH]
    )
    late = list(model.objects.filter(id__in=gaps).order_by("id").values_list("id", "hmac", "at"))
    end = fresh[-1][0] if fresh else start
    arrived = {row[0] for row in late}
    open_gaps = {n: left - 1 for n, left in gaps.items() if n not in arrived and left > 1}
    open_gaps |= dict.fromkeys(sorted(_missing(start, end, fresh)), GAP_SEALS)
    return {
        "from": start,
        "to": end,
        "late": sorted(arrived),
        "gaps": sorted(open_gaps.items()),
        "count": len(fresh) + len(late),
        "months": digests_by_month([*late, *fresh]),
    }


def _missing(start: int, end: int, rows: list[SealedRow]) -> set[int]:
    return set(range(start + 1, end + 1)) - {row[0] for row in rows}


def digests_by_month(rows: list[SealedRow]) -> dict[str, tuple[int, str]]:
    """For each month of Asia/Baku how many rows it has, and one digest over them.

    Rows leave by the month, so what is left of a span can still be compared.
    """
    months: dict[str, list[SealedRow]] = {}
    for row in rows:
        months.setdefault(month_of(row[2]), []).append(row)
    return {month: (len(its), _digest(its)) for month, its in months.items()}


def _digest(rows: list[SealedRow]) -> str:
    """SHA-256 over the numbers and HMACs of rows, in the order of their numbers."""
    digest = hashlib.sha256()
    for number, row_hmac, _ in sorted(rows, key=lambda row: row[0]):
        digest.update(f"{number}:".encode() + bytes(row_hmac))
    return digest.hexdigest()
