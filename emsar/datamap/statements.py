"""Statements that are run so often that each detour counts."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import RawCursor


def bound_cursor() -> Any:
    """A cursor for statements with places ``$1``, ``$2``, …, whose values the server binds.

    Nobody writes the values into the text of the statement, so it stays the same and PostgreSQL
    may keep its plan (see ``prepare_threshold`` in the settings). Wrapped as Django wraps its own
    cursors: it raises Django's errors, and whoever counts statements sees it.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    raw = RawCursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrap(raw)
