"""What goes along with a record: the rows below it, in every table, from the models themselves.

A table added later is found here without anybody thinking of it: by its foreign key, or by the
column that its line of the data map names as ``record``.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import sql

from emsar.datamap.declarations import declarations
from emsar.outbox.models import MailCopy

Counts = dict[str, int]
GOES_ALONG = (models.CASCADE, models.SET_NULL)
_THESE = sql.SQL("= ANY(%s)")


def delete_rows(model: type[models.Model], keys: Sequence[Any]) -> Counts:
    """Delete rows by primary key with all that goes along with them; rows a table.

    Nothing is loaded or decrypted, so destruction works whatever became of the keys.
    """
    counts: Counts = {}
    with connection.cursor() as cursor:
        for label, statement in _statements(model):
            cursor.execute(statement, [list(keys)])
            if label and cursor.rowcount:
                counts[label] = counts.get(label, 0) + cursor.rowcount
    return counts


def empty_columns(model: type[models.Model], keys: Sequence[Any], values: dict[str, Any]) -> Counts:
    """Empty columns of rows that stay; rows a table."""
    names = [_column(model, name) for name in values]
    changes = sql.SQL(", ").join([sql.SQL("{} = %s").format(name) for name in names])
    statement = sql.SQL("UPDATE {} SET {} WHERE {} {}").format(
        _table(model), changes, _pk(model), _THESE
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values.values(), list(keys)])
        return {model._meta.label_lower: cursor.rowcount}


@cache
def _statements(model: type[models.Model]) -> tuple[tuple[str, sql.Composed], ...]:
    """The statements in their order: the lowest rows first, the record itself last."""
    own = sql.SQL("DELETE FROM {} WHERE {} {}").format(_table(model), _pk(model), _THESE)
    return (*_below(model, _THESE), *_named(model), (model._meta.label_lower, own))


def _below(
    model: type[models.Model], condition: sql.Composable
) -> Iterator[tuple[str, sql.Composed]]:
    """Rows that point here with a foreign key, and theirs before them."""
    for field in pointing_at(model, GOES_ALONG):
        child, column = field.model, sql.Identifier(field.column)
        if field.remote_field.on_delete is models.SET_NULL:
            let_go = sql.SQL("UPDATE {} SET {} = NULL WHERE {} {}")
            yield "", let_go.format(_table(child), column, column, condition)
            continue
        inner = sql.SQL("IN (SELECT {} FROM {} WHERE {} {})")
        yield from _below(child, inner.format(_pk(child), _table(child), column, condition))
        delete = sql.SQL("DELETE FROM {} WHERE {} {}")
        yield child._meta.label_lower, delete.format(_table(child), column, condition)


def pointing_at(
    model: type[models.Model], behaviours: Sequence[Any]
) -> Iterator["models.ForeignKey[Any, Any]"]:
    """Foreign keys of other tables to this one that behave in one of these ways on deletion."""
    for relation in model._meta.get_fields(include_hidden=True):
        field: Any = getattr(relation, "field", None)
        own = isinstance(field, models.ForeignKey) and field.remote_field.model is model
        if own and relation.auto_created and field.remote_field.on_delete in behaviours:
            yield field


def _named(model: type[models.Model]) -> Iterator[tuple[str, sql.Composed]]:
    """Rows that name the record by its bare UUID; copies in mailboxes become orders instead."""
    if not isinstance(model._meta.pk, models.UUIDField):
        return
    for line in declarations():
        if line.record and line.model not in {MailCopy, model}:
            column = _column(line.model, line.record)
            delete = sql.SQL("DELETE FROM {} WHERE {} {}")
            yield line.model._meta.label_lower, delete.format(_table(line.model), column, _THESE)


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _column(model: type[models.Model], name: str) -> sql.Identifier:
    column: Any = model._meta.get_field(name)
    return sql.Identifier(str(column.column))


def _pk(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(str(model._meta.pk.column))


@cache
def outliving() -> tuple[tuple[sql.Identifier, sql.Identifier], ...]:
    """Table and column with the person of what outlives the record that it came from."""
    lines = [line for line in declarations() if line.held_with and line.subject]
    return tuple((_table(line.model), _column(line.model, str(line.subject))) for line in lines)


@cache
def anchors(model: type[models.Model]) -> tuple[tuple[sql.Identifier, sql.Identifier], ...]:
    """Table and column of every foreign key that keeps a row here: those that protect it."""
    keeping = pointing_at(model, (models.PROTECT, models.RESTRICT))
    return tuple((_table(field.model), sql.Identifier(field.column)) for field in keeping)
