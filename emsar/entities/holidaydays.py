"""The days off and the worked weekends that the `holidays` package knows for a country."""

import datetime as dt
from collections.abc import Iterable, Iterator

from emsar.entities.holidaynames import MOVED_WORK, names_of
from emsar.entities.profile import DayFacts

COUNTRY = "AZ"


def days_of(years: Iterable[int]) -> tuple[DayFacts, ...]:
    """Every special day of the years, in order: the days off, and weekends that are worked."""
    # Costs a third of a second to import, and only loaders need it.
    import holidays

    wanted = set(years)
    found = holidays.country_holidays(COUNTRY, years=wanted, language="en_US")
    worked = {day for day in getattr(found, "weekend_workdays", ()) if day.year in wanted}
    off = {day: str(label) for day, label in found.items() if day not in worked}
    return tuple(sorted([*_off(off), *_worked(worked)], key=lambda day: day.date))


def _off(labels: dict[dt.date, str]) -> Iterator[DayFacts]:
    for day, label in labels.items():
        name, estimated = names_of(label)
        yield DayFacts(day, "off", name, estimated)


def _worked(days: set[dt.date]) -> Iterator[DayFacts]:
    for day in days:
        yield DayFacts(day, "worked", MOVED_WORK, False)
