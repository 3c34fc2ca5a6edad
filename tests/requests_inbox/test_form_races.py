"""Two clicks, two visitors, one moment: real transactions beside each other."""

import uuid

import pytest
from django.db import connections, transaction

from consent.models import ConsentEvent
from consent.notices import FREE_CONSULTATION, notice
from emsar.outbox.models import OutboundMail
from emsar.subjects.identifiers import find, find_or_create
from emsar.subjects.models import DataSubject, IdentifierKind, SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.receive import receive
from requests_inbox.services.together import insert_together
from tests.connections import in_thread
from tests.factories import form_entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_db")]


def test_double_click_makes_one_request():
    entry, words = form_entry(), notice(FREE_CONSULTATION, "en")
    clicks = [in_thread(lambda: receive(entry, words)) for _ in range(4)]
    references = {click.result(30).reference for click in clicks}

    assert len(references) == 1
    assert ConsultationRequest.objects.count() == 1
    assert (ConsentEvent.objects.count(), OutboundMail.objects.count()) == (1, 2)
    assert (DataSubject.objects.count(), SubjectIdentifier.objects.count()) == (1, 1)


def test_two_visitors_with_one_new_address_are_one_person():
    words = notice(FREE_CONSULTATION, "en")
    entries = [form_entry(email="shared@example.com") for _ in range(4)]
    sent = [in_thread(lambda entry=entry: receive(entry, words)) for entry in entries]
    people = {request.result(30).subject_id for request in sent}

    assert len(people) == 1
    assert ConsultationRequest.objects.count() == 4
    assert (DataSubject.objects.count(), SubjectIdentifier.objects.count()) == (1, 1)


def test_address_that_appears_between_look_and_write_is_found(monkeypatch):
    """The second insert meets the first one's key and writes no second person."""
    from emsar.subjects import identifiers

    first = find_or_create(IdentifierKind.EMAIL, "late@example.com")
    monkeypatch.setattr(identifiers, "find", lambda *_: None)
    second = find_or_create(IdentifierKind.EMAIL, "late@example.com")
    assert second.pk == first.pk
    assert DataSubject.objects.count() == 1


def test_new_person_is_written_with_the_address_encrypted():
    made = find_or_create(IdentifierKind.EMAIL, "new@example.com")
    read = find(IdentifierKind.EMAIL, "NEW@example.com")
    assert (read.pk, read.value, read.subject) == (made.pk, "new@example.com", made.subject)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT value FROM subjects_subjectidentifier")
        ((stored,),) = cursor.fetchall()
    assert b"new@example.com" not in bytes(stored)


def test_second_address_of_a_known_person_makes_no_other_person():
    made = find_or_create(IdentifierKind.EMAIL, "one@example.com")
    phone = find_or_create(IdentifierKind.PHONE, "+994501234567", subject=made.subject)
    assert phone.subject_id == made.subject_id
    assert DataSubject.objects.count() == 1


def test_rows_are_written_all_or_none():
    words = notice(FREE_CONSULTATION, "en")
    receive(form_entry(), words)
    before = (ConsultationRequest.objects.count(), ConsentEvent.objects.count())
    clash = OutboundMail.objects.first()
    people = [DataSubject(), DataSubject(id=clash.subject_id)]
    with pytest.raises(Exception, match="duplicate key"), transaction.atomic():
        insert_together([*people, DataSubject(id=uuid.uuid4())])
    assert DataSubject.objects.count() == 1
    assert (ConsultationRequest.objects.count(), ConsentEvent.objects.count()) == before
