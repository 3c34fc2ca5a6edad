"""Rows in three languages, and what each of them can say of itself."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from emsar.audit.models import AuditEvent
from emsar.datamap import declaration_of
from emsar.entities import models, publication, services
from emsar.entities.models import (
    Authority,
    CalendarDay,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    PublicationCounter,
    Recipient,
    ScheduleTerm,
    localized,
)

pytestmark = pytest.mark.django_db


def test_text_is_in_the_active_language(loaded):
    entity = LegalEntity.objects.get(pk="solutions")
    with translation.override("ru"):
        assert (
            entity.text("name") == localized(entity, "name") == loaded.entity("solutions").name.ru
        )
    assert entity.text("name", "en") == loaded.entity("solutions").name.en
    with translation.override("en-gb"):
        assert entity.text("name") == loaded.entity("solutions").name.en


@pytest.mark.parametrize("language", ["de", "az_AZ"])
def test_text_never_falls_back_to_another_language(loaded, language):
    with pytest.raises(ValueError, match="no text is written"):
        LegalEntity.objects.get(pk="solutions").text("name", language)


def test_text_without_an_active_language_is_an_error(loaded):
    with translation.override(None), pytest.raises(ValueError, match="no text is written"):
        LegalEntity.objects.get(pk="solutions").text("name")


def test_rows_are_named_by_what_they_are(loaded):
    with translation.override("en"):
        assert str(LegalEntity.objects.get(pk="solutions")) == loaded.entity("solutions").name.en
        assert str(Authority.objects.get()) == loaded.authority.name.en
        assert str(LegalReference.objects.get(pk="civil-code")).startswith("Civil Code")
        assert str(CalendarDay.objects.get(date="2026-11-09")) == "09.11.2026 day off"
    assert str(Organisation.objects.get()) == loaded.brand
    assert str(Mailbox.objects.get(pk="group")) == "info@emsargroup.az"
    assert str(ScheduleTerm.objects.get(name="spam")) == "schedule.spam"
    assert str(models.CookieEntry.objects.get(pk="_ga_*")) == "_ga_*"
    assert int(str(PublicationCounter.objects.get())) == publication.current()


def test_legal_review_is_overdue_the_day_after_it_was_due(loaded):
    act = LegalReference.objects.get(pk="personal-data")
    assert act.next_review == date(2026, 10, 28)
    assert not act.overdue(date(2026, 10, 28))
    assert act.overdue(date(2026, 10, 29))


@pytest.mark.parametrize(
    ("contract", "expires", "bound"),
    [
        (None, None, False),
        (False, None, False),
        (True, None, True),
        (True, date(2026, 11, 21), False),
        (True, date(2026, 11, 22), True),
        (True, date(2026, 11, 23), True),
    ],
)
def test_contract_binds_while_it_runs(contract, expires, bound):
    recipient = Recipient(contract=contract, contract_expires=expires)
    assert recipient.has_contract(date(2026, 11, 22)) is bound


def test_certificate_runs_to_its_last_day():
    recipient = Recipient(certificate_expires=date(2026, 11, 22))
    assert not recipient.certificate_expired(date(2026, 11, 22))
    assert recipient.certificate_expired(date(2026, 11, 23))
    assert not Recipient().certificate_expired(date(2026, 11, 23))


def test_recipient_abroad_without_a_note_is_refused(loaded, staff_uuid):
    recipient = Recipient.objects.get(pk="whatsapp")
    recipient.adequacy_note = "  "
    with pytest.raises(ValidationError) as caught:
        services.save_recipient(recipient, actor=staff_uuid)
    assert list(caught.value.message_dict) == ["adequacy_note"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.filter(pk="whatsapp").update(adequacy_note="")


def test_recipient_abroad_that_is_not_active_needs_no_note(loaded, staff_uuid):
    recipient = Recipient.objects.get(pk="whatsapp")
    recipient.adequacy_note, recipient.active = "", False
    services.save_recipient(recipient, actor=staff_uuid)
    assert Recipient.objects.get(pk="whatsapp").active is False


def test_saving_a_recipient_publishes_and_is_recorded(loaded, staff_uuid):
    counter = publication.current()
    services.save_recipient(Recipient.objects.get(pk="hosting"), actor=staff_uuid)
    event = AuditEvent.objects.get(action="recipient.saved")
    assert (event.actor, event.object_id) == (staff_uuid, "hosting")
    assert event.detail == {"active": 1, "abroad": 0}
    assert publication.current() > counter


def test_saving_a_day_makes_it_the_staff_s_and_is_recorded(loaded, staff_uuid):
    day = CalendarDay.objects.get(date="2026-11-10")
    assert day.source == "loader"
    services.save_calendar_day(day, actor=staff_uuid)
    assert CalendarDay.objects.get(pk=day.pk).source == "staff"
    event = AuditEvent.objects.get(action="calendar_day.saved")
    assert (event.actor, event.detail) == (staff_uuid, {"date": "2026-11-10", "kind": "off"})


def test_two_rows_for_one_day_are_refused(loaded):
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(date="2026-11-10", name_az="a", name_en="b", name_ru="c")


@pytest.mark.parametrize("name", [name for name in models.__all__ if name[0].isupper()])
def test_no_model_of_this_app_holds_personal_data(name):
    model = getattr(models, name)
    if model._meta.abstract:
        return
    line = declaration_of(model)
    assert line is not None
    assert dict(line.personal) == {}
    assert line.columns == {field.name for field in model._meta.concrete_fields}
