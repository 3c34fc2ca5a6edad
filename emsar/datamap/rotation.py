"""Rotation of keys: re-encrypt columns row by row, rewrite look-up keys in one transaction.

Encrypted values carry their key's id, so they may be rewritten at leisure. Look-up keys carry
none and are unique, so all of them change at once, under a lock that every writer shares.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from emsar.datamap.crypto import decrypt, encrypt, is_unreadable, key_id
from emsar.datamap.fields import EncryptedTextField
from emsar.datamap.keys import ring

LOOKUP_LOCK = 7_304_001
BATCH = 500

_REKEYS: dict[str, Callable[[], int]] = {}


def register_rekey(name: str, rewrite: Callable[[], int]) -> None:
    """A room that stores look-up keys says how to rewrite them; returns the rows rewritten."""
    _REKEYS[name] = rewrite


def share_lookup_lock() -> None:
    """Taken by every transaction that writes a look-up key, so that none slips past a rotation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOOKUP_LOCK])


@transaction.atomic
def rotate_lookup_keys() -> dict[str, int]:
    """Rewrite every look-up key under the current key; rows a room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOOKUP_LOCK])
    return {name: rewrite() for name, rewrite in _REKEYS.items()}


def encrypted_fields() -> Iterator[EncryptedTextField]:
    """Every encrypted column of every installed model."""
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.concrete_fields:
            if isinstance(column, EncryptedTextField):
                yield column


def rotate_column(column: EncryptedTextField) -> int:
    """Re-encrypt the values of a column that are not under the current key; the number of them.

    A value that cannot be read is left as it is: it may be readable with a key found later.
    """
    done, last = 0, None
    while rows := _next_batch(column.model, column, last):
        last = rows[-1][0]
        done += sum(_rewrite(column, pk, bytes(value)) for pk, value in rows)
    return done


def _next_batch(
    model: type[models.Model], column: EncryptedTextField, last: Any
) -> list[tuple[Any, bytes]]:
    quote = connection.ops.quote_name
    table, name, pk = (
        quote(part) for part in (model._meta.db_table, str(column.column), _pk_column(model))
    )
    after = f"AND {pk} > %s" if last is not None else ""
    # Names come from the models' own metadata; values are parameters.
    sql = f"SELECT {pk}, {name} FROM {table} WHERE {name} IS NOT NULL {after} ORDER BY {pk} LIMIT {BATCH}"  # noqa: S608, E501  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(sql, [last] if last is not None else [])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _pk_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _rewrite(column: EncryptedTextField, pk: Any, value: bytes) -> int:
    if key_id(value) == ring("FIELD_KEYS").current[0]:
        return 0
    clear = decrypt(value, column.place)
    if is_unreadable(clear):
        return 0
    quote = connection.ops.quote_name
    table, name = quote(column.model._meta.db_table), quote(str(column.column))
    # Only the value that was read is replaced: a newer one is under the current key already.
    sql = f"UPDATE {table} SET {name} = %s WHERE {quote(_pk_column(column.model))} = %s AND {name} = %s"  # noqa: S608, E501  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(sql, [encrypt(clear, column.place), pk, value])
        return int(cursor.rowcount)
