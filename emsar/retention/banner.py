"""The alarm above every page of the admin: what is wrong, looked at no more than once a minute."""

import time

from emsar.retention import health
from emsar.staff.models import Role

SECONDS = 60
READERS = (Role.DPO, Role.ADMINISTRATOR)

_kept: list[tuple[float, list[str]]] = []


def current_faults() -> list[str]:
    """The faults as codes, at most a minute old; each process asks for itself."""
    now = time.monotonic()
    for since, found in _kept:
        if now - since < SECONDS:
            return found
    found = health.faults()
    _kept[:] = [(now, found)]
    return found


def forget() -> None:
    """Ask again next time: for tests, and after something was put right."""
    _kept.clear()
