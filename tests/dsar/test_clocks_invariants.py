"""What holds for every moment, calendar and pause: the promise never moves, nothing is early."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.clocks import ONE_DAY, Pause, earlier, local_day, promise, statutory
from emsar.entities.businessdays import BAKU, BusinessCalendar

FIRST = datetime(2020, 1, 1)  # noqa: DTZ001 - hypothesis puts the zone on
LAST = datetime(2040, 12, 31)  # noqa: DTZ001
# PostgreSQL hands moments out in UTC; people think in Baku.
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, BAKU]))
TERMS = st.integers(1, 90)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Any days off and any worked weekends around the moments; never a year without work."""
    days = st.integers(0, 366 * 21).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
    off, worked = draw(st.frozensets(days, max_size=60)), draw(st.frozensets(days, max_size=20))
    return BusinessCalendar(off, worked, time(9), time(18))


@st.composite
def histories(draw: st.DrawFn) -> tuple[datetime, list[Pause]]:
    """A receipt, and questions after it that were asked and answered one after another."""
    received = draw(MOMENTS)
    pauses, moment = [], received
    for _question in range(draw(st.integers(0, 4))):
        since = moment + draw(st.timedeltas(timedelta(), timedelta(days=9)))
        moment = since + draw(st.timedeltas(timedelta(), timedelta(days=9)))
        pauses.append(Pause(since, moment))
    return received, pauses


@given(MOMENTS, TERMS, st.data())
def test_machine_is_never_later_than_the_promise_and_never_before_the_day_after(
    received: datetime, days: int, data: st.DataObject
) -> None:
    reserve = data.draw(st.integers(0, days - 1))
    found = promise(received, days, reserve)
    assert found.received < found.execute_on <= found.last_day
    assert found.last_day - found.received == timedelta(days=days)
    assert found.last_day - found.execute_on == timedelta(days=reserve)


@given(MOMENTS, TERMS)
def test_promise_is_the_same_whatever_zone_the_moment_is_told_in(
    received: datetime, days: int
) -> None:
    told = {promise(received.astimezone(zone), days, 0) for zone in (UTC, BAKU)}
    assert len(told) == 1


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=400)), TERMS)
def test_a_later_receipt_is_never_due_earlier(
    received: datetime, later: timedelta, days: int
) -> None:
    assert promise(received, days, 0).last_day <= promise(received + later, days, 0).last_day


@given(histories(), TERMS, calendars())
@settings(deadline=None)
def test_exactly_the_term_lies_between_receipt_and_the_last_day(
    history: tuple[datetime, list[Pause]], days: int, calendar: BusinessCalendar
) -> None:
    received, pauses = history
    found = statutory(received, days, calendar, pauses)
    assert found.last_day is not None
    assert calendar.is_business_day(found.last_day)
    span = _days(found.received + ONE_DAY, found.last_day)
    worked = [day for day in span if calendar.is_business_day(day)]
    assert len(worked) == days + len(found.rested)
    assert sorted([*worked, *(skipped.day for skipped in found.skipped)]) == span


@given(histories(), TERMS, calendars())
@settings(deadline=None)
def test_a_question_never_shortens_the_term_nor_adds_more_days_than_it_lasted(
    history: tuple[datetime, list[Pause]], days: int, calendar: BusinessCalendar
) -> None:
    received, pauses = history
    plain, paused = statutory(received, days, calendar), statutory(received, days, calendar, pauses)
    assert plain.last_day is not None
    assert paused.last_day is not None
    assert plain.last_day <= paused.last_day
    assert len(paused.rested) <= sum(_whole_days(pause) for pause in pauses)
    assert all(_within(day, pauses) for day in paused.rested)


@given(histories(), TERMS, st.integers(1, 30), calendars())
@settings(deadline=None)
def test_an_extension_only_moves_the_term_of_the_law_and_only_forwards(
    history: tuple[datetime, list[Pause]], days: int, more: int, calendar: BusinessCalendar
) -> None:
    received, pauses = history
    before = statutory(received, days, calendar, pauses).last_day
    after = statutory(received, days + more, calendar, pauses).last_day
    assert before is not None
    assert after is not None
    assert before < after


@given(histories(), TERMS, calendars(), st.timedeltas(timedelta(), timedelta(days=30)))
@settings(deadline=None)
def test_an_open_question_rests_the_law_and_the_board_keeps_the_promise(
    history: tuple[datetime, list[Pause]], days: int, calendar: BusinessCalendar, after: timedelta
) -> None:
    received, pauses = history
    opened = Pause((pauses[-1].until if pauses else None) or received + after, None)
    found = statutory(received, days, calendar, [*pauses, opened])
    assert (found.last_day, found.rested) == (None, ())
    promised = promise(received, days, 0).last_day
    assert earlier(promised, found.last_day) == promised


@given(MOMENTS)
def test_day_of_a_moment_is_four_hours_ahead_of_utc(moment: datetime) -> None:
    assert local_day(moment) == (moment.astimezone(UTC) + timedelta(hours=4)).date()


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _whole_days(pause: Pause) -> int:
    assert pause.until is not None
    return max((local_day(pause.until) - local_day(pause.since)).days - 1, 0)


def _within(day: date, pauses: Sequence[Pause]) -> bool:
    ends = [(local_day(pause.since), local_day(pause.until)) for pause in pauses if pause.until]
    return any(since < day < until for since, until in ends)
