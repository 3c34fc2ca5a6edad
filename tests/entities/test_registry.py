"""The snapshot that pages read: cheap, immutable, and never older than a second."""

import time
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from emsar.datamap import terms
from emsar.entities import publication, registry, services
from emsar.entities.calendar import current_calendar, load_calendar
from emsar.entities.models import CalendarDay, Organisation, Recipient, ScheduleTerm, Service
from tests.entities.conftest import YEARS

pytestmark = pytest.mark.django_db


def test_registry_before_the_first_load_says_what_to_run():
    with pytest.raises(registry.NotLoadedError, match="load_organisation"):
        registry.registry()


def test_registry_costs_no_query_within_a_second(loaded, django_assert_num_queries):
    registry.registry()
    current_calendar()
    with django_assert_num_queries(0):
        registry.registry().service("tax")
        current_calendar().is_business_day(date(2026, 11, 10))


def test_registry_costs_one_query_when_a_second_has_passed(
    loaded, django_assert_num_queries, monkeypatch
):
    first = registry.registry()
    later = time.monotonic() + publication.LOOK_EVERY_SECONDS
    monkeypatch.setattr(publication.time, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        assert registry.registry() is first


def test_change_of_another_process_is_seen_after_a_second(loaded, monkeypatch):
    assert registry.registry().brand == loaded.brand
    look = publication._look.until
    Organisation.objects.update(brand="ANOTHER")
    publication.bump()
    publication._look.until = look  # as in a process that did not bump itself
    assert registry.registry().brand == loaded.brand
    monkeypatch.setattr(publication.time, "monotonic", lambda: look)
    assert registry.registry().brand == "ANOTHER"


def test_change_of_this_process_is_seen_at_once(loaded):
    registry.registry()
    Organisation.objects.update(brand="ANOTHER")
    publication.bump()
    assert registry.registry().brand == "ANOTHER"


def test_change_that_was_rolled_back_is_not_kept(loaded):
    with transaction.atomic():
        Organisation.objects.update(brand="NEVER")
        publication.bump()
        assert registry.registry().brand == "NEVER"
        transaction.set_rollback(True)
    publication.forget()
    assert registry.registry().brand == loaded.brand


def test_registry_cannot_be_changed(loaded):
    with pytest.raises(FrozenInstanceError):
        registry.registry().brand = "ANOTHER"


def test_what_was_retired_is_not_in_the_registry(loaded):
    Service.objects.filter(pk="tax").update(active=False)
    Recipient.objects.filter(pk="whatsapp").update(active=False)
    publication.bump()
    found = registry.registry()
    assert "tax" not in [row.slug for row in found.services]
    assert "whatsapp" not in [row.slug for row in found.recipients]


def test_load_between_two_queries_is_read_again(loaded, monkeypatch):
    counters = iter([1, 2, 2, 2])
    monkeypatch.setattr(publication, "current", lambda: next(counters))
    assert registry.read_registry().brand == loaded.brand
    assert list(counters) == []


def test_terms_of_the_schedule_are_answered_to_the_data_map(loaded):
    assert terms.value("schedule", "views") == 24
    assert terms.value("statutory", "answer") == 7
    with pytest.raises(LookupError):
        terms.value("schedule", "nothing")


def test_statutory_term_that_is_switched_off_has_no_value(loaded):
    ScheduleTerm.objects.filter(name="answer").update(enabled=False)
    publication.bump()
    with pytest.raises(LookupError, match="switched off"):
        terms.value("statutory", "answer")


def test_units_of_the_schedule_are_units_of_the_data_map(loaded):
    units = set(ScheduleTerm.objects.values_list("unit", flat=True))
    assert units <= {unit.value for unit in terms.Unit}
    assert {name for name, _ in ScheduleTerm.UNITS} == {unit.value for unit in terms.Unit}


def test_calendar_in_use_knows_hours_days_and_names(loaded):
    calendar = current_calendar()
    assert calendar == load_calendar()
    assert (calendar.opens, calendar.closes) == (loaded.opens, loaded.closes)
    assert calendar.zone.key == "Asia/Baku"
    assert not calendar.is_business_day(date(2026, 11, 10))
    assert calendar.names[date(2026, 11, 9)].az == "Dövlət Bayrağı Günü"
    assert current_calendar() is calendar


def test_day_that_staff_edit_moves_the_calendar_at_once(loaded, staff_uuid):
    assert not current_calendar().is_business_day(date(2026, 11, 10))
    day = CalendarDay.objects.get(date="2026-11-10")
    day.kind = CalendarDay.Kind.ORDINARY
    services.save_calendar_day(day, actor=staff_uuid)
    assert current_calendar().is_business_day(date(2026, 11, 10))
    assert current_calendar().add_business_days(date(2026, 11, 6), 1) == date(2026, 11, 10)


def test_weekend_that_is_ordinary_after_all_is_a_plain_weekend(loaded, staff_uuid):
    day = CalendarDay.objects.get(date="2026-11-08")
    day.kind = CalendarDay.Kind.ORDINARY
    services.save_calendar_day(day, actor=staff_uuid)
    (skipped,) = current_calendar().skipped_between(day.date, day.date)
    assert skipped.name is None


def test_saturday_that_staff_declare_worked_is_worked(loaded, staff_uuid):
    day = CalendarDay(date=date(2026, 11, 21), kind="worked", name_az="a", name_en="b", name_ru="c")
    services.save_calendar_day(day, actor=staff_uuid)
    assert current_calendar().is_business_day(date(2026, 11, 21))


def test_counter_changes_with_every_bump_and_starts_at_nothing():
    assert publication.current() == 0
    first = publication.bump()
    second = publication.bump()
    assert 0 < first < second == publication.current()


def test_counter_that_was_rolled_back_never_comes_again():
    with transaction.atomic():
        lost = publication.bump()
        transaction.set_rollback(True)
    assert publication.current() == 0
    assert publication.bump() > lost


def test_next_instant_is_the_earliest_that_any_room_names(monkeypatch):
    monkeypatch.setattr(publication, "_instants", [])
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert publication.next_instant(now) is None

    def tomorrow(moment):
        return moment + timedelta(days=1)

    def in_an_hour(moment):
        return moment + timedelta(hours=1)

    def never(moment):
        return None

    for room in (tomorrow, in_an_hour, never, tomorrow):
        publication.register_instants(room)
    assert publication.next_instant(now) == now + timedelta(hours=1)
    assert len(publication._instants) == 3


def test_load_publishes_once(db, group):
    services.load(group, years=YEARS)
    counter = publication.current()
    assert counter > 0
    services.load(group, years=YEARS)
    assert publication.current() == counter
