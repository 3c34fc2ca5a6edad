"""Objection and withdrawal: what stops at once, what is marked, and what goes when (E-8f, E-8g)."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from consent.models import ConsentEvent
from dsar.models import Case, CaseRecord, Kind, Outcome, Status
from dsar.services import deciding, objections
from dsar.services.errors import CaseRefusedError
from emsar.datamap import terms
from emsar.datamap.rules import rule
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.models import Status as MailStatus
from emsar.retention.due import due_rows
from emsar.retention.sweeps import sweep
from emsar.subjects.models import DataSubject, Objection
from emsar.subjects.services import object_to
from policies.versions import term_in_force
from requests_inbox.models import ConsultationRequest, Message, Transfer
from requests_inbox.models import Status as RequestStatus
from requests_inbox.services import contracts, handling, replying
from requests_inbox.services.errors import ObjectedError, RequestStateError, SuspendedError
from requests_inbox.services.passing import passed_on
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import BAKU, deliver, fresh, page_of, travel

pytestmark = pytest.mark.django_db

EMAIL = "aysel@example.com"


@pytest.fixture
def item() -> ConsultationRequest:
    return make_request(email=EMAIL)


def case_of(kind: str = Kind.OBJECTION, **fields: object) -> Case:
    return make_case(kind, email=EMAIL, **fields)


def now_of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def letter(case: Case) -> str:
    return OutboundMail.objects.filter(about=case.pk).latest("created_at").body or ""


def erased_by(day: date) -> date:
    """The last day kept of what is erased at the person's wish."""
    days = term_in_force("erasure_deadline") - terms.value("schedule", "deletion_reserve")
    return day + timedelta(days=days)


def noon_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=BAKU)


class TestUntilItIsDecided:
    def test_everything_rests_and_nothing_is_deleted(self, item) -> None:
        case = case_of()
        deciding.after_verification(case)
        for verb in (
            lambda: replying.send_reply(item, "Hello", by=solutions_user()),
            lambda: replying.claim_writing(item, by=solutions_user()),
            lambda: handling.hand_over(item, "consulting", "field", by=solutions_user()),
            lambda: handling.add_note(item, "Interesting", by=solutions_user()),
        ):
            with pytest.raises(SuspendedError):
                verb()
        assert fresh(item).status == RequestStatus.NEW
        assert now_of(case).status == Status.OPEN
        assert "has objected to the use of these data" in page_of(solutions_user(), item)

    def test_mails_wait_except_those_about_rights(self, item) -> None:
        deciding.after_verification(case_of())
        due = set(
            OutboundMail.objects.due(timezone.now()).values_list("purpose", flat=True).distinct()
        )
        assert due <= {Purpose.RIGHTS}

    def test_new_request_proceeds(self, item) -> None:
        deciding.after_verification(case_of())
        later = make_request(email=EMAIL)
        replying.send_reply(later, "Hello", by=solutions_user())
        assert later.messages.count() == 1

    def test_what_was_taken_back_goes_on(self, item) -> None:
        case = case_of()
        deciding.after_verification(case)
        deciding.withdraw(now_of(case))
        replying.send_reply(item, "Hello", by=solutions_user())
        assert item.messages.count() == 1
        assert OutboundMail.objects.due(timezone.now()).filter(about=item.pk).exists()

    def test_machine_takes_every_purpose_before_it_is_late(self, item) -> None:
        case = case_of()
        deciding.after_verification(case)
        assert deciding.by_deadline(now_of(case))
        assert sorted(fresh(item).objected) == sorted(Objection.Purpose.values)
        assert now_of(case).status == Status.COMPLETED


class TestReply:
    def test_ends_the_request_and_cancels_what_waits(self, item) -> None:
        replying.send_reply(item, "Our proposal", by=solutions_user())
        replying.save_draft(item, "More", by=solutions_user())
        objections.object(case_of(), ["reply"], by=make_user())
        assert fresh(item).status == RequestStatus.OBJECTED
        waiting = OutboundMail.objects.filter(about=item.pk).exclude(purpose=Purpose.RIGHTS)
        assert set(waiting.values_list("status", flat=True)) == {MailStatus.CANCELLED}
        assert list(item.messages.values_list("kind", "state")) == [("outgoing", "failed")]
        assert "stopped by an objection" in page_of(make_user(), item)

    def test_nothing_can_be_done_with_it_any_more(self, item) -> None:
        objections.object(case_of(), ["reply"], by=make_user())
        with pytest.raises(RequestStateError):
            replying.send_reply(fresh(item), "Hello", by=solutions_user())
        with pytest.raises(RequestStateError):
            handling.assign(fresh(item), None, by=solutions_user())

    def test_is_deleted_in_the_term_of_an_erasure(self, item) -> None:
        with travel(23):
            objections.object(case_of(), ["reply"], by=make_user())
        last = erased_by(date(2026, 11, 23))
        assert fresh(item).destroy_after == last
        assert rule("objected").clause == "E-8f"
        noon = noon_of(last)
        assert not due_rows(rule("objected"), noon).exists()
        assert due_rows(rule("objected"), noon + timedelta(days=1)).get().pk == item.pk

    def test_person_is_told_until_when(self, item) -> None:
        case = case_of()
        objections.object(case, ["reply"], by=make_user())
        assert item.reference in letter(case)
        assert registry().authority.website in letter(case)
        assert now_of(case).outcome == Outcome.FULFILLED

    def test_contract_keeps_it_and_the_person_is_told(self, item) -> None:
        contracts.record_contract(item, timezone.localdate(), None, by=solutions_user())
        case = case_of()
        objections.object(case, ["reply"], by=make_user())
        assert fresh(item).destroy_after is None
        assert fresh(item).status == RequestStatus.OBJECTED
        assert now_of(case).outcome == Outcome.PARTLY
        assert "as long as the contract" in letter(case)

    def test_contract_of_a_later_day_is_no_ground(self, item) -> None:
        with travel(23):
            objections.object(case_of(), ["reply"], by=make_user())
        with travel(25), pytest.raises(RequestStateError, match="objected before that day"):
            contracts.record_contract(fresh(item), date(2026, 11, 24), None, by=make_user())

    def test_mailboxes_with_a_copy_are_told(self, item) -> None:
        deliver()
        objections.object(case_of(), ["reply"], by=make_user())
        told = OutboundMail.objects.filter(about=item.pk, key__contains=":objection:")
        assert [mail.to_address for mail in told] == [registry().mailbox_of("solutions").address]
        assert told.get().copy_in == registry().mailbox_of("solutions").address


class TestRouting:
    def test_refuses_every_passing_on_and_leaves_the_rest(self, item) -> None:
        objections.object(case_of(), ["routing"], by=make_user())
        for by in (solutions_user(), make_user()):
            with pytest.raises(ObjectedError):
                handling.hand_over(fresh(item), "consulting", "field", by=by)
        assert not Transfer.objects.exists()
        replying.send_reply(fresh(item), "Hello", by=solutions_user())
        assert fresh(item).status == RequestStatus.IN_REVIEW
        assert fresh(item).objected == ["routing"]

    def test_holds_back_what_is_on_its_way(self, item) -> None:
        handling.hand_over(item, "consulting", "field", by=make_user())
        objections.object(case_of(), ["routing"], by=make_user())
        routed = OutboundMail.objects.filter(about=item.pk, purpose=Purpose.ROUTING)
        assert set(routed.values_list("status", flat=True)) == {MailStatus.CANCELLED}


class TestProposal:
    def test_words_are_shown_and_passed_to_nobody(self, item) -> None:
        assert item.project in page_of(solutions_user(), item)
        objections.object(case_of(), ["proposal"], by=make_user())
        assert item.project not in page_of(solutions_user(), item)
        assert "project" not in passed_on(fresh(item))
        assert fresh(item).status == RequestStatus.NEW

    def test_words_are_emptied_in_the_term_and_the_request_stays(self, item) -> None:
        with travel(1):
            objections.object(case_of(), ["proposal"], by=make_user())
        last = fresh(item).objected_until
        assert last == erased_by(date(2026, 11, 1))
        day = noon_of(last)
        sweep("by_hand", only="objected_proposals", now=day)
        assert fresh(item).project is not None
        sweep("by_hand", only="objected_proposals", now=day + timedelta(days=1))
        now = fresh(item)
        assert (now.project, now.objected_until, now.name) == (None, None, item.name)
        assert "Not shown" in page_of(solutions_user(), now)

    def test_contract_needs_the_words(self, item) -> None:
        contracts.record_contract(item, timezone.localdate(), None, by=solutions_user())
        objections.object(case_of(), ["proposal"], by=make_user())
        later = timezone.now() + timedelta(days=400)
        assert not due_rows(rule("objected_proposals"), later).exists()
        assert item.project in page_of(solutions_user(), fresh(item))


class TestChoice:
    @pytest.mark.parametrize("purposes", [[], ["marketing"], ["reply", "marketing"]])
    def test_purposes_are_ours(self, item, purposes) -> None:
        with pytest.raises(CaseRefusedError):
            objections.object(case_of(), purposes, by=make_user())
        assert not Objection.objects.exists()

    def test_of_a_shared_address_only_the_person_s_records_are_meant(self, item) -> None:
        other = make_request(email=EMAIL, name="Rauf Quliyev")
        case = case_of(is_shared=True)
        deciding.after_verification(case)
        assert fresh(item).objected == []
        with pytest.raises(CaseRefusedError, match="choose first"):
            objections.object(now_of(case), ["reply"], by=make_user())
        assert not deciding.by_deadline(now_of(case))
        CaseRecord.objects.create(file=case.file, record=item.pk, belongs=True)
        CaseRecord.objects.create(file=case.file, record=other.pk, belongs=False)
        Case.objects.filter(pk=case.pk).update(chosen_at=timezone.now())
        objections.object(now_of(case), ["reply"], by=make_user())
        assert (fresh(item).objected, fresh(other).objected) == (["reply"], [])
        replying.send_reply(fresh(other), "Hello", by=solutions_user())

    def test_later_objection_covers_what_came_since(self, item) -> None:
        person = item.subject
        assert object_to(person, "routing", actor=None)
        later = make_request(email=EMAIL)
        assert fresh(later).objected == []
        assert not object_to(person, "routing", actor=None)
        assert fresh(later).objected == ["routing"]

    def test_officer_s_verb_for_a_person_stops_the_same(self, item) -> None:
        object_to(item.subject, "reply", actor=make_user().pk)
        assert fresh(item).status == RequestStatus.OBJECTED


class TestWithdrawal:
    def test_stops_each_request_at_once_and_is_recorded(self, item) -> None:
        second = make_request(email=EMAIL)
        case = case_of(Kind.WITHDRAWAL)
        deciding.after_verification(case)
        assert {fresh(row).status for row in (item, second)} == {RequestStatus.WITHDRAWN}
        found = ConsentEvent.objects.filter(kind="withdrawn")
        assert {(row.about, row.method) for row in found} == {
            (item.pk, "case"),
            (second.pk, "case"),
        }
        assert now_of(case).outcome == Outcome.FULFILLED
        assert item.reference in letter(case)
        assert second.reference in letter(case)

    def test_after_an_objection_withdraws_the_consent_and_keeps_the_promised_day(
        self, item
    ) -> None:
        objections.object(case_of(), ["reply"], by=make_user())
        promised = fresh(item).destroy_after
        with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
            case = case_of(Kind.WITHDRAWAL)
            deciding.after_verification(case)
        assert ConsentEvent.objects.get(kind="withdrawn").about == item.pk
        assert (fresh(item).status, fresh(item).destroy_after) == ("withdrawn", promised)
        assert now_of(case).outcome == Outcome.FULFILLED
        assert item.reference in letter(case)

    def test_withdrawal_by_the_link_keeps_the_day_that_the_objection_promised(self, item) -> None:
        objections.object(case_of(), ["reply"], by=make_user())
        promised = fresh(item).destroy_after
        with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
            handling.withdraw(fresh(item), method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=None)
        assert (fresh(item).status, fresh(item).destroy_after) == ("withdrawn", promised)

    def test_withdrawn_before_is_not_withdrawn_again(self, item) -> None:
        handling.withdraw(item, method=ConsentEvent.Method.STAFF, actor=None)
        case = case_of(Kind.WITHDRAWAL)
        deciding.after_verification(case)
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1
        assert now_of(case).outcome == Outcome.NOTHING_HELD

    def test_request_that_staff_took_down_stops_too(self) -> None:
        item = make_request(email=EMAIL)
        ConsultationRequest.objects.filter(pk=item.pk).update(consent=None, source="phone")
        deciding.after_verification(case_of(Kind.WITHDRAWAL))
        assert fresh(item).status == RequestStatus.WITHDRAWN

    def test_without_a_request_nothing_is_held(self) -> None:
        case = case_of(Kind.WITHDRAWAL)
        deciding.after_verification(case)
        assert now_of(case).outcome == Outcome.NOTHING_HELD

    def test_of_a_shared_address_waits_for_the_choice_and_rests_meanwhile(self, item) -> None:
        other = make_request(email=EMAIL, name="Rauf Quliyev")
        case = case_of(Kind.WITHDRAWAL, is_shared=True)
        deciding.after_verification(case)
        assert fresh(item).status == RequestStatus.NEW
        assert DataSubject.objects.get(pk=item.subject_id).suspended_at is not None
        CaseRecord.objects.create(file=case.file, record=item.pk, belongs=True)
        CaseRecord.objects.create(file=case.file, record=other.pk, belongs=False)
        Case.objects.filter(pk=case.pk).update(chosen_at=timezone.now())
        deciding.after_verification(now_of(case))
        assert (fresh(item).status, fresh(other).status) == ("withdrawn", "new")
        assert DataSubject.objects.get(pk=item.subject_id).suspended_at is None

    def test_contract_keeps_the_request(self, item) -> None:
        contracts.record_contract(item, timezone.localdate(), None, by=solutions_user())
        deciding.after_verification(case_of(Kind.WITHDRAWAL))
        assert (fresh(item).status, fresh(item).destroy_after) == ("withdrawn", None)

    def test_open_reply_is_not_sent(self, item) -> None:
        message = replying.send_reply(item, "Hello", by=solutions_user())
        deciding.after_verification(case_of(Kind.WITHDRAWAL))
        assert Message.objects.get(pk=message.pk).state == Message.State.FAILED
