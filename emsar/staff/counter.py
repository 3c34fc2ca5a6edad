"""The keyed counter: limits by network address, login name or mailbox without keeping any."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from emsar.datamap.keys import ring
from emsar.datamap.statements import bound_cursor

# A counter that a power cut sets back by a moment harms nobody, and nobody waits for its disk.
_HIT = """
WITH hurry AS (SELECT CASE WHEN $3 THEN set_config('synchronous_commit', 'off', true) END)
INSERT INTO staff_keyedcount (key, count, started_at) SELECT $1, 1, $2 FROM hurry
ON CONFLICT (key) DO UPDATE SET count = staff_keyedcount.count + 1 RETURNING count
"""


def hit(kind: str, value: str, *, minutes: int) -> int:
    """Count one event of ``kind`` for ``value``; how many there were in this window so far."""
    start = window_start(timezone.now(), minutes)
    with bound_cursor() as cursor:
        # Within a transaction of the caller's the setting would go for all of it.
        alone = not connection.in_atomic_block
        cursor.execute(_HIT, [_key(kind, value, start, minutes), start, alone])
        return int(cursor.fetchone()[0])


def peek(kind: str, value: str, *, minutes: int) -> int:
    """How many events there were in this window, counting none."""
    start = window_start(timezone.now(), minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count FROM staff_keyedcount WHERE key = %s", [_key(kind, value, start, minutes)]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def give_back(kind: str, value: str, *, minutes: int) -> None:
    """Take one event out of this window again: it turned out to be none."""
    start = window_start(timezone.now(), minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_keyedcount SET count = count - 1 WHERE key = %s AND count > 0",
            [_key(kind, value, start, minutes)],
        )


def forget(kind: str, value: str, *, minutes: int) -> None:
    """Begin at nothing again in this window."""
    start = window_start(timezone.now(), minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_keyedcount SET count = 0 WHERE key = %s",
            [_key(kind, value, start, minutes)],
        )


def window_start(now: datetime, minutes: int) -> datetime:
    """The start of the fixed window of ``minutes`` that ``now`` falls into."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    windows = (timezone.localtime(now) - midnight) // timedelta(minutes=minutes)
    return midnight + windows * timedelta(minutes=minutes)


def _key(kind: str, value: str, start: datetime, minutes: int) -> bytes:
    secret = ring("LOOKUP_KEYS").current[1]
    day = timezone.localdate(start).isoformat()
    daily = hmac.new(secret, f"counter:{day}".encode(), hashlib.sha256).digest()
    # Windows of several lengths begin at the same moment.
    content = f"{kind}\x1f{value}\x1f{start.isoformat()}\x1f{minutes}".encode()
    return hmac.new(daily, content, hashlib.sha256).digest()
