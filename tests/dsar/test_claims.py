"""What company staff saw as proof is their word: nothing follows from it but the officer's."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from consent.models import ConsentEvent
from dsar.admin.stages import Stage, staged
from dsar.models import Case, CaseFile, CaseMessage, Kind, Proof, Status
from dsar.services import deadlines, identity
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.staff.models import User
from requests_inbox.models import ConsultationRequest
from tests.dsar.desk import make_case, said, signed_in, url, verb_url
from tests.dsar.test_admin_intake import entry
from tests.factories import consulting_user, make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

EMAIL = "aysel@example.com"
SEEN = {"proof": Proof.DOCUMENT, "proof_note": "Passport seen at the desk."}


@pytest.fixture
def request_() -> ConsultationRequest:
    """What the other company holds."""
    return make_request(email=EMAIL, service="customs")


def taken_in(kind: str) -> Case:
    data = entry(kinds=[kind], email=EMAIL, **SEEN)
    assert signed_in(solutions_user()).post(url("case_add"), data).status_code == 302
    return Case.objects.get()


@pytest.mark.parametrize(
    "kind", [Kind.WITHDRAWAL, Kind.BLOCKING, Kind.OBJECTION, Kind.DELETION, Kind.ACCESS]
)
def test_word_of_company_staff_changes_nothing_of_the_other_company(request_, kind) -> None:
    before = ConsultationRequest.objects.values().get()
    case = taken_in(kind)
    assert case.status == Status.UNVERIFIED
    assert ConsultationRequest.objects.values().get() == before
    assert not ConsentEvent.objects.filter(kind="withdrawn").exists()
    request_.refresh_from_db()
    assert request_.subject.blocked_at is None
    assert request_.subject.suspended_at is None


def test_officer_is_told_and_confirms_what_stands_there(request_) -> None:
    officer = make_user()
    case = taken_in(Kind.WITHDRAWAL)
    told = OutboundMail.objects.get(key__startswith=f"case:{case.pk}:claim:")
    assert (told.to_address, case.reference in told.body) == (officer.email, True)
    assert staged(case) == Stage.CLAIM
    client = signed_in(officer)
    page = client.get(url("case_change", case.pk)).text
    assert "waits for your confirmation" in page
    form = client.get(verb_url(case, "prove")).context["form"]
    assert form.initial == {"proof": "document", "note": "Passport seen at the desk."}
    client.post(verb_url(case, "prove"), form.initial)
    case.refresh_from_db()
    assert case.status == Status.COMPLETED
    assert CaseFile.objects.get().proof_by == officer.pk


def test_colleague_is_told_that_the_officer_decides(request_) -> None:
    client = signed_in(solutions_user())
    assert "confirms the proof before" in client.get(url("case_add")).text
    data = entry(kinds=[Kind.WITHDRAWAL], email=EMAIL, **SEEN)
    words = said(client.post(url("case_add"), data, follow=True))
    assert "confirms the proof before anything is done" in words[-1]
    assert "confirms the proof before" not in signed_in(make_user()).get(url("case_add")).text


def test_link_proves_it_as_well(request_) -> None:
    case = taken_in(Kind.WITHDRAWAL)
    assert OutboundMail.objects.filter(purpose="rights").count() == 1
    identity.verify(request_.subject)
    case.refresh_from_db()
    assert case.status == Status.COMPLETED
    assert CaseFile.objects.get().proof == Proof.LINK


def test_case_that_waits_for_the_officer_is_not_closed_as_unproved(request_) -> None:
    case = taken_in(Kind.DELETION)
    with time_machine.travel(timezone.now() + timedelta(days=32), tick=True):
        assert deadlines.run()["closed"] == 0
        assert not identity.close(case.pk)
    case.refresh_from_db()
    assert case.status == Status.UNVERIFIED
    assert CaseFile.objects.exists()


def test_case_that_waits_for_the_officer_gives_way_to_none(request_) -> None:
    case = taken_in(Kind.DELETION)
    with time_machine.travel(timezone.now() + timedelta(days=24), tick=True):
        again = entry(kinds=[Kind.DELETION], email=EMAIL, details="Again.")
        signed_in(consulting_user()).post(url("case_add"), again)
    assert list(Case.objects.all()) == [case]


def test_word_of_another_colleague_takes_nothing_away(request_) -> None:
    case = taken_in(Kind.DELETION)
    second = {"proof": Proof.SIGNATURE, "proof_note": "Signed mail."}
    signed_in(consulting_user()).post(
        url("case_add"), entry(kinds=[Kind.DELETION], email=EMAIL, **second)
    )
    file = CaseFile.objects.get(case=case)
    assert (file.proof, file.proof_note) == ("document", "Passport seen at the desk.")
    notes = [row.body for row in CaseMessage.objects.filter(file=file, direction="note")]
    assert any("Signed mail." in note for note in notes)


class TestEarlier:
    """A clock that starts earlier lets the machine destroy earlier."""

    def joined(self, user: User) -> Case:
        case = make_case(Kind.DELETION, email=EMAIL)
        long_ago = timezone.localtime(timezone.now() - timedelta(days=29), BAKU)
        again = entry(
            kinds=[Kind.DELETION], email=EMAIL, received_at=long_ago.strftime("%Y-%m-%dT%H:%M")
        )
        assert signed_in(user).post(url("case_add"), again).status_code == 302
        return case

    def test_word_of_company_staff_moves_no_clock(self, request_) -> None:
        officer = make_user()
        case = self.joined(solutions_user())
        moved = Case.objects.get(pk=case.pk)
        for clock in ("received_at", "promise_due", "execute_on", "statutory_due"):
            assert getattr(moved, clock) == getattr(case, clock), clock
        told = OutboundMail.objects.get(key__startswith=f"case:{case.pk}:claim:")
        assert (told.to_address, "received earlier" in told.body) == (officer.email, True)
        assert CaseMessage.objects.filter(file__case=case, direction="note").count() == 2

    def test_word_of_the_officer_does(self, request_) -> None:
        case = self.joined(make_user())
        assert Case.objects.get(pk=case.pk).promise_due < case.promise_due


@pytest.mark.parametrize(("age", "counts"), [(6, True), (8, False), (60, False)])
def test_day_long_past_destroys_nothing_by_the_word_of_company_staff(request_, age, counts) -> None:
    received = timezone.localtime(timezone.now() - timedelta(days=age), BAKU)
    data = entry(kinds=[Kind.DELETION], email=EMAIL, **SEEN)
    data["received_at"] = received.strftime("%Y-%m-%dT%H:%M")
    signed_in(solutions_user()).post(url("case_add"), data)
    identity.verify(request_.subject)
    case = Case.objects.get()
    start = received if counts else timezone.localtime(timezone.now(), BAKU)
    assert case.promise_due == start.date() + timedelta(days=30)
    assert deadlines.run()["erased"] == 0
    assert ConsultationRequest.objects.filter(pk=request_.pk).exists()
    assert CaseMessage.objects.filter(file__case=case).exists() is not counts


def test_words_that_company_staff_type_are_marked_as_theirs(request_) -> None:
    taken_in(Kind.DELETION)
    again = entry(kinds=[Kind.DELETION], email=EMAIL, details="Send it elsewhere.")
    signed_in(consulting_user()).post(url("case_add"), again)
    found = CaseMessage.objects.get(body__isnull=False)
    assert found.direction == "note"


def test_claim_stands_in_the_audit_by_whoever_made_it(request_) -> None:
    case = taken_in(Kind.ACCESS)
    event = AuditEvent.objects.get(action="case.claim")
    assert (event.object_id, event.detail) == (
        str(case.pk),
        {"what": "proof_claimed", "proof": "document"},
    )
    assert not AuditEvent.objects.filter(action="case.verify").exists()
