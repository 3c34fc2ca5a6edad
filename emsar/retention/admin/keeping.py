"""What keeps a record beyond its day besides a hold: the rooms above say it, as links."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from emsar.staff.models import User


@dataclass(frozen=True)
class Link:
    """The page on which somebody may say why a record stays."""

    title: str | Promise
    address: str


Build = Callable[[Any, User], Link | None]
_BUILDERS: list[Build] = []


def register_keeping(build: Build) -> None:
    """``build`` gets a record and a colleague; None where they have nothing to say about it.

    It is called for every line of a page, so it asks the database for nothing.
    """
    if build not in _BUILDERS:
        _BUILDERS.append(build)


def links_for(record: Any, user: User) -> list[Link]:
    """What this colleague can do so that a record is kept."""
    return [link for build in _BUILDERS if (link := build(record, user)) is not None]
