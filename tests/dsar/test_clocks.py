"""Both clocks at each boundary: calendar days, working days, midnight in Baku, pause, extension."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dsar.clocks import ONE_DAY, Pause, earlier, local_day, promise, statutory
from emsar.entities.businessdays import BAKU, BusinessCalendar
from emsar.entities.profile import Texts


def texts(word: str) -> Texts:
    return Texts(az=word, en=word, ru=word)


NEW_YEAR = {date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 4)}
NOVRUZ = {date(2026, 3, 20) + timedelta(days=n) for n in range(8)} | {date(2026, 3, 30)}
OFF = NEW_YEAR | NOVRUZ
CALENDAR = BusinessCalendar(
    off=frozenset(OFF),
    worked=frozenset({date(2026, 3, 14)}),
    opens=datetime.min.time().replace(hour=9),
    closes=datetime.min.time().replace(hour=18),
    names={day: texts("holiday") for day in OFF},
)


def baku(day: str, clock: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BAKU)


@pytest.mark.parametrize(
    ("received", "last", "night"),
    [
        ("2026-12-10", date(2027, 1, 9), date(2027, 1, 6)),  # across New Year
        ("2026-03-05", date(2026, 4, 4), date(2026, 4, 1)),  # across Novruz
        ("2028-02-15", date(2028, 3, 16), date(2028, 3, 13)),  # across 29 February
        ("2027-02-15", date(2027, 3, 17), date(2027, 3, 14)),  # and in a year without it
        ("2028-02-29", date(2028, 3, 30), date(2028, 3, 27)),  # received on it
        ("2028-01-30", date(2028, 2, 29), date(2028, 2, 26)),  # and due on it
        ("2026-11-22", date(2026, 12, 22), date(2026, 12, 19)),
    ],
)
def test_promise_is_thirty_calendar_days_and_nothing_else(received, last, night) -> None:
    found = promise(baku(received), 30, 3)
    assert (found.last_day, found.execute_on) == (last, night)
    assert found.execute_on - found.received == timedelta(days=27)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (baku("2026-11-22", "23:59"), date(2026, 11, 22)),
        (baku("2026-11-23", "00:01"), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 19, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 20, 1, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 0, 1, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_day_of_receipt_is_that_of_baku(moment: datetime, day: date) -> None:
    assert local_day(moment) == day
    assert promise(moment, 30, 3).received == day
    assert statutory(moment, 7, CALENDAR).received == day


def test_moment_without_a_zone_says_nothing() -> None:
    with pytest.raises(ValueError, match="time zone"):
        promise(datetime(2026, 11, 22, 12, 0), 30, 3)  # noqa: DTZ001


@pytest.mark.parametrize(("days", "reserve"), [(30, 30), (30, 31), (30, -1), (0, 0)])
def test_reserve_that_is_no_part_of_the_term_is_refused(days: int, reserve: int) -> None:
    with pytest.raises(ValueError, match="reserve"):
        promise(baku("2026-11-22"), days, reserve)


def test_a_reserve_of_nothing_acts_on_the_last_day() -> None:
    found = promise(baku("2026-11-22"), 30, 0)
    assert found.execute_on == found.last_day


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        ("2026-11-23", 7, date(2026, 12, 2)),  # a plain week and two days
        ("2026-12-29", 7, date(2027, 1, 12)),  # across New Year
        ("2026-03-19", 7, date(2026, 4, 8)),  # across Novruz
        ("2026-03-13", 1, date(2026, 3, 14)),  # a Saturday that is worked
        ("2026-03-12", 7, date(2026, 3, 31)),  # the Saturday worked, and Novruz
        ("2028-02-25", 3, date(2028, 3, 1)),  # 29 February is a working day like others
        ("2026-11-20", 3, date(2026, 11, 25)),  # a child's case from a Friday
        ("2026-11-21", 3, date(2026, 11, 25)),  # and from the Saturday after it
    ],
)
def test_term_of_the_law_counts_working_days_after_receipt(received, days, last) -> None:
    found = statutory(baku(received), days, CALENDAR)
    assert found.last_day == last
    assert found.rested == ()


def test_days_off_that_were_skipped_are_named() -> None:
    found = statutory(baku("2026-12-29"), 7, CALENDAR)
    skipped = {skipped.day: skipped.name for skipped in found.skipped}
    assert skipped[date(2027, 1, 1)] == texts("holiday")
    assert skipped[date(2027, 1, 3)] is None
    assert sorted(skipped) == [
        date(2026, 12, 31),
        *(date(2027, 1, n) for n in (1, 2, 3, 4, 9, 10)),
    ]


def test_a_term_of_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="working day"):
        statutory(baku("2026-11-23"), 0, CALENDAR)


def test_an_open_question_lets_the_term_rest() -> None:
    pause = Pause(baku("2026-11-25"), None)
    assert statutory(baku("2026-11-23"), 7, CALENDAR, [pause]).last_day is None


def test_whole_days_of_a_question_do_not_count_its_edges_do() -> None:
    pause = Pause(baku("2026-11-24", "23:59"), baku("2026-11-27", "00:01"))
    found = statutory(baku("2026-11-23"), 7, CALENDAR, [pause])
    assert found.rested == (date(2026, 11, 25), date(2026, 11, 26))
    assert found.last_day == date(2026, 12, 4)


@pytest.mark.parametrize("until", ["2026-11-24", "2026-11-25"])
def test_a_question_answered_by_the_next_day_costs_no_day(until: str) -> None:
    pause = Pause(baku("2026-11-24", "00:01"), baku(until, "23:59"))
    found = statutory(baku("2026-11-23"), 7, CALENDAR, [pause])
    assert (found.rested, found.last_day) == ((), date(2026, 12, 2))


def test_a_pause_is_of_days_in_baku_whatever_the_zone_of_its_moments() -> None:
    late = Pause(
        datetime(2026, 11, 24, 20, 1, tzinfo=UTC), datetime(2026, 11, 27, 20, 1, tzinfo=UTC)
    )
    found = statutory(baku("2026-11-23"), 7, CALENDAR, [late])
    assert found.rested == (date(2026, 11, 26), date(2026, 11, 27))


def test_a_day_in_two_pauses_rests_once() -> None:
    first = Pause(baku("2026-11-24"), baku("2026-11-27"))
    found = statutory(baku("2026-11-23"), 7, CALENDAR, [first, first])
    assert found.last_day == date(2026, 12, 4)


def test_weekend_within_a_pause_is_skipped_once() -> None:
    pause = Pause(baku("2026-11-26"), baku("2026-12-01"))
    found = statutory(baku("2026-11-23"), 7, CALENDAR, [pause])
    assert found.rested == (date(2026, 11, 27), date(2026, 11, 30))
    assert found.last_day == date(2026, 12, 4)


def test_board_goes_by_the_earlier_of_both_days() -> None:
    day = date(2026, 12, 2)
    assert earlier(day, None) == day
    assert earlier(day, day + ONE_DAY) == day
    assert earlier(day + ONE_DAY, day) == day
