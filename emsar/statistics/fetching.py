"""Yesterday's aggregates, fetched once a day; any day can be fetched again without doubling."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from emsar.audit.sealing import beat
from emsar.entities.businessdays import BAKU, ONE_DAY
from emsar.retention.due import first_day_still_kept
from emsar.statistics.connection import is_connected, property_number
from emsar.statistics.google import RUN, Budget, StoppedError, data_client
from emsar.statistics.models import Dimension, Fetch, Figure, Outcome, Snapshot
from emsar.statistics.reports import Day, Line, columns_of, read_day
from emsar.statistics.retention import RULE

logger = logging.getLogger(__name__)

JOB = "statistics"
# By then Google has most of the day before, in whatever zone the property counts its days.
HOUR = time(9)
# Google completes a day for up to 48 hours, so it is fetched once more.
AGAIN_AFTER = 2
CATCH_UP_DAYS = 7
# After a failure: with a new hour there is a new quota, and often a healthy server.
PAUSE = timedelta(minutes=55)
# A run is over by then, or was killed (Celery's own limit is 300 seconds).
LEASE = timedelta(minutes=6)
# "emstat" in figures; one lock over all storing and beginning.
LOCK = 0x656D73746174


class NotConnectedError(Exception):
    """No property of Google Analytics is connected."""


class DayRefusedError(ValueError):
    """A day that is not over yet, or whose statistics have ended already."""


def fetch_due(now: datetime | None = None) -> Outcome | None:
    """The daily job: what is due, at most once a day, and again an hour after a failure.

    None when nothing was to be done: not connected, too early, done, or under way elsewhere.
    """
    moment = now or timezone.now()
    if not is_connected() or not is_time(moment):
        return None
    return _run(moment, lambda: days_due(moment), is_daily=True)


def fetch_day(day: date, now: datetime | None = None) -> Outcome | None:
    """One day by hand; None while another run is under way.

    Raises NotConnectedError, and DayRefusedError for a day that must not be fetched.
    """
    moment = now or timezone.now()
    if not is_connected():
        raise NotConnectedError
    if _is_refused(day, moment):
        raise DayRefusedError(day)
    return _run(moment, lambda: [day] if may_be_kept(day, moment) else [], day)


def fetch_now(now: datetime | None = None) -> Outcome | None:
    """The daily job by hand, whatever the hour; None while another run is under way."""
    moment = now or timezone.now()
    if not is_connected():
        raise NotConnectedError
    return _run(moment, lambda: days_due(moment))


def is_time(now: datetime) -> bool:
    """Whether the daily job is still to be done today (Asia/Baku)."""
    start = _hour_of(now)
    runs = Fetch.objects.filter(ga_property=property_number(), day=None, started_at__gte=start)
    if now < start or runs.filter(outcome=Outcome.OK).exists():
        return False
    return not runs.filter(started_at__gt=now - PAUSE).exists()


def days_due(now: datetime) -> list[date]:
    """Yesterday, the days of the last week that are missing, and the one that is complete now."""
    yesterday = _today(now) - ONE_DAY
    known = Snapshot.objects.filter(ga_property=property_number())
    have = set(known.values_list("day", flat=True))
    fresh = set(known.filter(fetched_at__gte=_hour_of(now)).values_list("day", flat=True))
    again = {yesterday, yesterday - ONE_DAY * AGAIN_AFTER} - fresh
    week = {yesterday - ONE_DAY * number for number in range(CATCH_UP_DAYS)}
    found = again | (week - have)
    return sorted((day for day in found if may_be_kept(day, now)), reverse=True)


def may_be_kept(day: date, now: datetime) -> bool:
    """Whether a day is over, and its term is not (E-7.2d). LookupError without a term."""
    return first_day_still_kept(RULE, _today(now)) <= day < _today(now)


def _is_refused(day: date, now: datetime) -> bool:
    """Without a term nothing is refused: the run fails, and the page says so."""
    try:
        return not may_be_kept(day, now)
    except LookupError:
        return False


def _today(now: datetime) -> date:
    return timezone.localdate(now, BAKU)


def _hour_of(now: datetime) -> datetime:
    return datetime.combine(_today(now), HOUR, BAKU)


@transaction.atomic
def _begin(now: datetime, day: date | None = None, *, is_daily: bool = False) -> Fetch | None:
    """Note that a run begins, unless another one is under way, or has done the day's job."""
    _lock()
    if is_daily and not is_time(now):
        return None
    under_way = Fetch.objects.filter(ended_at=None, started_at__gt=now - LEASE)
    if under_way.exists():
        return None
    return Fetch.objects.create(ga_property=property_number(), day=day, started_at=now)


def _run(
    now: datetime,
    days: Callable[[], Iterable[date]],
    only: date | None = None,
    *,
    is_daily: bool = False,
) -> Outcome | None:
    run = _begin(now, only, is_daily=is_daily)
    return None if run is None else _carry_out(run, days, now)


def _carry_out(run: Fetch, days: Callable[[], Iterable[date]], now: datetime) -> Outcome:
    """Day after day, each stored when it is complete; what was stored before a failure stays."""
    run.outcome = Outcome.OK
    try:
        wanted = list(days())
        with data_client() as client:
            budget = Budget(RUN)
            for day in wanted:
                _take(run, client, day, budget, now)
    except StoppedError as stop:
        run.outcome = stop.outcome
    except Exception as problem:  # noqa: BLE001 - a run without an end would hide what is wrong
        _failed(run, problem)
    return _end(run)


def _take(run: Fetch, client: Any, day: date, budget: Budget, now: datetime) -> None:
    """One day; what anybody may have sent to Google under it must not keep the others away."""
    try:
        store(read_day(client, day, budget), now)
        run.days += 1
    except StoppedError:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever it is, the other days are fetched
        _failed(run, problem)


def _failed(run: Fetch, problem: Exception) -> None:
    # The sentence may hold what somebody made up, or Google's own words: its kind is enough.
    logger.error("statistics: a day could not be fetched (%s)", type(problem).__name__)
    run.outcome = Outcome.FAILED


def _end(run: Fetch) -> Outcome:
    run.ended_at = timezone.now()
    run.save(update_fields=["ended_at", "outcome", "days"])
    if run.outcome == Outcome.OK:
        beat(JOB)
    return Outcome(run.outcome)


@transaction.atomic
def store(found: Day, now: datetime | None = None) -> Snapshot:
    """Put a day in the place of what was there; nobody sees half of it."""
    _lock()
    Snapshot.objects.filter(day=found.day).delete()
    snapshot = Snapshot.objects.create(
        ga_property=property_number(),
        day=found.day,
        fetched_at=now or timezone.now(),
        time_zone=found.flags.time_zone,
        thresholded=found.flags.thresholded,
        sampled=found.flags.sampled,
        other_row=found.flags.other_row,
        **columns_of(found.total),
    )
    Figure.objects.bulk_create(_figures(snapshot, found), batch_size=1_000)
    return snapshot


def _figures(snapshot: Snapshot, found: Day) -> Iterator[Figure]:
    for dimension, lines in found.figures.items():
        yield from (_figure(snapshot, dimension, value, line) for value, line in lines.items())


def _figure(snapshot: Snapshot, dimension: Dimension, value: str, line: Line) -> Figure:
    return Figure(snapshot=snapshot, dimension=dimension, value=value, **columns_of(line))


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
