"""Figures of our own tables beside Google's: rooms above this one register theirs.

A room does so in its module ``statistics``, which is looked for in every app.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from emsar.staff.models import User

# First and last day of Asia/Baku, both included; a day without any may be left out. None for
# somebody who may not see this figure.
Counts = Callable[[User, date, date], Mapping[date, int] | None]


@dataclass(frozen=True)
class OwnFigure:
    """What is counted a day; ``name`` is an identifier of ours."""

    name: str
    title: str | Promise
    counts: Counts


_FIGURES: dict[str, OwnFigure] = {}


def register_figure(name: str, title: str | Promise, counts: Counts) -> None:
    """Show a figure of a room's own; a later one of the same name takes its place."""
    _FIGURES[name] = OwnFigure(name, title, counts)


def own_figures() -> list[OwnFigure]:
    """Every registered figure, in the order of the apps."""
    return list(_FIGURES.values())
