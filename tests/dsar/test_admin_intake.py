"""Cases opened by hand: by the officer and by company staff, from the day on which they came."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dsar.models import Case, CaseFile, Channel, Kind, Proof, Status
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.subjects.identifiers import IdentifierKind, find_or_create
from emsar.subjects.models import DataSubject, SubjectIdentifier
from tests.dsar.desk import make_case, person_of, said, signed_in, url
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db


def entry(**fields: Any) -> dict[str, Any]:
    """What the form wants, as it is posted."""
    received = timezone.localtime(timezone.now() - timedelta(days=4), BAKU)
    defaults = {
        "channel": Channel.PHONE,
        "received_at": received.strftime("%Y-%m-%dT%H:%M"),
        "kinds": [Kind.ACCESS],
        "email": "caller@example.com",
        "phone": "",
        "language": "az",
        "details": "Wants to know everything.",
        "proof": "",
        "proof_note": "",
    }
    return {**defaults, **fields}


def test_clocks_start_when_the_demand_came_in_not_when_it_was_entered() -> None:
    response = signed_in(make_user()).post(url("case_add"), entry())
    case = Case.objects.get()
    assert response.headers["Location"] == url("case_change", case.pk)
    received = timezone.localdate(case.received_at, BAKU)
    assert received == timezone.localdate(timezone=BAKU) - timedelta(days=4)
    assert case.promise_due == received + timedelta(days=30)
    assert (case.status, case.channel) == (Status.UNVERIFIED, Channel.PHONE)


def test_link_that_proves_the_address_is_mailed_where_nobody_proved_it() -> None:
    signed_in(make_user()).post(url("case_add"), entry(kinds=[Kind.ACCESS, Kind.DELETION]))
    assert Case.objects.count() == 2
    assert OutboundMail.objects.count() == 1


def test_proof_that_was_seen_opens_the_case_and_is_noted() -> None:
    data = entry(kinds=[Kind.COMPLAINT], proof=Proof.DOCUMENT, proof_note="Passport seen.")
    officer = make_user()
    signed_in(officer).post(url("case_add"), data)
    file = CaseFile.objects.get()
    assert file.case.status == Status.OPEN
    assert (file.proof, file.proof_note, file.proof_by) == (
        "document",
        "Passport seen.",
        officer.pk,
    )


def test_company_staff_are_led_to_the_first_page_and_told_the_reference() -> None:
    response = signed_in(solutions_user()).post(url("case_add"), entry(), follow=True)
    assert response.redirect_chain == [(reverse("admin:index"), 302)]
    assert said(response) == [f"Opened: {Case.objects.get().reference}."]


def test_the_same_asked_twice_joins_the_open_case() -> None:
    open_one = make_case(Kind.ACCESS, email="caller@example.com")
    signed_in(make_user()).post(url("case_add"), entry())
    assert list(Case.objects.values_list("pk", flat=True)) == [open_one.pk]


def test_a_person_who_has_died_needs_a_document_and_the_officer_picks_the_person() -> None:
    client = signed_in(make_user())
    assert client.post(url("case_add"), entry(kinds=[Kind.DECEASED])).status_code == 422
    seen = entry(kinds=[Kind.DECEASED], proof=Proof.DOCUMENT, proof_note="Certificate seen.")
    assert client.post(url("case_add"), seen).status_code == 302
    assert Case.objects.get().subject is None


def test_a_number_alone_opens_a_case_and_nothing_is_mailed() -> None:
    data = entry(email="", phone="+994 50 123 45 67")
    assert signed_in(make_user()).post(url("case_add"), data).status_code == 302
    assert SubjectIdentifier.objects.get().value == "+994501234567"
    assert not OutboundMail.objects.exists()


def test_a_caller_never_becomes_the_owner_of_a_number_named_beside_an_own_address() -> None:
    client = signed_in(make_user())
    client.post(url("case_add"), entry(email="", phone="+994 50 123 45 67"))
    victim = SubjectIdentifier.objects.get().subject_id
    data = entry(email="thief@example.com", phone="+994 50 123 45 67")
    response = client.post(url("case_add"), data)
    assert response.status_code == 422
    assert "not known as one person" in response.text
    assert list(DataSubject.objects.values_list("pk", flat=True)) == [victim]


def test_two_addresses_of_one_person_are_taken_together() -> None:
    contact = person_of("both@example.com")
    find_or_create(IdentifierKind.PHONE, "+994501234567", subject=contact.subject)
    data = entry(email="both@example.com", phone="+994 50 123 45 67")
    assert signed_in(make_user()).post(url("case_add"), data).status_code == 302
    assert Case.objects.get().subject == contact.subject_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": []},
        {"kinds": ["nothing"]},
        {"channel": Channel.FORM},
        {"channel": ""},
        {"received_at": "tomorrow"},
        {"received_at": "2999-01-01T00:00"},
        {"received_at": "1899-01-01T00:00"},
        {"email": "", "phone": ""},
        {"email": "no address"},
        {"email": "a@example.com\nBcc: b@example.com"},
        {"phone": "12"},
        {"language": "de"},
        {"proof": Proof.LINK, "proof_note": "x"},
        {"proof": Proof.DOCUMENT},
        {"proof_note": "Something."},
        {"details": "x" * 20_001},
    ],
)
def test_bad_input_opens_nothing_and_keeps_what_was_typed(wrong: dict[str, Any]) -> None:
    response = signed_in(make_user()).post(url("case_add"), entry(**wrong))
    assert response.status_code == 422
    assert not Case.objects.exists()
    assert "errorlist" in response.text


def test_no_address_stands_in_any_address() -> None:
    response = signed_in(make_user()).post(url("case_add"), entry())
    assert "example" not in response.headers["Location"]
