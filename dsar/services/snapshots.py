"""Reading many tables as they stood at one moment, whatever is written meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from emsar.staff import rows

_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@contextmanager
def one_snapshot(person: UUID) -> Iterator[None]:
    """A transaction of its own that reads one state of the database and writes nothing.

    It is about one person. What the scope that is open has written so far is committed before.
    RuntimeError within another transaction, whose isolation can no longer be chosen; only a test
    that is rolled back as a whole is let pass, and reads as it always does.
    """
    with rows.apart(), transaction.atomic(durable=True):
        if len(connection.atomic_blocks) == 1:
            with connection.cursor() as cursor:
                cursor.execute(_ONE_MOMENT)
        with rows.of_person(person):
            yield
