"""Which versions' choices still hold, asked of the database at most once a second.

Every page with a choice cookie needs to know, also while the database is away: then what was
known last is taken, and nothing counts as agreed in a process that never knew.
"""

import threading
import time

from django.db import DatabaseError

from emsar.datamap import terms
from emsar.entities.publication import LOOK_EVERY_SECONDS
from policies.models import PolicyVersion
from policies.versions import COOKIES, answered_under, in_force

RETRY_SECONDS = 5.0


class _Known(threading.local):
    until = 0.0
    numbers: frozenset[str] = frozenset()
    version: PolicyVersion | None = None
    months: int | None = None


_known = _Known()


def numbers_that_hold() -> frozenset[str]:
    """The numbers of the versions of the cookie policy whose choices hold today."""
    _look()
    return _known.numbers


def version_in_force() -> PolicyVersion | None:
    """The cookie policy in force, as last known; None in a process that never knew."""
    _look()
    return _known.version


def longest_months() -> int | None:
    """The longest that the schedule lets a choice be kept, in months, as last known."""
    _look()
    return _known.months


def _look() -> None:
    now = time.monotonic()
    if now < _known.until:
        return
    try:
        _known.numbers, _known.version = answered_under(COOKIES), in_force(COOKIES)
        _known.months = _scheduled()
        _known.until = now + LOOK_EVERY_SECONDS
    except DatabaseError:
        _known.until = now + RETRY_SECONDS


def _scheduled() -> int | None:
    """None for an organisation whose schedule does not name the term."""
    try:
        return terms.value("schedule", "cookie_choice")
    except LookupError:
        return None


def forget() -> None:
    """For tests that publish or move the clock under the process."""
    _known.until, _known.numbers = 0.0, frozenset()
    _known.version = _known.months = None
