"""Whether the deletion of somebody's data was asked for and is not decided yet (E-7.2e)."""

from collections.abc import Callable
from uuid import UUID

IsAsked = Callable[[UUID], bool]

_ASKED: list[IsAsked] = []


def register_asked(is_asked: IsAsked) -> None:
    """The room that handles demands says so of a person's key."""
    if is_asked not in _ASKED:
        _ASKED.append(is_asked)


def is_deletion_asked(person: UUID) -> bool:
    """Whether a demand to delete this person's data is being handled."""
    return any(is_asked(person) for is_asked in _ASKED)
