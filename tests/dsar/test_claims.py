"""What company staff saw as proof is their word: nothing follows from it but the officer's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from consent.models import ConsentEvent
from dsar.admin.stages import Stage, staged
from dsar.models import Case, CaseFile, CaseMessage, Kind, Proof, Status
from dsar.services import claims, deadlines, deciding, identity, receipts
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail
from emsar.staff.models import User
from emsar.subjects.services import merge
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


CLOCKS = ("received_at", "promise_due", "execute_on", "statutory_due")


def long_ago(days: int) -> datetime:
    return timezone.localtime(timezone.now() - timedelta(days=days), BAKU)


def at(moment: datetime) -> str:
    """As the form sends it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def asks_again(user: User, moment: datetime, email: str = EMAIL) -> Any:
    """The same deletion, received at a moment as a colleague types it."""
    data = entry(kinds=[Kind.DELETION], email=email, received_at=at(moment))
    return signed_in(user).post(url("case_add"), data, follow=True)


def asked_mails(case: Case) -> list[OutboundMail]:
    return list(OutboundMail.objects.filter(key__startswith=f"case:{case.pk}:claim:"))


class TestEarlier:
    """A clock that starts earlier lets the machine destroy earlier."""

    def joined(self, user: User, days: int = 29) -> Case:
        case = make_case(Kind.DELETION, email=EMAIL)
        assert asks_again(user, long_ago(days)).status_code == 200
        return case

    def test_word_of_company_staff_moves_no_clock(self, request_) -> None:
        officer = make_user()
        case = self.joined(solutions_user())
        moved = Case.objects.get(pk=case.pk)
        for clock in CLOCKS:
            assert getattr(moved, clock) == getattr(case, clock), clock
        (told,) = asked_mails(case)
        assert (told.to_address, "received earlier" in told.body) == (officer.email, True)
        assert CaseMessage.objects.filter(file__case=case, direction="note").count() == 2

    def test_word_of_the_officer_does(self, request_) -> None:
        case = self.joined(make_user())
        assert Case.objects.get(pk=case.pk).promise_due < case.promise_due

    def test_case_waits_for_the_officer_until_it_ends(self, request_) -> None:
        case = self.joined(solutions_user())
        moved = Case.objects.get(pk=case.pk)
        assert moved.said_at is not None
        assert timezone.localdate(moved.said_at, BAKU) == long_ago(29).date()
        assert staged(moved) == Stage.RECEIPT
        deciding.withdraw(moved, by_person=False, by=make_user())
        assert Case.objects.get(pk=case.pk).said_at is None

    def test_earliest_saying_stays_and_the_officer_is_asked_once(self, request_) -> None:
        make_user()
        case = self.joined(solutions_user(), 20)
        said = Case.objects.get(pk=case.pk).said_at
        asks_again(consulting_user(), long_ago(12))
        assert Case.objects.get(pk=case.pk).said_at == said
        assert len(asked_mails(case)) == 1
        assert AuditEvent.objects.filter(action="case.claim").count() == 2

    def test_earlier_minute_of_the_same_day_says_nothing(self, request_) -> None:
        make_user()
        noon = long_ago(3).replace(hour=12, minute=0)
        case = make_case(Kind.DELETION, email=EMAIL, received_at=noon)
        asks_again(solutions_user(), noon - timedelta(hours=11))
        assert Case.objects.get(pk=case.pk).said_at is None
        assert asked_mails(case) == []

    @pytest.mark.parametrize(("days", "waits"), [(25, False), (15, True)])
    def test_officer_who_enters_it_answers_what_is_not_earlier(self, request_, days, waits) -> None:
        case = self.joined(solutions_user(), 20)
        asks_again(make_user(), long_ago(days))
        now = Case.objects.get(pk=case.pk)
        assert timezone.localdate(now.received_at, BAKU) == long_ago(days).date()
        assert (now.said_at is not None) == waits

    def test_nobody_is_told_whether_a_case_was_open(self, request_) -> None:
        case = make_case(Kind.DELETION, email=EMAIL)
        page = asks_again(solutions_user(), long_ago(3))
        assert said(page) == [f"Opened: {case.reference}."]
        assert Case.objects.get().said_at is not None

    def test_database_takes_no_saying_that_is_not_earlier(self, request_) -> None:
        case = make_case(Kind.DELETION, email=EMAIL)
        with pytest.raises(IntegrityError, match="said_to_be_earlier"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(said_at=case.received_at)


@pytest.mark.parametrize(("age", "counts"), [(6, True), (8, False), (60, False)])
def test_day_long_past_destroys_nothing_by_the_word_of_company_staff(request_, age, counts) -> None:
    received = long_ago(age)
    data = entry(kinds=[Kind.DELETION], email=EMAIL, **SEEN)
    data["received_at"] = at(received)
    page = signed_in(solutions_user()).post(url("case_add"), data, follow=True)
    assert any("more than a week ago waits" in words for words in said(page)) is not counts
    identity.verify(request_.subject)
    case = Case.objects.get()
    start = received if counts else long_ago(7)
    assert case.promise_due == start.date() + timedelta(days=30)
    assert (case.said_at is None) is counts
    assert deadlines.run()["erased"] == 0
    assert ConsultationRequest.objects.filter(pk=request_.pk).exists()
    assert CaseMessage.objects.filter(file__case=case).exists() is not counts


def test_unproved_case_with_a_saying_neither_gives_way_nor_is_closed(request_) -> None:
    asks_again(solutions_user(), long_ago(20))
    case = Case.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=True):
        assert not identity.close(case.pk)
        assert deadlines.run()["closed"] == 0
        asks_again(consulting_user(), timezone.localtime(timezone.now(), BAKU))
        assert list(Case.objects.all()) == [case]
        receipts.did_not(Case.objects.get(), by=make_user())
        assert identity.unproved(timezone.now()) == [case.pk]


def test_merged_cases_keep_the_earliest_saying_and_who_said_it(request_) -> None:
    other = make_request(email="other@example.com", service="customs")
    kept = make_case(Kind.DELETION, email=EMAIL, age=9)
    doubled = make_case(Kind.DELETION, email="other@example.com", age=3)
    colleague = solutions_user()
    asks_again(colleague, long_ago(20), "other@example.com")
    merge(request_.subject, other.subject, actor=None)
    kept.refresh_from_db()
    doubled.refresh_from_db()
    assert doubled.said_at is None
    assert timezone.localdate(kept.said_at, BAKU) == long_ago(20).date()
    saying = claims.saying(kept)
    assert saying is not None
    assert saying.actor == colleague.pk


def test_note_is_written_in_the_language_of_the_house(request_) -> None:
    case = taken_in(Kind.DELETION)
    with translation.override("ru"):
        claims.claim(case, Proof.SIGNATURE, "Signed.", by=consulting_user())
    (note,) = CaseMessage.objects.filter(file__case=case, direction="note")
    with translation.override(registry().default_language):
        assert f"{Proof.SIGNATURE.label}: Signed." in note.body


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
