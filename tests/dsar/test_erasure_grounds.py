"""What an erasure leaves, and why: holds, contracts, documents, other people, other cases."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dsar.mails import final_key
from dsar.models import Case, CaseFile, CaseRecord, Kind, Outcome, Proposal, Status
from dsar.services import erasure, preview, residual, sharing
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.entities.models import LegalReference
from emsar.outbox import sending
from emsar.outbox.models import OutboundMail
from emsar.retention import holds
from emsar.retention.models import DeletionOrder, DestructionLine, LegalHold
from emsar.subjects.models import DataSubject, SubjectIdentifier
from requests_inbox.models import AccountingDocument, ConsultationRequest
from tests.dsar.erasing import case_of, make_case, make_person
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
EMAIL = "leyla.həsənli@example.com".replace("ə", "e")
SOON = timedelta(days=40)


@pytest.fixture
def officer():
    return make_user()


def finish(case: Case) -> Case:
    """Send the answer, scan, end."""
    sending.send_due()
    assert residual.settle(case), residual.findings_of(case)
    case.refresh_from_db()
    return case


def answer_to(case: Case) -> str:
    return OutboundMail.objects.get(key=final_key(case)).body or ""


def place(kind: str, target, by) -> LegalHold:
    hold = LegalHold(
        kind=kind,
        target=target,
        reason="court",
        legal_reference=LegalReference.objects.get(slug="civil-code"),
        review_on=timezone.localdate() + SOON,
    )
    return holds.place(hold, by=by)


def test_hold_on_a_request_keeps_it_and_the_rest_goes(officer) -> None:
    kept, gone = make_person("Leyla Həsənli", EMAIL), make_person("Leyla Həsənli", EMAIL)
    place("record", kept.pk, officer)
    case = make_case(gone)
    found = preview.preview(case)
    assert [(line.label, line.count) for line in found.keep] == [
        ("requests_inbox.consultationrequest", 1), ("dsar.casefile", 1)
    ]  # fmt: skip
    assert found.outcome == Outcome.PARTLY
    erasure.approve(case, by=officer)
    assert list(ConsultationRequest.objects.filter(subject=kept.subject_id)) == [kept]
    assert "a legal hold: proceedings before a court" in answer_to(case)
    assert finish(case).outcome == Outcome.PARTLY
    assert SubjectIdentifier.objects.filter(subject=kept.subject_id).exists()
    assert CaseFile.objects.get(pk=case.pk).destroy_after is not None


def test_hold_on_the_person_keeps_everything_and_says_so(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    hold = place("subject", request.subject_id, officer)
    case = make_case(request)
    erasure.approve(case, by=officer)
    assert ConsultationRequest.objects.filter(pk=request.pk).exists()
    assert not DestructionLine.objects.filter(case=case.pk).exists()
    assert finish(case).outcome == Outcome.REFUSED
    # Released, the same demand is carried out.
    holds.release(hold, by=officer)
    again = make_case(request)
    erasure.approve(again, by=officer)
    assert not DataSubject.objects.filter(pk=request.subject_id).exists()


def test_recorded_contract_wins_and_its_last_day_is_told(officer) -> None:
    customer, other = make_person("Leyla Həsənli", EMAIL), make_person("Leyla Həsənli", EMAIL)
    ConsultationRequest.objects.filter(pk=customer.pk).update(
        contract_start=date(2026, 1, 1),
        contract_end=date(2026, 6, 30),
        destroy_after=date(2027, 6, 30),
    )
    case = make_case(other)
    erasure.approve(case, by=officer)
    assert list(ConsultationRequest.objects.values_list("pk", flat=True)) == [customer.pk]
    assert "Requests (1): a contract is recorded; until 30 June 2027." in answer_to(case)
    assert finish(case).outcome == Outcome.PARTLY


def test_accounting_document_outlives_its_request(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    document = AccountingDocument.objects.create(
        subject=request.subject,
        entity_id="solutions",
        request=request.pk,
        reference=request.reference,
        legal_reference=LegalReference.objects.get(slug="accounting"),
        title="Invoice 7",
        text="900 AZN",
        at=timezone.now(),
        classed_by=officer.pk,
        counted_from=date(2027, 3, 1),
        destroy_after=date(2032, 3, 1),
    )
    case = make_case(request)
    erasure.approve(case, by=officer)
    assert not ConsultationRequest.objects.filter(pk=request.pk).exists()
    assert list(AccountingDocument.objects.all()) == [document]
    assert "until 1 March 2032" in answer_to(case)
    # The document names the request that is gone, and that is explained.
    assert finish(case).outcome == Outcome.PARTLY


def test_shared_address_loses_only_the_chosen_records(officer) -> None:
    mine, other = make_person("Leyla Həsənli", EMAIL), make_person("Rauf Həsənli", EMAIL)
    case = make_case(mine, is_shared=True)
    assert sharing.is_shared(mine.subject_id)
    with pytest.raises(CaseRefusedError, match="First say whose data"):
        erasure.approve(case, by=officer)
    with pytest.raises(CaseRefusedError, match="every record"):
        sharing.choose(case, {mine.pk: True}, by=officer)
    sharing.choose(case, {mine.pk: True, other.pk: False}, by=officer)
    assert sharing.chosen_of(case) == {mine.pk}
    erasure.approve(case, by=officer)
    assert list(ConsultationRequest.objects.values_list("pk", flat=True)) == [other.pk]
    assert SubjectIdentifier.objects.get(subject=mine.subject_id).value == EMAIL
    # The answer tells nothing of the other person's records but that they are not this one's.
    assert "Rauf" not in answer_to(case)
    assert finish(case).outcome == Outcome.FULFILLED
    assert not CaseRecord.objects.filter(record=mine.pk).exists()


def test_second_name_that_comes_in_later_stops_the_machine(officer) -> None:
    mine = make_person("Leyla Həsənli", EMAIL)
    case = make_case(mine)
    make_person("Rauf Həsənli", EMAIL)
    with pytest.raises(CaseRefusedError):
        erasure.execute(case)
    assert sharing.look_again(case) is True
    assert Case.objects.get(pk=case.pk).is_shared


def test_the_same_name_written_otherwise_is_one_person() -> None:
    mine = make_person("Leyla Həsənli", EMAIL)
    make_person("HƏSƏNLİ LEYLA", EMAIL)
    assert not sharing.is_shared(mine.subject_id)


def test_child_case_erases_whom_the_officer_picked_and_keeps_the_reporter(officer) -> None:
    child = make_person("Kiçik Həsənli", "child@example.com")
    parent = make_person("Leyla Həsənli", EMAIL)
    case = case_of(parent.contact, Kind.CHILD)
    with pytest.raises(CaseRefusedError, match="First say whose data"):
        erasure.execute(case)
    sharing.choose_subject(case, child.subject_id, by=officer)
    erasure.approve(case, by=officer)
    assert not DataSubject.objects.filter(pk=child.subject_id).exists()
    assert ConsultationRequest.objects.filter(pk=parent.pk).exists()
    assert CaseFile.objects.filter(pk=case.pk, person=parent.subject_id).exists()
    assert {line.clause for line in DestructionLine.objects.filter(case=case.pk)} == {"E-11d"}
    assert OutboundMail.objects.get(key=final_key(case)).to_address == EMAIL
    assert finish(case).outcome == Outcome.FULFILLED


def test_child_under_the_reporters_address_is_chosen_by_record(officer) -> None:
    parent, child = make_person("Leyla Həsənli", EMAIL), make_person("Kiçik Həsənli", EMAIL)
    case = case_of(parent.contact, Kind.CHILD)
    sharing.choose_subject(case, child.subject_id, by=officer)
    assert sharing.needs_choice(case)
    sharing.choose(case, {parent.pk: False, child.pk: True}, by=officer)
    erasure.approve(case, by=officer)
    assert list(ConsultationRequest.objects.values_list("pk", flat=True)) == [parent.pk]
    assert CaseFile.objects.filter(pk=case.pk).exists()
    finish(case)


def test_data_of_the_dead_go_with_their_own_reason(officer) -> None:
    dead, relative = make_person("Qəzənfər Bəy", "q@example.com"), make_person("Leyla", EMAIL)
    case = case_of(relative.contact, Kind.DECEASED)
    sharing.choose_subject(case, dead.subject_id, by=officer)
    erasure.approve(case, by=officer)
    lines = DestructionLine.objects.filter(case=case.pk)
    assert {(line.clause, line.trigger) for line in lines} == {("S-5b", "S-5b")}
    assert ConsultationRequest.objects.filter(pk=relative.pk).exists()


def test_other_cases_of_the_person_end_with_the_data(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    case, other = make_case(request), make_case(request, Kind.CORRECTION)
    Proposal.objects.create(
        file=other.file, model="m", row=str(request.pk), column="name", value="Leyla Məmmədli"
    )
    erasure.approve(case, by=officer)
    other.refresh_from_db()
    assert (other.status, other.outcome) == (Status.COMPLETED, Outcome.NOTHING_HELD)
    assert not CaseFile.objects.exists()
    finish(case)


def test_reporter_is_kept_until_the_case_about_the_child_is_answered(officer) -> None:
    parent = make_person("Leyla Həsənli", EMAIL)
    about_child, own = case_of(parent.contact, Kind.CHILD), make_case(parent)
    erasure.approve(own, by=officer)
    assert not ConsultationRequest.objects.exists()
    assert CaseFile.objects.filter(pk=about_child.pk).exists()
    assert SubjectIdentifier.objects.filter(subject=parent.subject_id).count() == 1
    assert finish(own).outcome == Outcome.FULFILLED


def test_mail_under_way_leaves_an_order_too(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    mail = OutboundMail.objects.exclude(copy_in="").get(about=request.pk)
    OutboundMail.objects.filter(pk=mail.pk).update(status="sending")
    case = make_case(request)
    erasure.approve(case, by=officer)
    assert DeletionOrder.objects.get().message_id == mail.message_id


def test_second_person_has_to_be_another_one(officer, settings) -> None:
    settings.DSAR_SECOND_APPROVAL = True
    case, second = make_case(make_person("Leyla Həsənli", EMAIL)), make_user()
    erasure.approve(case, by=officer)
    assert (case.status, ConsultationRequest.objects.count()) == (Status.APPROVED, 1)
    with pytest.raises(CaseRefusedError, match="Somebody else"):
        erasure.second(case, by=officer)
    erasure.second(case, by=second)
    assert (case.status, case.seconded_by) == (Status.EXECUTED, second.pk)
    assert not ConsultationRequest.objects.exists()
    with pytest.raises(CaseStateError):
        erasure.second(case, by=second)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verified_at": None}, "not proved yet"),
        ({"kind": Kind.ACCESS}, "deletes nothing"),
        ({"subject": None}, "First say whose"),
    ],
)
def test_what_is_missing_is_said(officer, change, words) -> None:
    case = make_case(make_person("Leyla Həsənli", EMAIL), **change)
    with pytest.raises(CaseRefusedError, match=words):
        erasure.approve(case, by=officer)
    assert ConsultationRequest.objects.exists()


def test_nobody_else_approves_and_nothing_is_done_twice(officer) -> None:
    case = make_case(make_person("Leyla Həsənli", EMAIL))
    for nobody in (solutions_user(), make_user("auditor"), make_user("administrator")):
        with pytest.raises(CaseRefusedError):
            erasure.approve(case, by=nobody)
    erasure.approve(case, by=officer)
    for again in (lambda: erasure.approve(case, by=officer), lambda: erasure.execute(case)):
        with pytest.raises(CaseStateError):
            again()
    assert OutboundMail.objects.filter(key=final_key(case)).count() == 1


def test_preview_shows_what_goes_and_changes_nothing(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    case = make_case(request)
    found = preview.preview(case)
    counts = {line.label: line.count for line in found.erase}
    assert counts["requests_inbox.consultationrequest"] == 1
    assert counts["subjects.subjectidentifier"] == counts["subjects.datasubject"] == 1
    assert counts["dsar.casefile"] == counts["dsar.casemessage"] == 1
    assert found.keep == []
    kept_as_numbers = {line.label for line in found.pseudonymise}
    assert kept_as_numbers >= {"consent.consentevent", "dsar.case"}
    erasure.approve(case, by=officer)
    total: dict[str, int] = {}
    for line in DestructionLine.objects.filter(case=case.pk):
        for label, number in line.counts.items():
            total[label] = total.get(label, 0) + number
    assert total == counts


def test_person_who_is_gone_already_leaves_nothing_to_hold(officer) -> None:
    """As after a restore whose ledger was replayed, or when somebody else asked before."""
    child = make_person("Kiçik Həsənli", "child@example.com")
    case = case_of(make_person("Leyla Həsənli", EMAIL).contact, Kind.CHILD)
    sharing.choose_subject(case, child.subject_id, by=officer)
    erasure.approve(make_case(child), by=officer)
    erasure.execute(case)
    assert not DestructionLine.objects.filter(case=case.pk).exists()
    assert finish(case).outcome == Outcome.NOTHING_HELD
