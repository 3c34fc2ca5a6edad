"""The business calendar in use, read from the database and kept as long as nothing changed."""

from zoneinfo import ZoneInfo

from emsar.entities.businessdays import (
    BusinessCalendar,
    Due,
    Skipped,
    add_calendar_months,
)
from emsar.entities.profile import Profile
from emsar.entities.registry import read_registry, registry

__all__ = [
    "BusinessCalendar",
    "Due",
    "Skipped",
    "add_calendar_months",
    "calendar_of",
    "current_calendar",
    "load_calendar",
]

_kept: list[tuple[Profile, BusinessCalendar]] = []


def current_calendar() -> BusinessCalendar:
    """The calendar in use; costs no query while the publication counter stands still."""
    snapshot = registry()
    for kept, calendar in _kept:
        if kept is snapshot:
            return calendar
    calendar = calendar_of(snapshot)
    _kept[:] = [(snapshot, calendar)]
    return calendar


def load_calendar() -> BusinessCalendar:
    """The calendar as the database has it now."""
    return calendar_of(read_registry())


def calendar_of(profile: Profile) -> BusinessCalendar:
    """The calendar that the days of a profile make."""
    return BusinessCalendar(
        off=frozenset(day.date for day in profile.calendar if day.kind == "off"),
        worked=frozenset(day.date for day in profile.calendar if day.kind == "worked"),
        opens=profile.opens,
        closes=profile.closes,
        zone=ZoneInfo(profile.timezone),
        names={day.date: day.name for day in profile.calendar if day.kind == "off"},
    )
