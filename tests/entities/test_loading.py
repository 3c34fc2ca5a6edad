"""Loading a profile: everything once, nothing twice, and nothing that the admin owns."""

from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from emsar.audit.models import AuditEvent
from emsar.entities import publication, services
from emsar.entities.models import (
    CalendarDay,
    CookieEntry,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    Recipient,
    ScheduleTerm,
    Service,
)
from emsar.entities.profile import ProfileError, Texts
from emsar.entities.registry import read_registry
from tests.entities.conftest import GROUP, PORTAL, YEARS

pytestmark = pytest.mark.django_db


def writes(queries) -> list[str]:
    words = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in queries if query["sql"].startswith(words)]


def test_load_fills_every_table(loaded):
    assert Organisation.objects.get().brand == loaded.brand
    assert LegalEntity.objects.count() == 2
    assert Mailbox.objects.get(pk="group").entity is None
    assert Service.objects.get(pk="customs").entity_id == "consulting"
    assert Service.objects.get(pk="other").entity is None
    assert [service.pk for service in Service.objects.all()][:2] == [
        "it-solutions",
        "software-development",
    ]
    assert Recipient.objects.count() == 5
    assert LegalReference.objects.get(pk="protection-requirements").number == "161"
    assert CookieEntry.objects.filter(category="analytics").count() == 2
    assert ScheduleTerm.objects.get(group="schedule", name="views").value == 24
    assert CalendarDay.objects.filter(date__year=2026).exists()


def test_database_says_what_the_profile_says(loaded):
    stored = read_registry()
    assert replace(stored, calendar=()) == replace(loaded, calendar=())


def test_second_load_writes_nothing(loaded):
    counter = publication.current()
    events = AuditEvent.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        changes = services.load(loaded, years=YEARS)
    assert not changes
    assert changes.summary("x") == "x: nothing to change"
    assert writes(queries) == []
    assert publication.current() == counter
    assert AuditEvent.objects.count() == events


def test_load_is_recorded_without_an_actor(loaded):
    event = AuditEvent.objects.filter(action="organisation.loaded").latest("id")
    assert event.actor is None
    assert event.detail["what"] == loaded.key
    assert event.detail["created"] > 50
    assert event.detail["changed"] == 0


def test_change_in_the_profile_is_written_and_published(loaded):
    counter = publication.current()
    changes = services.load(replace(loaded, brand="ANOTHER"), years=YEARS)
    assert changes.changed == ["organisation 1"]
    assert Organisation.objects.get().brand == "ANOTHER"
    assert publication.current() > counter


def test_service_that_left_the_profile_is_retired_and_can_come_back(loaded):
    fewer = replace(loaded, services=tuple(s for s in loaded.services if s.slug != "tax"))
    assert services.load(fewer, years=YEARS).retired == ["service tax"]
    assert Service.objects.get(pk="tax").active is False
    assert "tax" not in [service.slug for service in read_registry().services]
    assert not [row for row in services.load(fewer, years=YEARS).retired if row == "service tax"]
    assert "service tax" in services.load(loaded, years=YEARS).changed
    assert Service.objects.get(pk="tax").active is True


def test_cookie_that_left_the_profile_is_deleted(loaded):
    changes = services.load(replace(loaded, cookies=loaded.cookies[1:]), years=YEARS)
    assert changes.deleted == ["cookieentry cookie_choice"]
    assert not CookieEntry.objects.filter(pk="cookie_choice").exists()


def test_term_that_changed_is_updated_in_its_row(loaded):
    terms = tuple(replace(t, value=9) if t.name == "refusal" else t for t in loaded.terms)
    before = ScheduleTerm.objects.get(name="refusal").pk
    assert services.load(replace(loaded, terms=terms), years=YEARS).changed == [
        "scheduleterm statutory.refusal"
    ]
    assert ScheduleTerm.objects.get(name="refusal", value=9).pk == before


def test_recipient_that_the_admin_changed_is_left_alone(loaded):
    Recipient.objects.filter(pk="hosting").update(name_en="A named provider", contract=True)
    Recipient.objects.filter(pk="support").delete()
    changes = services.load(loaded, years=YEARS)
    assert changes.created == ["recipient support"]
    assert Recipient.objects.get(pk="hosting").name_en == "A named provider"


def test_day_that_the_admin_changed_is_left_alone(loaded):
    day = CalendarDay.objects.get(date="2026-11-10")
    day.kind, day.source = CalendarDay.Kind.ORDINARY, CalendarDay.Source.STAFF
    day.save()
    changes = services.load(loaded, years=YEARS)
    assert (changes.created, changes.differ) == ([], [])
    assert CalendarDay.objects.get(date="2026-11-10").kind == "ordinary"


def test_loaded_day_that_the_package_no_longer_gives_is_reported(loaded):
    CalendarDay.objects.create(
        date="2026-07-01", kind="off", source="loader", name_az="a", name_en="b", name_ru="c"
    )
    changes = services.load(loaded, years=YEARS)
    assert changes.differ == ["2026-07-01"]
    assert "2026-07-01: a loader would write it otherwise" in changes.summary("x")
    assert CalendarDay.objects.filter(date="2026-07-01").exists()


def test_day_stated_by_the_profile_wins_over_the_package(portal):
    services.load(portal, years=YEARS)
    day = CalendarDay.objects.get(date="2026-12-30")
    assert (day.kind, day.text("name", "ru")) == ("off", "Архивный день")


def test_another_organisation_is_refused_and_nothing_changes(loaded, portal):
    with pytest.raises(ProfileError) as caught:
        services.load(portal, years=YEARS)
    assert caught.value.key == "key"
    assert Organisation.objects.get().key == loaded.key
    assert LegalEntity.objects.filter(pk="portal").exists() is False


def test_load_that_fails_half_way_leaves_nothing(db, group, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("half way")

    monkeypatch.setattr(services, "fill_days", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.load(group, years=YEARS)
    assert not Organisation.objects.exists()
    assert publication.current() == 0


def test_second_profile_loads_on_the_same_code(portal):
    services.load(portal, years=YEARS)
    stored = read_registry()
    assert stored.organisation.shows_version_number is False
    assert stored.has_form is False
    assert stored.mailbox_of("portal").address == "info@sosial.gov.az"
    assert stored.services == ()


def test_command_loads_and_says_so(capsys):
    call_command("load_organisation", str(GROUP))
    assert "emsargroup:" in capsys.readouterr().out
    call_command("load_organisation", str(GROUP))
    assert capsys.readouterr().out.strip() == "emsargroup: nothing to change"


def test_command_refuses_a_bad_profile_whole(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text(GROUP.read_text("utf-8").replace('"2009619051"', '"12"'), "utf-8")
    with pytest.raises(CommandError, match=r"entities\[solutions\].tin: '12' is not a TIN"):
        call_command("load_organisation", str(bad))
    assert not Organisation.objects.exists()


def test_command_refuses_another_organisation(loaded):
    with pytest.raises(CommandError, match="belongs to 'emsargroup'"):
        call_command("load_organisation", str(PORTAL))


def test_calendar_command_fills_the_given_year_only(loaded, capsys):
    call_command("load_calendar", "--year", "2029")
    assert capsys.readouterr().out.startswith("calendar: ")
    years = {day.date.year for day in CalendarDay.objects.all()}
    assert years == {*YEARS, 2029}
    event = AuditEvent.objects.get(action="calendar.filled")
    assert event.detail["what"] == "2029"
    call_command("load_calendar", "--year", "2029")
    assert capsys.readouterr().out.strip() == "calendar: nothing to change"


def test_calendar_command_fills_the_years_around_now(time_machine_at, loaded, capsys):
    time_machine_at("2027-12-31T23:00+04:00")
    call_command("load_calendar")
    assert {day.date.year for day in CalendarDay.objects.all()} == {2026, 2027, 2028, 2029}
    capsys.readouterr()


def test_tin_of_nine_digits_is_refused_by_the_database_too(loaded):
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalEntity.objects.filter(pk="solutions").update(tin="200961905")


def test_second_organisation_is_refused_by_the_database(loaded):
    row = Organisation.objects.get()
    row.pk = 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_entity_texts_are_all_written(loaded):
    row = LegalEntity.objects.get(pk="consulting")
    facts = loaded.entity("consulting")
    assert Texts(row.name_az, row.name_en, row.name_ru) == facts.name
    assert Texts(row.field_az, row.field_en, row.field_ru) == facts.field
