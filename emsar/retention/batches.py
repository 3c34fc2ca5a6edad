"""One batch: due rows are locked, looked at again, and destroyed with all that goes along.

All of it is one transaction: rows, orders for the mailboxes, the line of the certificate, the
entry of the ledger and the audit event stand together or not at all (idea 10). Other workers skip
the rows that are locked, and so does this one for rows that somebody is working on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from emsar.audit import record
from emsar.datamap.declarations import declaration_of
from emsar.datamap.rules import Rule
from emsar.retention import ledger
from emsar.retention.dependants import Counts, delete_rows, empty_columns
from emsar.retention.due import due_rows, is_of_persons, mails_under_way
from emsar.retention.models import DestructionLine, Sweep
from emsar.retention.orders import order_copies
from emsar.retention.persons import forget_addresses, forget_alone
from emsar.subjects.models import DataSubject

SIZE = 2_000


@dataclass
class Locked:
    """The rows of a batch: their keys, whose they are, and their last days kept."""

    keys: list[Any]
    subjects: list[UUID]
    days: list[date]


@dataclass
class Destroyed:
    """What a batch did: rows a table, and the persons who went along."""

    counts: Counts = field(default_factory=dict)
    persons: list[UUID] = field(default_factory=list)

    def add(self, counts: Counts) -> None:
        for label, number in counts.items():
            self.counts[label] = self.counts.get(label, 0) + number


@transaction.atomic
def destroy_batch(rule: Rule, sweep: Sweep, now: datetime, size: int = SIZE) -> int:
    """Destroy one batch of what a rule has due; how many records, 0 when nothing is left."""
    locked = lock_due(rule, now, size)
    if not locked.keys:
        return 0
    line = new_line(rule, sweep, locked)
    done = _destroy(rule, locked, line.uid)
    line.counts = done.counts
    line.save()
    records = _uuids(locked.keys) if is_of_persons(rule) else []
    if records or done.persons:
        ledger.enter(line, records, done.persons)
    detail: dict[str, str | int] = {"rule": rule.name, "records": line.records}
    record("retention.destroy", actor=None, obj=line, detail=detail)
    return line.records


def lock_due(rule: Rule, now: datetime, size: int) -> Locked:
    """Lock the rows that are due at this moment, those that ended first before the others.

    A row that changed since it was found is looked at once more under its lock, so a reply of the
    last minute keeps its request.
    """
    subject = _subject_column(rule)
    columns = ["pk", *filter(None, [subject, rule.last_day])]
    rows: QuerySet[Any] = due_rows(rule, now).order_by(rule.last_day or rule.since or rule.until)
    locked = rows.select_for_update(skip_locked=True, of=("self",)).values_list(*columns)[:size]
    found = list(locked)
    if is_of_persons(rule):
        # What was queued while we waited for a lock is seen only now.
        busy = set(_with_mail([row[0] for row in found], now))
        found = [row for row in found if row[0] not in busy]
    people = {row[1] for row in found if subject and row[1]}
    days = [row[-1] for row in found] if rule.last_day else []
    return Locked([row[0] for row in found], sorted(people), days)


def _with_mail(keys: Sequence[Any], now: datetime) -> Iterator[Any]:
    return mails_under_way(now).filter(about__in=keys).values_list("about", flat=True).iterator()


def _subject_column(rule: Rule) -> str:
    """The row's own column of the person, if it has one."""
    line = declaration_of(rule.model)
    path = line.subject if line and line.subject and "__" not in line.subject else ""
    if not path or path == rule.model._meta.pk.name:
        return ""
    column: Any = rule.model._meta.get_field(path)
    return str(column.attname)


def new_line(rule: Rule, sweep: Sweep, locked: Locked, case: UUID | None = None) -> DestructionLine:
    return DestructionLine(
        sweep=sweep.pk,
        case=case,
        rule=rule.name,
        clause=rule.clause,
        trigger=rule.trigger,
        records=len(locked.keys),
        first_day=min(locked.days, default=None),
        last_day=max(locked.days, default=None),
    )


def _destroy(rule: Rule, locked: Locked, line: UUID) -> Destroyed:
    done = Destroyed()
    if rule.empties:
        done.add(empty_columns(rule.model, locked.keys, dict(rule.empties)))
        return done
    if is_of_persons(rule):
        orders = _order_copies(rule, locked.keys, line)
        done.add({"outbox.mailcopy": orders} if orders else {})
    done.add(delete_rows(rule.model, locked.keys))
    done.persons, counts = forget_alone(locked.subjects)
    done.add(counts)
    done.add(forget_addresses(locked.subjects))
    return done


def _order_copies(rule: Rule, keys: Sequence[Any], line: UUID) -> int:
    """Orders for the copies of records, those of blocked persons for the officer alone (E-8h)."""
    blocked = set(keys if rule.officer_only else _blocked(rule, keys))
    rest = [key for key in keys if key not in blocked]
    return order_copies(rest, line) + order_copies([*blocked], line, is_restricted=True)


def _blocked(rule: Rule, keys: Sequence[Any]) -> Sequence[Any]:
    column = _subject_column(rule)
    if not column:
        return []
    people = DataSubject.objects.filter(blocked_at__isnull=False).values("pk")
    rows = rule.model._base_manager.filter(**{"pk__in": list(keys), f"{column}__in": people})
    return list(rows.values_list("pk", flat=True))


def _uuids(keys: Sequence[Any]) -> list[UUID]:
    return [key for key in keys if isinstance(key, UUID)]
