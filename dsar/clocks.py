"""The clocks of a case, as pure functions of facts, terms and calendar (Asia/Baku; E-8k).

The promise counts calendar days from the day of receipt and never pauses and never moves. The
term of the law counts working days, rests while a question of ours about identity is open, and
can be extended once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from emsar.entities.businessdays import BAKU, BusinessCalendar, Skipped

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pause:
    """A question about identity: asked, and answered; ``until`` None while it is open."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Promise:
    """The promised term: ``last_day`` is the last on which it is kept, ``execute_on`` the day in
    whose night the machine does what nobody did; ``days`` and ``reserve`` are calendar days."""

    received: date
    days: int
    reserve: int
    last_day: date
    execute_on: date


@dataclass(frozen=True)
class Statutory:
    """The term of the law: ``last_day`` is None while it rests.

    ``days`` are working days, those of an extension included; ``skipped`` days off within the
    term, ``rested`` working days within pauses, which do not count.
    """

    received: date
    days: int
    last_day: date | None
    skipped: tuple[Skipped, ...]
    rested: tuple[date, ...]


def promise(received: datetime, days: int, reserve: int) -> Promise:
    """The promise: so many calendar days after the day of receipt (E-7.2e, E-8k).

    ValueError when the reserve is not shorter than the term: the machine would be early or late.
    """
    if not 0 <= reserve < days:
        raise ValueError("the reserve is a part of the promised term")
    day = local_day(received)
    last = day + timedelta(days=days)
    return Promise(day, days, reserve, last, last - timedelta(days=reserve))


def statutory(
    received: datetime, days: int, calendar: BusinessCalendar, pauses: Sequence[Pause] = ()
) -> Statutory:
    """The term of the law: the ``days``-th working day after receipt that is in no pause.

    The day on which a pause begins or ends counts: a question of an hour costs nobody a day.
    ValueError for a term of less than a day.
    """
    if days < 1:
        raise ValueError("a term has at least one working day")
    day = local_day(received)
    if any(pause.until is None for pause in pauses):
        return Statutory(day, days, None, (), ())
    last, rested = _count(day, days, calendar, pauses)
    skipped = tuple(calendar.skipped_between(day + ONE_DAY, last))
    return Statutory(day, days, last, skipped, tuple(rested))


def _count(
    day: date, days: int, calendar: BusinessCalendar, pauses: Sequence[Pause]
) -> tuple[date, list[date]]:
    rested: list[date] = []
    while days:
        day += ONE_DAY
        if not calendar.is_business_day(day):
            continue
        if any(_rests_on(pause, day) for pause in pauses):
            rested.append(day)
        else:
            days -= 1
    return day, rested


def _rests_on(pause: Pause, day: date) -> bool:
    assert pause.until is not None  # noqa: S101 - an open one was told before
    return local_day(pause.since) < day < local_day(pause.until)


def earlier(promised: date, by_law: date | None) -> date:
    """By which day a case stands on the board."""
    return promised if by_law is None else min(promised, by_law)


def local_day(moment: datetime) -> date:
    """The day of a moment in Baku; ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone says nothing")
    return moment.astimezone(BAKU).date()
