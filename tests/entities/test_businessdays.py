"""The business calendar as law.md describes it; all moments are in Asia/Baku."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emsar.datamap.terms import Unit
from emsar.entities.businessdays import BAKU, BusinessCalendar, add_calendar_months
from emsar.entities.holidaydays import days_of
from emsar.entities.profile import Texts

DAYS = days_of((2025, 2026, 2027, 2028))
CALENDAR = BusinessCalendar(
    off=frozenset(day.date for day in DAYS if day.kind == "off"),
    worked=frozenset(day.date for day in DAYS if day.kind == "worked"),
    opens=time(9),
    closes=time(18),
    names={day.date: day.name for day in DAYS},
)
dates = st.dates(date(2025, 1, 1), date(2028, 11, 1))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 10, 1), timezones=st.just(BAKU))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=BAKU)


def listed(text: str, year: int) -> set[date]:
    """Days written as in law.md: "1-2 1" is the 1st and 2nd of January."""
    found = set()
    for part in text.split(";"):
        days, month = part.split()
        first, _, last = days.partition("-")
        found |= {date(year, int(month), day) for day in range(int(first), int(last or first) + 1)}
    return found


def weekdays_off(year: int) -> set[date]:
    return {day for day in CALENDAR.off if day.year == year and day.weekday() < 5}


def test_days_off_of_2026_are_those_of_the_law():
    law = listed("1-2 1;20 1;9 3;20-27 3;30 3;11 5;27-29 5;15 6;26 6;9 11;10 11;31 12", 2026)
    assert weekdays_off(2026) == {day for day in law if day.weekday() < 5}


def test_days_off_of_2027_are_those_known_so_far():
    law = listed(
        "1 1;2 1;4 1;20 1;8 3;9-10 3;20-26 3;10 5;16-18 5;28 5;15 6;28 6;8 11;9 11;31 12", 2027
    )
    assert weekdays_off(2027) == {day for day in law if day.weekday() < 5}


def test_estimated_days_of_2027_are_flagged():
    assert [day.date.isoformat() for day in DAYS if day.estimated and day.date.year == 2027] == [
        "2027-03-09",
        "2027-03-10",
        "2027-05-16",
        "2027-05-17",
        "2027-05-18",
    ]


def test_saturday_that_the_cabinet_moved_is_worked():
    assert CALENDAR.is_business_day(date(2025, 6, 21))
    assert not CALENDAR.is_business_day(date(2025, 6, 27))
    assert CALENDAR.next_business_day(date(2025, 6, 20)) == date(2025, 6, 21)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("20.11.2026 11:00", "23.11.2026 18:00"),
        ("06.11.2026 11:00", "11.11.2026 18:00"),
        ("19.03.2026 11:00", "31.03.2026 18:00"),
        ("26.05.2026 11:00", "01.06.2026 18:00"),
        ("30.12.2026 11:00", "05.01.2027 18:00"),
        # a day to each side
        ("19.11.2026 11:00", "20.11.2026 18:00"),
        ("18.03.2026 11:00", "19.03.2026 18:00"),
        ("29.12.2026 11:00", "30.12.2026 18:00"),
        ("05.01.2027 11:00", "06.01.2027 18:00"),
    ],
)
def test_one_business_day_later(received, due):
    assert CALENDAR.reply_due(at(received), 1).moment == at(due)


@pytest.mark.parametrize(
    ("received", "counts_as", "due"),
    [
        ("23.11.2026 00:00", "23.11.2026 00:00", "24.11.2026 18:00"),
        ("23.11.2026 18:00", "23.11.2026 18:00", "24.11.2026 18:00"),
        ("23.11.2026 18:01", "24.11.2026 09:00", "25.11.2026 18:00"),
        ("20.11.2026 18:01", "23.11.2026 09:00", "24.11.2026 18:00"),
        ("21.11.2026 12:00", "23.11.2026 09:00", "24.11.2026 18:00"),
        ("09.11.2026 12:00", "11.11.2026 09:00", "12.11.2026 18:00"),
    ],
)
def test_after_closing_or_on_a_day_off_the_next_business_day_counts(received, counts_as, due):
    found = CALENDAR.reply_due(at(received), 1)
    assert (found.counted_from, found.moment) == (at(counts_as), at(due))


def test_second_after_closing_is_already_late():
    late = at("23.11.2026 18:00") + timedelta(microseconds=1)
    assert CALENDAR.received_as(late) == at("24.11.2026 09:00")


def test_moment_of_another_zone_counts_in_baku():
    # 15:00 UTC is 19:00 in Baku: after closing.
    late = datetime(2026, 11, 23, 15, 0, tzinfo=ZoneInfo("UTC"))
    assert CALENDAR.received_as(late) == at("24.11.2026 09:00")


def test_due_moment_names_the_days_it_skipped():
    skipped = CALENDAR.reply_due(at("06.11.2026 11:00"), 1).skipped
    assert [(row.day.day, row.name.en if row.name else None) for row in skipped] == [
        (7, None),
        (8, "Victory Day"),
        (9, "State Flag Day"),
        (10, "Victory Day, day off in lieu"),
    ]


def test_day_in_both_lists_is_worked():
    day = date(2026, 11, 21)
    calendar = BusinessCalendar(frozenset({day}), frozenset({day}), time(9), time(18))
    assert calendar.is_business_day(day)


def test_names_do_not_make_two_calendars_different():
    bare = BusinessCalendar(frozenset(), frozenset(), time(9), time(18))
    named = BusinessCalendar(
        frozenset(), frozenset(), time(9), time(18), names={date(2026, 1, 1): Texts("a", "b", "c")}
    )
    assert bare == named
    assert hash(bare) == hash(named)


@pytest.mark.parametrize(
    ("moment", "hours", "before"),
    [
        ("24.11.2026 18:00", 2, "24.11.2026 16:00"),
        ("24.11.2026 18:00", 9, "24.11.2026 09:00"),
        ("24.11.2026 18:00", 10, "23.11.2026 17:00"),
        ("24.11.2026 10:00", 2, "23.11.2026 17:00"),
        ("24.11.2026 08:00", 2, "23.11.2026 16:00"),
        ("24.11.2026 23:00", 2, "24.11.2026 16:00"),
        ("23.11.2026 09:30", 1, "20.11.2026 17:30"),
        ("31.03.2026 09:00", 0.5, "19.03.2026 17:30"),
        ("22.11.2026 12:00", 2, "20.11.2026 16:00"),
    ],
)
def test_business_hours_before(moment, hours, before):
    assert CALENDAR.business_hours_before(at(moment), hours) == at(before)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("23.11.2026 10:00", "23.11.2026 12:00", 2),
        ("20.11.2026 17:00", "23.11.2026 10:00", 2),
        ("20.11.2026 20:00", "22.11.2026 10:00", 0),
        ("19.03.2026 17:00", "31.03.2026 10:00", 2),
        ("23.11.2026 12:00", "23.11.2026 10:00", 0),
        ("23.11.2026 06:00", "24.11.2026 22:00", 18),
    ],
)
def test_business_time_between(start, end, hours):
    assert CALENDAR.business_time_between(at(start), at(end)) == timedelta(hours=hours)


def test_moment_without_zone_is_refused():
    naive = datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.received_as(naive)


@pytest.mark.parametrize("days", [0, -1])
def test_term_of_no_business_day_is_refused(days):
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.add_business_days(date(2026, 11, 23), days)


def test_reminder_at_the_moment_itself_is_refused():
    with pytest.raises(ValueError, match="before"):
        CALENDAR.business_hours_before(at("24.11.2026 18:00"), 0)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 28), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_calendar_months_end_with_the_same_day_or_the_last_of_the_month(day, months, last):
    assert add_calendar_months(day, months) == last


@pytest.mark.parametrize(
    ("value", "unit", "last"),
    [
        (1, Unit.BUSINESS_DAYS, date(2026, 3, 31)),
        (30, Unit.CALENDAR_DAYS, date(2026, 4, 18)),
        (12, Unit.CALENDAR_MONTHS, date(2027, 3, 19)),
        (5, Unit.YEARS, date(2031, 3, 19)),
    ],
)
def test_term_is_added_in_its_own_unit(value, unit, last):
    assert CALENDAR.add(date(2026, 3, 19), value, unit) == last


@given(dates)
def test_next_business_day_is_the_first_one_after(day):
    following = CALENDAR.next_business_day(day)
    assert following > day
    assert CALENDAR.is_business_day(following)
    between = (day + timedelta(days=n) for n in range(1, (following - day).days))
    assert not any(CALENDAR.is_business_day(other) for other in between)


@given(dates, st.integers(1, 15))
def test_business_days_are_added_one_by_one(day, days):
    one_by_one = day
    for _ in range(days):
        one_by_one = CALENDAR.next_business_day(one_by_one)
    assert CALENDAR.add_business_days(day, days) == one_by_one


@given(moments)
def test_receipt_is_never_moved_back_and_falls_on_a_business_day(moment):
    counted = CALENDAR.received_as(moment)
    assert counted >= moment
    assert CALENDAR.is_business_day(counted.date())
    assert CALENDAR.received_as(counted) == counted


@given(moments, moments, st.integers(1, 10))
def test_who_comes_later_is_never_due_earlier(first, second, days):
    earlier, later = sorted((first, second))
    assert CALENDAR.reply_due(earlier, days).moment <= CALENDAR.reply_due(later, days).moment


@given(moments, st.integers(1, 10))
def test_due_and_skipped_days_account_for_every_day(moment, days):
    due = CALENDAR.reply_due(moment, days)
    worked = due.days + (due.counted_from.date() == due.received.date())
    shifted_late = due.counted_from != due.received and CALENDAR.is_business_day(moment.date())
    span = (due.moment.date() - due.received.date()).days + 1
    counted_day_itself = due.counted_from.date() != due.received.date()
    assert span == len(due.skipped) + worked + counted_day_itself + shifted_late


@given(moments, st.integers(1, 60))
def test_hours_before_are_the_business_time_between(moment, hours):
    before = CALENDAR.business_hours_before(moment, hours)
    assert before < moment
    assert CALENDAR.business_time_between(before, moment) == timedelta(hours=hours)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_later_lie_in_the_right_month_on_the_nearest_day(day, months):
    later = add_calendar_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert later.day <= day.day
