"""Dates in words in three languages, and a due moment that explains itself."""

from datetime import date, datetime, time

import pytest
from django.utils import translation

from emsar.entities.businessdays import BAKU, BusinessCalendar
from emsar.entities.holidaydays import days_of
from emsar.entities.holidaynames import UNNAMED, names_of
from emsar.entities.wording import day_text, explain, moment_text

DAYS = days_of((2026,))
CALENDAR = BusinessCalendar(
    off=frozenset(day.date for day in DAYS),
    worked=frozenset(),
    opens=time(9),
    closes=time(18),
    names={day.date: day.name for day in DAYS},
)


@pytest.mark.parametrize(
    ("language", "text"),
    [("az", "22 noyabr 2026"), ("en", "22 November 2026"), ("ru", "22 ноября 2026 г.")],
)
def test_date_is_written_as_each_language_does(language, text):
    assert day_text(date(2026, 11, 22), language) == text
    with translation.override(language):
        assert day_text(date(2026, 11, 22)) == text


def test_moment_has_its_hour():
    moment = datetime(2026, 11, 22, 9, 5, tzinfo=BAKU)
    assert moment_text(moment, "en") == "22 November 2026, 09:05"


def test_date_in_another_language_is_an_error():
    with pytest.raises(ValueError, match="'de'"):
        day_text(date(2026, 11, 22), "de")


def test_due_moment_explains_itself_step_by_step():
    due = CALENDAR.reply_due(datetime(2026, 11, 6, 11, 0, tzinfo=BAKU), 1)
    with translation.override("en"):
        assert explain(due) == [
            "Received: 6 November 2026, 11:00.",
            "Term: 1 business day.",
            "Not counted: 7 November 2026 (weekend).",
            "Not counted: 8 November 2026 (Victory Day).",
            "Not counted: 9 November 2026 (State Flag Day).",
            "Not counted: 10 November 2026 (Victory Day, day off in lieu).",
            "Due: 11 November 2026, 18:00.",
        ]


def test_late_receipt_is_explained_too():
    due = CALENDAR.reply_due(datetime(2026, 11, 20, 19, 30, tzinfo=BAKU), 2)
    with translation.override("en"):
        assert explain(due) == [
            "Received: 20 November 2026, 19:30.",
            "Outside business hours, so it counts from the next business day: "
            "23 November 2026, 09:00.",
            "Term: 2 business days.",
            "Not counted: 21 November 2026 – 22 November 2026 (weekend).",
            "Due: 25 November 2026, 18:00.",
        ]


def test_holiday_of_two_names_keeps_both():
    names, estimated = names_of("Eid al-Adha; Independence Day")
    assert (names.az, names.en) == (
        "Qurban bayramı; Müstəqillik Günü",
        "Gurban Bayram (Eid al-Adha); Independence Day",
    )
    assert not estimated


@pytest.mark.parametrize(
    ("label", "english", "estimated"),
    [
        ("Eid al-Fitr (estimated)", "Ramazan Bayram (Eid al-Fitr)", True),
        (
            "Eid al-Fitr (observed, estimated)",
            "Ramazan Bayram (Eid al-Fitr), day off in lieu",
            True,
        ),
        ("Day off (substituted from 06/21/2025)", "Day off, moved", False),
        ("A day nobody told us of", UNNAMED.en, False),
    ],
)
def test_label_of_the_package_becomes_our_name(label, english, estimated):
    names, guessed = names_of(label)
    assert (names.en, guessed) == (english, estimated)


def test_every_day_of_the_years_near_now_has_a_name_of_its_own():
    named = days_of(range(2024, 2030))
    assert not [day.date for day in named if day.name == UNNAMED]
    assert {day.kind for day in named} == {"off", "worked"}
