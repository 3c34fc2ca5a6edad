"""What the admin's first page shows: apps register panels, reminders and alarms among them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """One box of the first page; ``tone`` is "info", "warning" or "alarm"."""

    title: str
    template: str
    context: dict[str, object]
    tone: str = "info"


_PANELS: list[Callable[[HttpRequest], Panel | None]] = []


def register_panel(build: Callable[[HttpRequest], Panel | None]) -> None:
    """``build`` returns None for a user whom the panel does not concern."""
    if build not in _PANELS:
        _PANELS.append(build)


def panels_for(request: HttpRequest) -> list[Panel]:
    """The panels of this user, alarms first."""
    found = [panel for build in _PANELS if (panel := build(request)) is not None]
    order = {"alarm": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda panel: order[panel.tone])
