"""Every column that is not declared encrypted, and whether those that are hold anything."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from emsar.datamap.fields import EncryptedTextField


def models() -> list[type[Model]]:
    return apps.get_models(include_auto_created=True)


def encrypted() -> set[str]:
    """``table.column`` of all that is declared encrypted."""
    return {
        f"{model._meta.db_table}.{column.column}"
        for model in models()
        for column in model._meta.concrete_fields
        if isinstance(column, EncryptedTextField)
    }


def in_clear() -> dict[str, str]:
    """What stands in each other column of each table, tables without a model included."""
    return {place: text for place, text in _columns() if place not in encrypted()}


def filled() -> set[str]:
    """The encrypted columns that hold something now."""
    return {place for place, text in _columns() if text.strip() and place in encrypted()}


def _columns() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description]
            rows = cursor.fetchall()
            for number, name in enumerate(names):
                yield f"{table}.{name}", "\n".join(_text(row[number]) for row in rows)


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return f"{bytes(value).hex()} {bytes(value).decode('utf-8', 'replace')}"
    if isinstance(value, list | tuple):
        return " ".join(map(_text, value))
    return "" if value is None else str(value)
