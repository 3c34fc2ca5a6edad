"""What the officer alone may see of the audit: higher rooms say which events (E-8h).

The audit names persons by bare UUIDs only, yet who was blocked is nobody else's business.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from emsar.staff.models import User

_VEILS: list[Callable[[QuerySet[Any]], QuerySet[Any]]] = []


def register_veil(hide: Callable[[QuerySet[Any]], QuerySet[Any]]) -> None:
    """``hide`` takes audit events and leaves out what only the officer may see."""
    if hide not in _VEILS:
        _VEILS.append(hide)


def veiled(events: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """The audit events that a user may see."""
    if isinstance(user, User) and user.is_dpo:
        return events
    for hide in _VEILS:
        events = hide(events)
    return events
