"""Reading many tables as they stood at one moment, whatever is written meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction of its own that reads one state of the database and writes nothing.

    RuntimeError within another transaction, whose isolation can no longer be chosen; only a test
    that is rolled back as a whole is let pass, and reads as it always does.
    """
    with transaction.atomic(durable=True):
        if len(connection.atomic_blocks) == 1:
            with connection.cursor() as cursor:
                cursor.execute(_ONE_MOMENT)
        yield
