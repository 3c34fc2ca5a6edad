"""Other cases of whoever is erased: answered by people they go on, the rest ends and is told."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dsar.figures import figures_of
from dsar.models import Case, CaseFile, Kind, Outcome, Status
from dsar.services import deciding, erasure, identity, preview, residual, sharing
from emsar.entities.businessdays import BAKU
from emsar.entities.wording import day_text
from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.models import DeletionOrder, DestructionLine
from emsar.subjects.models import DataSubject, SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from tests.connections import in_thread, second_connection
from tests.dsar.desk import signed_in, verb_url
from tests.dsar.erasing import case_of, make_case, make_person
from tests.dsar.test_intake_locks import wait_until_somebody_waits
from tests.factories import make_user

pytestmark = pytest.mark.django_db
EMAIL = "leyla.hesenli@example.com"


@pytest.fixture
def officer():
    return make_user()


@pytest.fixture
def request_():
    return make_person("Leyla Həsənli", EMAIL)


def mail(case: Case, name: str) -> OutboundMail:
    return OutboundMail.objects.get(key=f"case:{case.pk}:{name}")


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.OTHER, Kind.CHILD])
@pytest.mark.parametrize("status", [Status.OPEN, Status.UNVERIFIED])
def test_what_only_people_answer_goes_on_with_what_the_answer_needs(
    officer, request_, kind, status
) -> None:
    verified = None if status == Status.UNVERIFIED else timezone.now()
    owed = case_of(request_.contact, kind, status=status, verified_at=verified)
    case = make_case(request_)
    last = day_text(owed.promise_due + timedelta(days=30), "en")
    shown = [line for line in preview.preview(case).keep if line.label == "dsar.casefile"]
    assert [(line.count, line.clause) for line in shown] == [(1, "E-8k")]
    assert last in str(shown[0])
    assert last in signed_in(officer).get(verb_url(case, "approve")).text
    erasure.approve(case, by=officer)
    owed.refresh_from_db()
    assert (owed.status, owed.outcome) == (status, "")
    assert not ConsultationRequest.objects.exists()
    assert [file.pk for file in CaseFile.objects.all()] == [owed.pk]
    assert SubjectIdentifier.objects.get().value == EMAIL
    assert last in mail(case, "deleted").body
    sending.send_due()
    assert residual.settle(case), residual.findings_of(case)


def test_complaint_is_answered_after_the_erasure_and_then_its_file_has_a_last_day(
    officer, request_
) -> None:
    complaint, case = case_of(request_.contact, Kind.COMPLAINT), make_case(request_)
    erasure.approve(case, by=officer)
    assert figures_of(timezone.localdate(timezone=BAKU)).kinds[Kind.COMPLAINT].answered == 0
    complaint.refresh_from_db()
    deciding.answer(complaint, "You are right, and it was mended.", by=officer)
    answer = mail(complaint, "answer")
    assert (answer.to_address, "it was mended" in answer.body) == (EMAIL, True)
    today = timezone.localdate(timezone=BAKU)
    assert CaseFile.objects.get().destroy_after == today + timedelta(days=30)
    assert figures_of(today).kinds[Kind.COMPLAINT].answered == 1


def test_file_without_an_address_of_its_own_keeps_those_of_the_person(officer, request_) -> None:
    complaint, case = case_of(request_.contact, Kind.COMPLAINT), make_case(request_)
    CaseFile.objects.filter(pk=complaint.pk).update(contact=None)
    erasure.approve(case, by=officer)
    deciding.answer(Case.objects.get(pk=complaint.pk), "It was mended.", by=officer)
    assert mail(complaint, "answer").to_address == EMAIL


ENDS = {
    Kind.CORRECTION: (Outcome.NOTHING_HELD, "Nothing is held any more"),
    Kind.ACCESS: (Outcome.NOTHING_HELD, "Nothing is held any more"),
    Kind.INFORMATION: (Outcome.NOTHING_HELD, "Nothing is held any more"),
    Kind.BLOCKING: (Outcome.NOTHING_HELD, "Nothing is held any more"),
    Kind.OBJECTION: (Outcome.FULFILLED, "what you asked for is done"),
    Kind.WITHDRAWAL: (Outcome.FULFILLED, "what you asked for is done"),
}


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("with_complaint", [False, True])
def test_the_rest_ends_as_it_truly_ended_and_the_person_is_told(
    officer, request_, kind, with_complaint
) -> None:
    if with_complaint:
        case_of(request_.contact, Kind.COMPLAINT)
    other, case = make_case(request_, kind), make_case(request_)
    erasure.approve(case, by=officer)
    other.refresh_from_db()
    outcome, words = ENDS[kind]
    assert (other.status, other.outcome) == (Status.COMPLETED, outcome)
    told = mail(other, "ended")
    assert (told.to_address, told.subject_id, told.about) == (EMAIL, None, None)
    assert words in told.body
    assert other.reference in told.body
    assert not CaseFile.objects.filter(pk__in=[other.pk, case.pk]).exists()


def test_what_nobody_proved_ends_unproved_and_is_told_so(officer, request_) -> None:
    other = make_case(request_, Kind.ACCESS, status=Status.UNVERIFIED, verified_at=None)
    erasure.approve(make_case(request_), by=officer)
    other.refresh_from_db()
    assert other.outcome == Outcome.UNVERIFIED
    assert "never confirmed" in mail(other, "closed_unverified").body
    assert figures_of(timezone.localdate(timezone=BAKU)).kinds[Kind.ACCESS].answered == 0


def test_answer_of_an_ended_case_is_emptied_and_its_copies_are_ordered_away(
    officer, request_
) -> None:
    other, case = make_case(request_, Kind.CORRECTION), make_case(request_)
    erasure.approve(case, by=officer)
    number = mail(other, "ended").message_id
    sending.send_due()
    assert mail(other, "ended").to_address is None
    lines = DestructionLine.objects.filter(case=case.pk).values_list("uid", flat=True)
    orders = DeletionOrder.objects.filter(message_id=number)
    assert orders.exists()
    assert {order.line for order in orders} <= set(lines)
    assert not MailCopy.objects.filter(message_id=number).exists()


def test_nobody_writes_to_the_dead(officer, request_) -> None:
    other = make_case(request_, Kind.CORRECTION)
    relative = make_person("Rauf Həsənli", "rauf@example.com")
    case = case_of(relative.contact, Kind.DECEASED)
    sharing.choose_subject(case, request_.subject_id, by=officer)
    erasure.approve(case, by=officer)
    other.refresh_from_db()
    assert other.status == Status.COMPLETED
    assert not OutboundMail.objects.filter(key__startswith=f"case:{other.pk}").exists()


def test_child_is_told_at_its_own_address_and_the_reporter_of_nothing_else(
    officer, request_
) -> None:
    other = make_case(request_, Kind.ACCESS)
    parent = make_person("Rauf Həsənli", "rauf@example.com")
    case = case_of(parent.contact, Kind.CHILD)
    sharing.choose_subject(case, request_.subject_id, by=officer)
    erasure.approve(case, by=officer)
    assert mail(other, "ended").to_address == EMAIL
    assert other.reference not in mail(case, "deleted").body


def test_first_deletion_that_is_being_checked_ends_by_its_own_scan(officer, request_) -> None:
    customer = make_person("Leyla Həsənli", EMAIL)
    rows = ConsultationRequest.objects.filter(pk=customer.pk)
    rows.update(contract_start=date(2026, 1, 1), contract_end=date(2026, 6, 30))
    first = make_case(request_)
    erasure.approve(first, by=officer)
    rows.update(contract_start=None, contract_end=None)
    second = make_case(customer)
    erasure.approve(second, by=officer)
    assert not DataSubject.objects.exists()
    first.refresh_from_db()
    assert first.status == Status.EXECUTED
    sending.send_due()
    assert residual.settle_all() == 2
    first.refresh_from_db()
    assert first.outcome == Outcome.PARTLY


def test_person_whose_complaint_keeps_them_is_gone_with_it(officer, request_) -> None:
    complaint, case = case_of(request_.contact, Kind.COMPLAINT), make_case(request_)
    erasure.approve(case, by=officer)
    rows = Case.objects.filter(pk=complaint.pk)
    rows.update(status=Status.UNVERIFIED, verified_at=None)
    identity.close_unverified(timezone.now() + timedelta(days=31))
    assert not DataSubject.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_who_asks_holds_nobody_whose_data_it_is(filled_db) -> None:
    """The erasure of a child's data takes the reporter and the child once, addresses first."""
    child = make_person("Leyla Həsənli", EMAIL)
    reporter = make_person("Rauf Həsənli", "rauf.hesenli@example.com")
    case = case_of(reporter.contact, Kind.CHILD, subject=child.subject_id)
    with second_connection() as other:
        other.execute(
            "SELECT FROM subjects_subjectidentifier WHERE subject_id = %s FOR UPDATE",
            [reporter.subject_id],
        )
        waiting = in_thread(lambda: erasure.execute(Case.objects.get(pk=case.pk)))
        wait_until_somebody_waits(other)
        other.execute(
            "SELECT FROM subjects_datasubject WHERE id = ANY(%s) FOR UPDATE NOWAIT",
            [[child.subject_id, reporter.subject_id]],
        )
        other.execute("SELECT FROM dsar_case WHERE id = %s FOR UPDATE NOWAIT", [case.pk])
        other.rollback()
        waiting.result(timeout=30)
    assert Case.objects.get(pk=case.pk).status == Status.EXECUTED
