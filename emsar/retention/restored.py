"""What a restored database holds of an entry of the ledger, and what it still needs to know."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, Q

from emsar.datamap.declarations import declaration_of
from emsar.datamap.rules import Rule, rules
from emsar.retention.dependants import pointing_at
from emsar.retention.due import holds_on
from emsar.retention.models import DestructionLine, LedgerEntry, LegalHold, Shipment
from emsar.subjects.models import DataSubject

REPLAY_LOCK = 7_304_012
RulesOfTable = Sequence[Rule]


def lock_replay() -> None:
    """One replay at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REPLAY_LOCK])


def governing(entry: LedgerEntry) -> list[RulesOfTable]:
    """For each table in which the records may be: the rules that say what a hold keeps there.

    An entry of a rule that was renamed since may be of any table with records of persons.
    """
    if not entry.records:
        return []
    of_records = [rule for rule in rules() if rule.last_day and not rule.empties]
    of_records = [r for r in of_records if isinstance(r.model._meta.pk, models.UUIDField)]
    named = [rule for rule in of_records if rule.name == entry.rule]
    if named:
        return [named]
    tables = dict.fromkeys(rule.model for rule in of_records)
    return [[rule for rule in of_records if rule.model is table] for table in tables]


def found(rules_of_table: RulesOfTable, keys: Sequence[UUID], *, lock: bool = False) -> list[UUID]:
    """Those of the records that are in this database."""
    rows: Any = rules_of_table[0].model._base_manager.filter(pk__in=keys).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))


def held(rules_of_table: RulesOfTable, keys: Sequence[UUID]) -> set[UUID]:
    """Those of the records that a legal hold reaches in this database."""
    holds = [Q(Exists(hold)) for rule in rules_of_table for hold in holds_on(rule)]
    rows: Any = rules_of_table[0].model._base_manager.filter(pk__in=keys)
    return set(rows.filter(reduce(or_, holds)).values_list("pk", flat=True))


def blocked(rules_of_table: RulesOfTable, keys: Sequence[UUID]) -> set[UUID]:
    """Those of the records whose person is blocked in this database."""
    model = rules_of_table[0].model
    line = declaration_of(model)
    if line is None or not line.subject:
        return set()
    people = DataSubject.objects.filter(blocked_at__isnull=False).values("pk")
    rows: Any = model._base_manager.filter(**{"pk__in": keys, f"{line.subject}__in": people})
    return set(rows.values_list("pk", flat=True))


def present(persons: Sequence[UUID]) -> list[UUID]:
    """Those of the persons who are in this database."""
    rows = DataSubject.objects.filter(pk__in=persons).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def held_persons(persons: Sequence[UUID]) -> set[UUID]:
    """Those of the persons whom a legal hold keeps in this database."""
    holds = LegalHold.objects.filter(kind=LegalHold.Kind.SUBJECT, released_at__isnull=True)
    targets = holds.filter(target__in=persons).values_list("target", flat=True)
    return {target for target in targets if target}


def keepers(persons: Sequence[UUID]) -> dict[UUID, set[Any]]:
    """For each person whom rows keep here: the keys of those rows."""
    keys: dict[UUID, set[Any]] = {}
    for key in pointing_at(DataSubject, (models.PROTECT, models.RESTRICT)):
        rows: Any = key.model._base_manager.filter(**{f"{key.name}__in": persons})
        for person, row in rows.values_list(key.attname, "pk"):
            keys.setdefault(person, set()).add(row)
    return keys


def knows(entry: LedgerEntry) -> bool:
    """Whether this database has the entry, or its line of destruction, which stays longer."""
    line = DestructionLine.objects.filter(uid=entry.line)
    return LedgerEntry.objects.filter(uid=entry.uid).exists() or line.exists()


def unknown(entries: Iterable[LedgerEntry]) -> bool:
    """Whether the ledger outside tells of an erasure that this database does not know of.

    Then the database was restored from a back-up and the replay is still to come.
    """
    lines = {entry.uid: entry.line for entry in entries}
    known = set(LedgerEntry.objects.filter(uid__in=lines).values_list("uid", flat=True))
    left = {line for uid, line in lines.items() if uid not in known}
    return DestructionLine.objects.filter(uid__in=left).count() < len(left)


def take_in(entry: LedgerEntry, *, shipped: bool) -> None:
    """Add the row that the restored database misses, as it was written: its HMAC shows it."""
    if LedgerEntry.objects.filter(pk=entry.pk).exists():
        # Something was erased after the restore and before the replay.
        entry.pk = None
    # Saved as it is: an ordinary save would sign it anew.
    entry.save_base(raw=True, force_insert=True)
    _move_on(entry.pk)
    if shipped:
        Shipment.objects.get_or_create(entry=entry.uid)


def _move_on(number: int) -> None:
    """New entries are numbered after it; a step at a time, because roles may take no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [LedgerEntry._meta.db_table])
        (sequence,) = cursor.fetchone()
        cursor.execute(
            "SELECT count(nextval(%s::regclass)) FROM generate_series("
            " coalesce(pg_sequence_last_value(%s::regclass), 0) + 1, %s)",
            [sequence, sequence, number],
        )
