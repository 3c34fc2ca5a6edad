"""Days and hours that count: pure functions of a calendar, in the organisation's time zone.

Nothing here reads the clock or the database; `emsar.entities.calendar` gives the calendar in use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from emsar.datamap.terms import Unit
from emsar.entities.profile.reader import Texts

BAKU = ZoneInfo("Asia/Baku")
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def add_calendar_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the month's last day where it is shorter.

    29.02.2028 and 12 months are 28.02.2029; that day itself still belongs to the term (E-7.2a).
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - ONE_DAY).day


@dataclass(frozen=True)
class Skipped:
    """A day that does not count; ``name`` is None for a plain weekend."""

    day: date
    name: Texts | None


@dataclass(frozen=True)
class Due:
    """When something is due, and why: the base event, the term and the days skipped.

    ``received`` is when it came in, ``counted_from`` the moment it counts as received (E-4a), both
    in the calendar's zone like ``moment``; ``days`` are business days.
    """

    moment: datetime
    received: datetime
    counted_from: datetime
    days: int
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class BusinessCalendar:
    """Which days and hours are worked: Monday to Friday but for ``off``, and ``worked`` weekends.

    ``worked`` wins where a day stands in both. Moments given must be aware (ValueError if not).
    """

    off: frozenset[date]
    worked: frozenset[date]
    opens: time
    closes: time
    zone: ZoneInfo = BAKU
    names: Mapping[date, Texts] = field(default_factory=dict, compare=False, repr=False)

    def is_business_day(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def next_business_day(self, day: date) -> date:
        """The first business day after ``day``, which itself never counts."""
        return next(self._business_days_after(day))

    def add_business_days(self, day: date, days: int) -> date:
        """The ``days``-th business day after ``day``; ValueError for less than one."""
        if days < 1:
            raise ValueError("a term has at least one business day")
        following = self._business_days_after(day)
        for _count in range(days - 1):
            next(following)
        return next(following)

    def add(self, day: date, value: int, unit: Unit) -> date:
        """The last day of a term of so many ``unit`` that begins with what happened on ``day``."""
        if unit is Unit.BUSINESS_DAYS:
            return self.add_business_days(day, value)
        if unit is Unit.CALENDAR_DAYS:
            return day + timedelta(days=value)
        return add_calendar_months(day, value * (12 if unit is Unit.YEARS else 1))

    def received_as(self, moment: datetime) -> datetime:
        """When ``moment`` counts as received: itself within a business day up to closing.

        After closing, or on a day off, it is the next business day's start (decision E-4a).
        """
        local = self._local(moment)
        if self.is_business_day(local.date()) and local.time() <= self.closes:
            return local
        return self._at(self.next_business_day(local.date()), self.opens)

    def reply_due(self, received: datetime, days: int) -> Due:
        """The closing hour of the ``days``-th business day after receipt (E-4a)."""
        start = self.received_as(received)
        last = self.add_business_days(start.date(), days)
        local = self._local(received)
        return Due(
            moment=self._at(last, self.closes),
            received=local,
            counted_from=start,
            days=days,
            skipped=tuple(self.skipped_between(local.date(), last)),
        )

    def skipped_between(self, first: date, last: date) -> Iterator[Skipped]:
        """The days from ``first`` to ``last``, both included, that do not count."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if not self.is_business_day(day):
                yield Skipped(day, self.names.get(day))

    def business_hours_before(self, moment: datetime, hours: float) -> datetime:
        """The moment from which ``hours`` business hours are left until ``moment``."""
        end, left = self._local(moment), timedelta(hours=hours)
        if left <= timedelta(0):
            raise ValueError("a reminder is at least some time before")
        openings = self._openings_back(end.date())
        while True:
            opens, closes = next(openings)
            closes = min(closes, end)
            open_for = max(closes - opens, timedelta(0))
            if open_for >= left:
                return closes - left
            left -= open_for

    def business_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much business time lies between two moments; nothing when they are reversed."""
        first, last = self._local(start), self._local(end)
        total = timedelta(0)
        openings = self._openings_back(last.date())
        for opens, closes in takewhile(lambda span: span[1] > first, openings):
            total += max(min(closes, last) - max(opens, first), timedelta(0))
        return total

    def _business_days_after(self, day: date) -> Iterator[date]:
        while True:
            day += ONE_DAY
            if self.is_business_day(day):
                yield day

    def _openings_back(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of each business day, from ``day`` backwards."""
        while True:
            if self.is_business_day(day):
                yield self._at(day, self.opens), self._at(day, self.closes)
            day -= ONE_DAY

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone says nothing")
        return moment.astimezone(self.zone)
