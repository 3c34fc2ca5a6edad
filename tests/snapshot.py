"""The filled database, kept beside itself and put back after a test with real transactions.

Emptying every table and filling them anew takes seconds, hundreds of times; this takes a fraction
of one, because only what a test has changed is emptied.
"""

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

_SCHEMA = "filled"
_IS_CHANGED = """
(SELECT EXISTS (TABLE {now} EXCEPT ALL TABLE {kept})
    OR EXISTS (TABLE {kept} EXCEPT ALL TABLE {now}))
"""
# A table can only be truncated together with those that point to it.
_POINTING = """
WITH RECURSIVE found(id) AS (
    SELECT oid FROM pg_class WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace
    UNION SELECT conrelid FROM pg_constraint JOIN found ON confrelid = id WHERE contype = 'f'
)
SELECT relname FROM pg_class JOIN found ON oid = id
"""


def keep() -> None:
    """Copy every table."""
    with transaction.atomic(), connection.cursor() as cursor:
        _run(cursor, "DROP SCHEMA IF EXISTS {} CASCADE", sql.Identifier(_SCHEMA))
        _run(cursor, "CREATE SCHEMA {}", sql.Identifier(_SCHEMA))
        for name in _tables():
            _run(cursor, "CREATE TABLE {} AS TABLE {}", _kept(name), sql.Identifier(name))


def put_back() -> None:
    """Leave exactly the rows that were kept; numbers given since then are not given again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30s'")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if not (names := _changed(cursor)):
            return
        _run(cursor, "TRUNCATE {}", sql.SQL(", ").join(map(sql.Identifier, names)))
        for name in names:
            _run(cursor, "INSERT INTO {} SELECT * FROM {}", sql.Identifier(name), _kept(name))


def put_back_after_tests() -> None:
    """From now on Django puts rows back where it would empty the tables."""
    TransactionTestCase._fixture_teardown = lambda self: put_back()  # type: ignore[attr-defined]


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _changed(cursor: Any) -> list[str]:
    """The tables that are not as they were kept, and those that point to them."""
    names = _tables()
    asked = [
        sql.SQL(_IS_CHANGED).format(now=sql.Identifier(name), kept=_kept(name)) for name in names
    ]
    cursor.execute(sql.SQL("SELECT ARRAY[{}]").format(sql.SQL(", ").join(asked)))
    changed = [name for name, is_so in zip(names, cursor.fetchone()[0], strict=True) if is_so]
    cursor.execute(_POINTING, [changed])
    return [name for (name,) in cursor.fetchall()]


def _kept(name: str) -> sql.Identifier:
    return sql.Identifier(_SCHEMA, name)


def _run(cursor: Any, statement: str, *names: sql.Composable) -> None:
    cursor.execute(sql.SQL(statement).format(*names))
