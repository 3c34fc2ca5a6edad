"""The publication counter: how every process learns that public pages have to be made anew.

Whoever changes something that public pages are made from calls `bump` in the same transaction.
Processes call `seen`, which looks at the database at most once a second.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from emsar.entities.models import PublicationCounter

LOOK_EVERY_SECONDS = 1.0

# The number is taken from the clock (microseconds), not counted: a number that was rolled back
# must not come again later and stand for something else.
_BUMP = """
    INSERT INTO entities_publicationcounter AS counter (id, value)
    VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    ON CONFLICT (id) DO UPDATE SET value = greatest(counter.value + 1, excluded.value)
    RETURNING value
"""

_Instants = Callable[[datetime], datetime | None]
_instants: list[_Instants] = []
_look = threading.local()


def bump() -> int:
    """Change the counter; other processes see it within a second of the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_BUMP)
        (value,) = cursor.fetchone()
    forget()
    transaction.on_commit(forget)
    return int(value)


def current() -> int:
    """The counter as the database has it now; 0 while nothing was ever published."""
    return PublicationCounter.objects.values_list("value", flat=True).first() or 0


def seen() -> int:
    """The counter as this thread last saw it, at most a second ago."""
    now = time.monotonic()
    if now >= getattr(_look, "until", 0.0):
        _look.value, _look.until = current(), now + LOOK_EVERY_SECONDS
    return int(_look.value)


def forget() -> None:
    """Look again at the next occasion: after a change of our own, and between tests."""
    _look.until = 0.0


def register_instants(next_after: _Instants) -> None:
    """Let a higher room say when pages change by themselves, as a policy coming into force does.

    ``next_after(now)`` answers its next instant after ``now``, or None.
    """
    if next_after not in _instants:
        _instants.append(next_after)


def next_instant(now: datetime) -> datetime | None:
    """The earliest instant after ``now`` at which public pages change by themselves."""
    found = (next_after(now) for next_after in _instants)
    return min((instant for instant in found if instant is not None), default=None)
