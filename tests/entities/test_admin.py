"""The registers in the admin: staff look at all of them and edit days and recipients only."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.entities import publication
from emsar.entities.models import (
    CalendarDay,
    LegalEntity,
    LegalReference,
    Organisation,
    Recipient,
)
from emsar.staff.models import User

pytestmark = pytest.mark.django_db

READ_ONLY = (
    "organisation",
    "legalentity",
    "mailbox",
    "service",
    "authority",
    "legalreference",
    "cookieentry",
    "scheduleterm",
)


def page(model: str, what: str = "changelist", *args: object) -> str:
    return reverse(f"admin:entities_{model}_{what}", args=args)


@pytest.fixture
def dpo(loaded, client):
    user = User.objects.create(username="dpo", role="dpo", language="en")
    client.force_login(user)
    return user


@pytest.mark.parametrize("model", [*READ_ONLY, "recipient", "calendarday"])
def test_register_is_shown(dpo, client, model):
    response = client.get(page(model))
    assert response.status_code == 200
    assert "entities/registers.css" in response.content.decode()


@pytest.mark.parametrize("model", READ_ONLY)
def test_register_of_the_profile_is_read_only(dpo, client, model):
    row = client.get(page(model)).context["cl"].result_list[0]
    assert client.get(page(model, "change", row.pk)).status_code == 200
    assert client.post(page(model, "change", row.pk), {}).status_code == 403
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("model", "pk"), [("recipient", "hosting"), ("calendarday", None)])
def test_nothing_is_ever_deleted(dpo, client, model, pk):
    pk = pk or CalendarDay.objects.first().pk
    assert client.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403


def test_missing_registration_and_unknown_contracts_are_flagged(dpo, client):
    assert (
        '<strong class="flagged">missing</strong>'
        in client.get(page("organisation")).content.decode()
    )
    text = client.get(page("recipient")).content.decode()
    assert text.count('<strong class="flagged">not known</strong>') == 5
    assert text.count("confirm with counsel") == 5


@pytest.mark.parametrize(
    ("contract", "expires", "shown"),
    [
        (False, None, '<strong class="flagged">missing</strong>'),
        (True, date(2020, 1, 1), '<strong class="flagged">ended</strong>'),
        (True, date(2090, 1, 1), "1 January 2090"),
        (True, None, "in force"),
    ],
)
def test_contract_is_shown_as_it_stands(dpo, client, contract, expires, shown):
    Recipient.objects.filter(pk="hosting").update(contract=contract, contract_expires=expires)
    Recipient.objects.exclude(pk="hosting").update(active=False)
    assert shown in client.get(page("recipient") + "?active__exact=1").content.decode()


def test_expired_certificate_is_flagged(dpo, client):
    Recipient.objects.update(contract=True)
    Recipient.objects.filter(pk="hosting").update(certificate_expires=date(2020, 1, 1))
    text = client.get(page("recipient")).content.decode()
    assert text.count('<strong class="flagged">ended</strong>') == 1


def test_registration_that_is_there_is_shown(dpo, client):
    Organisation.objects.update(registration_number="R-1", registration_date=date(2026, 5, 1))
    assert "R-1, 1 May 2026" in client.get(page("organisation")).content.decode()


def test_overdue_review_is_flagged(dpo, client):
    LegalReference.objects.filter(pk="civil-code").update(last_review=date(2020, 1, 31))
    text = client.get(page("legalreference")).content.decode()
    assert "overdue since 31 January 2021" in text


def test_estimated_days_are_flagged(dpo, client):
    text = client.get(page("calendarday") + "?estimated__exact=1").content.decode()
    assert text.count('<strong class="flagged">estimated</strong>') == 5
    assert "Tuesday" in text


def test_day_is_edited_published_and_recorded_once(dpo, client):
    day = CalendarDay.objects.get(date="2026-11-10")
    counter = publication.current()
    data = {"kind": "ordinary", "name_az": "a", "name_en": "b", "name_ru": "c"}
    response = client.post(page("calendarday", "change", day.pk), data)
    assert response.status_code == 302
    day.refresh_from_db()
    assert (day.kind, day.source, day.date) == ("ordinary", "staff", date(2026, 11, 10))
    assert publication.current() > counter
    events = AuditEvent.objects.filter(object_type="entities.calendarday")
    assert [(event.action, event.actor) for event in events] == [("calendar_day.saved", dpo.pk)]
    assert LogEntry.objects.count() == 0


def test_date_of_a_day_cannot_be_changed(dpo, client):
    day = CalendarDay.objects.get(date="2026-11-10")
    data = {"date": "12.11.2026", "kind": "off", "name_az": "a", "name_en": "b", "name_ru": "c"}
    client.post(page("calendarday", "change", day.pk), data)
    assert CalendarDay.objects.get(pk=day.pk).date == date(2026, 11, 10)


def test_day_is_added_in_three_languages_or_not_at_all(dpo, client):
    data = {"date": "2026-11-21", "kind": "worked", "name_az": "a", "name_en": "b"}
    response = client.post(page("calendarday", "add"), data)
    assert list(response.context["adminform"].form.errors) == ["name_ru"]
    assert client.post(page("calendarday", "add"), data | {"name_ru": "c"}).status_code == 302
    assert CalendarDay.objects.get(date="2026-11-21").source == "staff"


def test_recipient_abroad_without_a_note_is_sent_back(dpo, client):
    row = Recipient.objects.get(pk="whatsapp")
    names = [field.name for field in Recipient._meta.fields if field.name != "slug"]
    data = {name: getattr(row, name) for name in names if getattr(row, name) not in (None, False)}
    url = page("recipient", "change", "whatsapp")
    response = client.post(url, data | {"adequacy_note": ""})
    assert list(response.context["adminform"].form.errors) == ["adequacy_note"]
    assert (
        client.post(url, data | {"adequacy_note": "Equal.", "contract": "true"}).status_code == 302
    )
    row.refresh_from_db()
    assert (row.contract, row.adequacy_note) == (True, "Equal.")


def test_company_staff_cannot_edit_the_calendar(loaded, client):
    entity = LegalEntity.objects.get(pk="solutions")
    user = User.objects.create(username="it", role="entity_staff", entity=entity, language="en")
    client.force_login(user)
    assert client.get(page("calendarday", "add")).status_code == 403
    assert client.get(page("service")).status_code == 200
