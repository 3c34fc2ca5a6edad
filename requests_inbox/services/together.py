"""Rows of several tables in one statement: a visitor waits for one round trip, not for six."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from emsar.audit.evidence import EvidenceRow
from emsar.datamap.statements import bound_cursor

# Columns whose values the driver takes as they are; the others are prepared by their field.
_PLAIN = frozenset(
    {"CharField", "SlugField", "TextField", "EmailField", "UUIDField", "BooleanField"}
    | {"DateField", "DateTimeField", "IntegerField", "PositiveIntegerField"}
)


@dataclass(frozen=True)
class _Column:
    """One column of an insert; ``prepare`` is None where the value goes in as it is."""

    attribute: str
    prepare: Any


@dataclass(frozen=True)
class _Insert:
    """How a row of a model is inserted; what the database numbers itself is left out."""

    head: str
    columns: tuple[_Column, ...]


def insert_together(rows: Sequence[models.Model]) -> None:
    """Insert new rows of any models at once, all or none; evidence among them is signed.

    Foreign keys between them may point either way, because PostgreSQL looks at ours at the end of
    the transaction. Numbers that the database gives are not read back. Raises IntegrityError as
    ``save`` does.
    """
    # The connection itself: each of its attributes costs a detour through the proxy.
    connection = connections[DEFAULT_DB_ALIAS]
    values: list[Any] = []
    for row in rows:
        if isinstance(row, EvidenceRow):
            row.sign()
        for column in _insert(type(row)).columns:
            value = getattr(row, column.attribute)
            values.append(column.prepare(value, connection) if column.prepare else value)
    with bound_cursor() as cursor:
        cursor.execute(_statement(tuple(type(row) for row in rows)), values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(kinds: tuple[type[models.Model], ...]) -> str:
    """One insert a row, each a part of the same statement."""
    parts: list[str] = []
    number = 0
    for kind in kinds:
        insert = _insert(kind)
        places = range(number + 1, number + len(insert.columns) + 1)
        number = places[-1]
        values = ", ".join(f"${place}" for place in places)
        parts.append(f"w{len(parts)} AS ({insert.head} VALUES ({values}))")
    return f"WITH {', '.join(parts)} SELECT 1"


@cache
def _insert(model: type[models.Model]) -> _Insert:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    numbered = (models.AutoField, models.BigAutoField)
    fields = [f for f in model._meta.local_concrete_fields if not isinstance(f, numbered)]
    names = ", ".join(quote(str(field.column)) for field in fields)
    return _Insert(
        head=f"INSERT INTO {quote(model._meta.db_table)} ({names})",
        columns=tuple(_column(field) for field in fields),
    )


def _column(field: Any) -> _Column:
    target = field.target_field if field.is_relation else field
    plain = target.get_internal_type() in _PLAIN or field.is_relation
    return _Column(field.attname, None if plain else field.get_db_prep_save)
