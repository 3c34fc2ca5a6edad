"""What somebody with the owner's login could do to evidence, past the triggers."""

from collections.abc import Callable

import pytest
from django.db import connection

Tamper = Callable[..., None]


@pytest.fixture
def tamper(db) -> Tamper:
    """Run one statement on a table while its triggers are switched off."""

    def run(table: str, statement: str, *params: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement, params)
            assert cursor.rowcount == 1, "the statement must hit one row"
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run
