"""Requests that staff take down by hand (E-3.1a, E-3.1g)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from consent.models import ConsentEvent
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects.identifiers import find, find_or_create
from emsar.subjects.models import DataSubject, SubjectIdentifier
from policies.versions import in_force
from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.register import StaffEntry, register
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import BAKU, at, fresh, last_line, travel

pytestmark = pytest.mark.django_db


def taken_down(**fields: Any) -> StaffEntry:
    """A call on Monday at ten."""
    defaults = {
        "source": "phone",
        "received_at": at(23, 10),
        "language": "ru",
        "name": "Рена Алиева",
        "email": "",
        "phone": "+994123456789",
        "company": None,
        "service": "accounting",
        "project": "Просит перезвонить.",
    }
    return StaffEntry(**{**defaults, **fields})


def purposes(item: ConsultationRequest) -> dict[str, str]:
    found = OutboundMail.objects.filter(about=item.pk)
    return {mail.purpose: mail.to_address for mail in found}


def test_clock_starts_when_the_call_came_not_when_it_was_registered() -> None:
    with travel(24, 16):
        item = register(taken_down(), by=consulting_user())

    assert (item.received_at, item.waiting_since, item.registered_at) == (
        at(23, 10),
        at(23, 10),
        at(24, 16),
    )
    assert fresh(item).reply_due_at == at(24, 18)
    assert (item.status, item.entity_id, item.version) == (Status.NEW, "consulting", in_force())


def test_register_says_who_did_it_and_how_it_came() -> None:
    with travel(23, 12):
        user = consulting_user()
        item = register(taken_down(source="whatsapp"), by=user)

    line = last_line(item)
    assert (line.event, line.actor, line.reason) == ("registered", user.pk, "whatsapp")
    assert AuditEvent.objects.get(action="request.registered").subject == item.subject_id


def test_no_consent_is_recorded_because_none_was_clicked() -> None:
    with travel(23, 12):
        item = register(taken_down(), by=consulting_user())

    assert (item.consent, ConsentEvent.objects.count()) == (None, 0)


def test_phone_is_an_identifier_of_the_person_and_finds_the_request() -> None:
    with travel(23, 12):
        item = register(taken_down(), by=consulting_user())

    assert item.contact is None
    assert (item.phone.kind, item.phone.value) == ("phone", "+994123456789")
    assert item.phone.subject_id == item.subject_id
    assert list(ConsultationRequest.objects.with_words("алиева")) == [item]


def test_email_gets_the_privacy_notice_in_the_persons_language() -> None:
    with travel(23, 12):
        item = register(taken_down(email="rena@example.com", phone=""), by=consulting_user())

    assert purposes(item) == {
        Purpose.ROUTING: "info@emsarconsulting.az",
        Purpose.PRIVACY_NOTICE: "rena@example.com",
    }
    notice = OutboundMail.objects.get(about=item.pk, purpose=Purpose.PRIVACY_NOTICE)
    assert (notice.language, item.reference in notice.body) == ("ru", True)


def test_without_email_only_the_mailbox_is_written_to() -> None:
    with travel(23, 12):
        item = register(taken_down(), by=consulting_user())

    assert purposes(item) == {Purpose.ROUTING: "info@emsarconsulting.az"}
    assert "+994 12 345 67 89" in OutboundMail.objects.get(about=item.pk).body


def test_known_address_is_the_same_person() -> None:
    before = make_request(email="rena@example.com")
    with travel(23, 12):
        item = register(taken_down(email="rena@example.com"), by=make_user())

    assert item.subject_id == before.subject_id
    assert item.phone.subject_id == before.subject_id


def test_service_of_the_other_company_is_refused() -> None:
    with travel(23, 12), pytest.raises(RequestStateError, match="other company"):
        register(taken_down(service="accounting"), by=solutions_user())
    assert ConsultationRequest.objects.count() == 0


def test_anybody_registers_for_nobody_and_the_dpo_for_everybody() -> None:
    with travel(23, 12):
        assert register(taken_down(service="other"), by=solutions_user()).entity_id is None
        assert register(taken_down(), by=make_user()).entity_id == "consulting"


def test_request_without_address_or_number_is_refused() -> None:
    with travel(23, 12), pytest.raises(RequestStateError, match="Neither"):
        register(taken_down(phone=""), by=consulting_user())


def test_request_from_the_future_is_refused() -> None:
    with travel(23, 12), pytest.raises(RequestStateError, match="later than now"):
        register(taken_down(received_at=at(23, 12, 1)), by=consulting_user())


@pytest.mark.parametrize(("after", "kept"), [(0, True), (1, False)], ids=["last day", "day after"])
def test_request_that_would_be_deleted_by_now_is_refused(after: int, kept: bool) -> None:
    """Due on 24 November 2026, so it is kept until that day of 2027, whole in Baku (E-7.2a)."""
    moment = datetime(2027, 11, 24, 23, 59, tzinfo=BAKU) + timedelta(minutes=after)
    user = consulting_user()
    with time_machine.travel(moment, tick=False):
        if kept:
            register(taken_down(), by=user)
        else:
            with pytest.raises(RequestStateError, match="kept until 24 November 2027"):
                register(taken_down(), by=user)
    assert ConsultationRequest.objects.exists() is kept


@pytest.mark.parametrize("year", [1, 1900, 1999])
def test_moment_before_all_records_is_refused_and_not_computed_with(year: int) -> None:
    moment = datetime(year, 1, 1, tzinfo=BAKU)
    with travel(23, 12), pytest.raises(RequestStateError, match="too far in the past"):
        register(taken_down(received_at=moment), by=consulting_user())


@pytest.mark.parametrize(
    ("known", "kind"), [("+994123456789", "phone"), ("rena@example.com", "email")]
)
def test_company_staff_give_nobody_another_address(known: str, kind: str) -> None:
    """Whoever has an address of a person gets what both companies hold about that person."""
    find_or_create(kind, known)
    with travel(23, 12), pytest.raises(RequestStateError, match="not known as one person's"):
        register(taken_down(email="rena@example.com"), by=consulting_user())
    assert SubjectIdentifier.objects.count() == 1


def test_company_staff_give_nobody_new_the_number_of_somebody_else() -> None:
    """Who calls later with that number would become the person of that address."""
    with travel(23, 12), pytest.raises(RequestStateError, match="not known as one person's"):
        register(taken_down(email="rena@example.com"), by=consulting_user())
    assert SubjectIdentifier.objects.count() == 0


def test_company_staff_enter_both_addresses_of_somebody_known_by_both() -> None:
    with travel(23, 12):
        first = register(taken_down(email="rena@example.com"), by=make_user())
        second = register(taken_down(email="rena@example.com"), by=consulting_user())
    assert first.subject_id == second.subject_id == second.phone.subject_id
    assert DataSubject.objects.count() == 1


def test_new_address_joins_the_person_of_a_known_phone() -> None:
    user = make_user()
    with travel(23, 12):
        before = register(taken_down(), by=user)
        item = register(taken_down(email="rena@example.com"), by=user)

    assert item.subject_id == before.subject_id
    assert (item.contact.subject_id, item.phone.subject_id) == (before.subject_id,) * 2
    assert DataSubject.objects.count() == 1


def test_new_phone_joins_the_person_of_a_known_address() -> None:
    known = find_or_create("email", "rena@example.com")
    with travel(23, 12):
        item = register(taken_down(email="rena@example.com"), by=make_user())

    assert (item.subject_id, item.phone.subject_id) == (known.subject_id,) * 2


def test_addresses_of_two_persons_are_refused() -> None:
    find_or_create("email", "rena@example.com")
    find_or_create("phone", "+994123456789")
    with travel(23, 12), pytest.raises(RequestStateError, match="can join the records"):
        register(taken_down(email="rena@example.com"), by=make_user())

    assert ConsultationRequest.objects.count() == 0
    assert find("email", "rena@example.com").subject != find("phone", "+994123456789").subject
