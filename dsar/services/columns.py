"""Every column of every table in which something of a person could have been left.

The database itself says which there are; the data map says what may lawfully stand in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from emsar.audit.evidence import EvidenceRow
from emsar.datamap.declarations import Erase, declaration_of
from emsar.datamap.fields import EncryptedTextField

_COLUMNS = """
SELECT c.table_name, c.column_name,
    CASE WHEN c.data_type = 'ARRAY' THEN c.udt_name ELSE c.data_type END,
    coalesce(c.character_maximum_length, 0)
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
ORDER BY c.table_name, c.ordinal_position
"""
# An index helps if it is whole and the column is its first or, behind few kinds, its second.
_INDEXED = """
SELECT DISTINCT r.relname, a.attname FROM pg_index i
JOIN pg_class r ON r.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum IN (i.indkey[0], i.indkey[1])
WHERE i.indpred IS NULL AND i.indisvalid AND r.relnamespace = 'public'::regnamespace
"""
_PRIMARY = """
SELECT r.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_index i
JOIN pg_class r ON r.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND r.relnamespace = 'public'::regnamespace GROUP BY r.relname
"""
TEXTS = ("text", "character varying", "character")
DOCUMENTS = ("jsonb", "json")
TEXT_ARRAYS = ("_text", "_varchar")


@dataclass(frozen=True)
class Column:
    """``kind`` is PostgreSQL's word for its type, ``longest`` its length (0: any), ``primary`` the
    columns that say which row it is."""

    table: str
    name: str
    kind: str
    longest: int
    indexed: bool
    model: type[models.Model] | None
    primary: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def field(self) -> Any:
        fields = self.model._meta.concrete_fields if self.model else ()
        return next((field for field in fields if field.column == self.name), None)

    @property
    def is_sealed(self) -> bool:
        return isinstance(self.field, EncryptedTextField)


def columns() -> Iterator[Column]:
    """All columns that this login may read, table by table."""
    by_table: dict[str, type[models.Model]] = {m._meta.db_table: m for m in apps.get_models()}
    with connection.cursor() as cursor:
        cursor.execute(_INDEXED)
        indexed = set(cursor.fetchall())
        cursor.execute(_PRIMARY)
        primary = {table: tuple(names) for table, names in cursor.fetchall()}
        cursor.execute(_COLUMNS)
        rows = cursor.fetchall()
    for table, name, kind, longest in rows:
        model, keys = by_table.get(table), primary.get(table, ())
        yield Column(table, name, kind, longest, (table, name) in indexed, model, keys)


def explains_numbers(column: Column) -> bool:
    """Whether the UUID of somebody who was erased may stand here: it means nothing any more.

    That is so in evidence, and wherever the data map says that the column is kept as it is.
    """
    if column.model is None or column.field is None:
        return False
    if issubclass(column.model, EvidenceRow):
        return True
    line = declaration_of(column.model)
    personal = line.personal.get(column.field.name) if line else None
    return personal is not None and personal.erase is Erase.KEEP


def explains_words(column: Column) -> bool:
    """Whether words may stand here by chance: texts and codes of ours, never what somebody typed.

    Our own texts and lists name nobody; a code with choices has no other words than those.
    """
    if column.model is None:
        return False
    line = declaration_of(column.model)
    is_ours = line is not None and not line.personal
    return is_ours or bool(column.field is not None and column.field.choices)
