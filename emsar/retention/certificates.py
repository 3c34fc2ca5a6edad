"""Whether the certificates hold: lines, ledger, orders and sweeps must tell the same story.

``verify_audit`` looks at every row's HMAC and at the chain of seals, which misses what was
removed; here the rows are held against each other.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from emsar.audit.evidence import EvidenceRow
from emsar.datamap.rules import Rule, rules
from emsar.entities.businessdays import BAKU
from emsar.retention import ledger, persons
from emsar.retention.acts.content import COPIES, counts_of, within
from emsar.retention.due import first_day_still_kept, is_of_persons
from emsar.retention.models import (
    DeletionOrder,
    DestructionLine,
    LedgerEntry,
    Sweep,
)

# A technical limit: entries are shipped on commit, and what could not be every hour.
SHIPPING = timedelta(hours=1)


def verify(month: str = "") -> Iterator[str]:
    """A sentence for each fault, of all that there is or of one month of Asia/Baku (2026-11).

    NoActError for what is no month.
    """
    for model in (DestructionLine, LedgerEntry):
        yield from _changed(model.objects.filter(_span(month)))
    yield from contradictions(month)


def contradictions(month: str = "") -> Iterator[str]:
    """What does not fit together, without looking at the HMACs of the rows."""
    yield from _lines(_span(month))
    yield from _entries_without_line(_span(month))
    yield from _sweeps(_span(month, "started_at"))
    yield from _waiting(_span(month))


def number_of_lines(month: str = "") -> int:
    """How many lines `verify` looks at."""
    return DestructionLine.objects.filter(_span(month)).count()


def _span(month: str, column: str = "at") -> Q:
    return within(month, column) if month else Q()


def _changed(rows: QuerySet[Any]) -> Iterator[str]:
    for row in rows.order_by("id").iterator(chunk_size=2_000):
        if not row.intact():
            yield _named(row, "not as it was written")


def _lines(span: Q) -> Iterator[str]:
    """Each line against its entry of the ledger and its orders for the mailboxes."""
    rows = DestructionLine.objects.filter(span)
    entered = _entered(rows.values("uid"))
    ordered = _ordered(rows.values("uid"))
    ledgered = {persons.RULE, *(rule.name for rule in rules() if is_of_persons(rule))}
    since = {term: _kept_since(term) for term in ("backups", "deletion_orders")}
    for line in rows.order_by("id").iterator(chunk_size=2_000):
        day = line.at.astimezone(BAKU).date()
        expected = line.rule in ledgered and day >= since["backups"]
        if line.rule in ledgered:
            yield from _against_ledger(line, entered.get(line.uid), expected=expected)
        copies = counts_of(line).get(COPIES, 0) if line.rule in ledgered else 0
        if day >= since["deletion_orders"] and ordered.get(line.uid, 0) < copies:
            there = ordered.get(line.uid, 0)
            yield _named(line, f"{copies} copies in mailboxes were counted, {there} orders exist")


def _against_ledger(
    line: DestructionLine, entered: tuple[int, int] | None, *, expected: bool
) -> Iterator[str]:
    if entered is None:
        if expected:
            yield _named(line, "there is no entry of the ledger for it")
        return
    number = entered[line.rule == persons.RULE]
    if number != line.records:
        yield _named(line, f"it counts {line.records} records, the ledger names {number}")


def _entered(lines: Any) -> dict[UUID, tuple[int, int]]:
    """For each line how many records and how many persons the ledger names."""
    found: dict[UUID, tuple[int, int]] = {}
    rows = LedgerEntry.objects.filter(line__in=lines)
    for line, records, people in rows.values_list("line", "records__len", "subjects__len"):
        before = found.get(line, (0, 0))
        found[line] = (before[0] + records, before[1] + people)
    return found


def _ordered(lines: Any) -> dict[UUID, int]:
    rows = DeletionOrder.objects.filter(line__in=lines).order_by().values("line")
    return dict(rows.annotate(number=Count("id")).values_list("line", "number"))


def _kept_since(term: str) -> date:
    """Since which day nothing has left under a term of the schedule; what is older may have."""
    rule = Rule(term, LedgerEntry, clause="S-5e", term=term, since="at")
    return first_day_still_kept(rule, timezone.localdate(timezone.now(), BAKU))


def _entries_without_line(span: Q) -> Iterator[str]:
    """Entries leave before their lines do, and a replay writes both, so each has one."""
    line = DestructionLine.objects.filter(uid=OuterRef("line"))
    for entry in LedgerEntry.objects.filter(span).exclude(Exists(line)).order_by("id"):
        yield _named(entry, "the line of destruction that it belongs to is not there")


def _sweeps(span: Q) -> Iterator[str]:
    """A sweep counts after each batch, so one that was cut off may have counted less."""
    first = datetime.combine(_kept_since("certificates"), time(), BAKU)
    runs = list(Sweep.objects.filter(span, started_at__gte=first).order_by("started_at"))
    lines = DestructionLine.objects.filter(sweep__in=[run.pk for run in runs]).order_by()
    counted = lines.values("sweep").annotate(number=Sum("records"))
    sums = dict(counted.values_list("sweep", "number"))
    for run in runs:
        number = sums.get(run.pk, 0)
        whole = run.ended_at is not None and not run.error
        if number < run.records or (whole and number != run.records):
            yield f"{run._meta.label} {run.pk}: {run.records} records, its lines count {number}"


def _waiting(span: Q) -> Iterator[str]:
    """Entries that should have left the database long ago."""
    for entry in ledger.waiting().filter(span, at__lt=timezone.now() - SHIPPING):
        yield _named(entry, "it has not left the database for more than an hour")


def _named(row: EvidenceRow, what: str) -> str:
    return f"{row._meta.label} {row.pk} ({row.uid}): {what}"
