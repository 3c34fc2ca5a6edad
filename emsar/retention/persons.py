"""Persons to whom nothing points any more: their addresses, links and objections go with them.

A visitor who sends the form at this very moment shares a lock on the row of the address, so
either the person stays, or the visitor's transaction finds no such address and makes a new one.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg import sql

from emsar.datamap.rules import Trigger
from emsar.retention.dependants import Counts, anchors, delete_rows, outliving
from emsar.retention.ledger import enter
from emsar.retention.models import DestructionLine, Sweep
from emsar.subjects.models import DataSubject, SubjectIdentifier

_ADDRESSES = """
SELECT i.subject_id FROM subjects_subjectidentifier i WHERE i.subject_id = ANY(%s)
ORDER BY i.id FOR UPDATE SKIP LOCKED
"""
_ADDRESSES_BY_KEY = _ADDRESSES.replace("i.subject_id FROM", "i.id FROM", 1)
_PERSONS = """
SELECT s.id FROM subjects_datasubject s WHERE s.id = ANY(%s)
AND (SELECT count(*) FROM subjects_subjectidentifier i WHERE i.subject_id = s.id)
    = (SELECT count(*) FROM unnest(%s::uuid[]) AS locked(id) WHERE locked.id = s.id)
AND NOT EXISTS (
    SELECT FROM retention_legalhold h
    WHERE h.kind = 'subject' AND h.target = s.id AND h.released_at IS NULL
)
{free} ORDER BY s.id FOR UPDATE SKIP LOCKED
"""


def forget_alone(candidates: Sequence[UUID]) -> tuple[list[UUID], Counts]:
    """Delete those of the candidates to whom nothing points; who they were, and rows a table."""
    if not candidates:
        return [], {}
    gone = _lock_alone(list(candidates))
    return gone, delete_rows(DataSubject, gone) if gone else {}


def _lock_alone(candidates: list[UUID]) -> list[UUID]:
    """The addresses first, then, with a fresh look, the persons whom no record keeps."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [candidates])
        locked = [row[0] for row in cursor.fetchall()]
        cursor.execute(sql.SQL(_PERSONS).format(free=_unkept()), [candidates, locked])
        return [row[0] for row in cursor.fetchall()]


_UNUSED = """
DELETE FROM subjects_subjectidentifier i WHERE i.id = ANY(%s) {free}
"""


def forget_addresses(candidates: Sequence[UUID]) -> Counts:
    """Delete the addresses of persons who stay to which no record points any more (E-3.1g).

    First the locks, then a fresh look: a visitor who writes from an address shares its lock.
    """
    if not candidates:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES_BY_KEY, [list(candidates)])
        locked = [row[0] for row in cursor.fetchall()]
        cursor.execute(sql.SQL(_UNUSED).format(free=_unused()), [locked])
        label = SubjectIdentifier._meta.label_lower
        return {label: cursor.rowcount} if cursor.rowcount else {}


def _unused() -> sql.Composed:
    free = [
        sql.SQL("AND NOT EXISTS (SELECT FROM {} WHERE {} = i.id)").format(table, column)
        for table, column in anchors(SubjectIdentifier)
    ]
    # By these the person is found who asks for what outlives its record.
    free += [
        sql.SQL("AND NOT EXISTS (SELECT FROM {} WHERE {} = i.subject_id)").format(table, column)
        for table, column in outliving()
    ]
    return sql.SQL(" ").join(free)


def _unkept() -> sql.Composed:
    free = [
        sql.SQL("AND NOT EXISTS (SELECT FROM {} WHERE {} = s.id)").format(table, column)
        for table, column in anchors(DataSubject)
    ]
    return sql.SQL(" ").join(free)


# A person is made a moment before the record that points there, in the same transaction; this is
# long enough for any transaction to have ended.
SETTLED = timedelta(hours=1)
SIZE = 2_000
RULE = "persons"
_ALONE = """
SELECT s.id FROM subjects_datasubject s WHERE s.created_at < %s
AND NOT EXISTS (
    SELECT FROM retention_legalhold h
    WHERE h.kind = 'subject' AND h.target = s.id AND h.released_at IS NULL
)
{free} ORDER BY s.id LIMIT %s
"""


_UNUSED_ADDRESSES = """
SELECT DISTINCT i.subject_id FROM subjects_subjectidentifier i
JOIN subjects_datasubject s ON s.id = i.subject_id
WHERE s.created_at < %s {free} LIMIT %s
"""


def forget_left_alone(run: Sweep) -> int:
    """Persons whom an earlier batch had to leave because somebody was writing, and addresses of
    others to which nothing points any more; how many persons."""
    done = 0
    while True:
        with transaction.atomic():
            gone, counts = forget_alone(alone())
            if not gone:
                break
            _note(run, gone, counts)
        done += len(gone)
    with transaction.atomic():
        forget_addresses(_with_unused_addresses())
    return done


def alone(limit: int | None = SIZE) -> list[UUID]:
    """The settled persons to whom nothing points; all of them without a ``limit``."""
    return _asked(sql.SQL(_ALONE).format(free=_unkept()), limit)


def _with_unused_addresses() -> list[UUID]:
    return _asked(sql.SQL(_UNUSED_ADDRESSES).format(free=_unused()), SIZE)


def _asked(statement: sql.Composed, limit: int | None) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [timezone.now() - SETTLED, limit])
        return [row[0] for row in cursor.fetchall()]


def _note(run: Sweep, gone: list[UUID], counts: Counts) -> None:
    line = DestructionLine(
        sweep=run.pk,
        rule=RULE,
        clause="S-5c",
        trigger=Trigger.PURPOSE,
        records=len(gone),
        counts=counts,
    )
    line.save()
    Sweep.objects.filter(pk=run.pk).update(records=F("records") + len(gone))
    enter(line, [], gone)
