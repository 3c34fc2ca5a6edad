"""What stands about a member of staff on their own page: higher rooms register their rows."""

from collections.abc import Callable
from dataclasses import dataclass

from emsar.staff.models import User


@dataclass(frozen=True)
class OwnRow:
    """A line of one's own page: what it is called, how it stands, and the page that proves it."""

    title: str
    words: str
    address: str = ""


_FINDERS: list[Callable[[User], OwnRow | None]] = []


def register_own_row(find: Callable[[User], OwnRow | None]) -> None:
    """``find`` gives the row of a member of staff, or None for whom it does not concern."""
    if find not in _FINDERS:
        _FINDERS.append(find)


def own_rows(user: User) -> list[OwnRow]:
    """All rows of somebody, in the order of their registration."""
    return [row for find in _FINDERS if (row := find(user)) is not None]
