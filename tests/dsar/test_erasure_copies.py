"""A mailbox keeps what was sent from it: each such copy is known, and ordered away (E-7.1a)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from dsar.mails import final_key
from dsar.models import Case, CaseFile, Kind
from dsar.services import erasure, identity
from emsar.entities.models import LegalReference
from emsar.entities.registry import registry
from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.certificates import verify
from emsar.retention.models import DeletionOrder, DestructionLine, LegalHold
from emsar.retention.orders import orders_for
from emsar.retention.sweeps import sweep
from emsar.subjects.models import DataSubject
from tests.dsar.asking import ADDRESS, ask, mails
from tests.dsar.erasing import make_case, make_person
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
EMAIL = "leyla.hesenli@example.com"


@pytest.fixture
def officer():
    return make_user()


def group() -> str:
    return registry().default_mailbox.address


def ordered() -> set[tuple[str, str]]:
    return set(DeletionOrder.objects.values_list("mailbox", "message_id"))


def sent_to(email: str) -> set[tuple[str, str]]:
    """The mails that wait for an address: from which mailbox, under which name."""
    rows = OutboundMail.objects.filter(status="queued")
    return {(mail.mailbox, mail.message_id) for mail in rows if mail.to_address == email}


def test_what_was_sent_to_a_person_is_ordered_away_with_the_request(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    acknowledged = sent_to(EMAIL)
    assert len(acknowledged) == 1
    sending.send_due()
    erasure.approve(make_case(request), by=officer)
    assert acknowledged < ordered()


def test_last_answer_is_ordered_away_once_it_is_sent(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    sending.send_due()
    case = make_case(request)
    erasure.approve(case, by=officer)
    answer = OutboundMail.objects.get(key=final_key(case))
    assert not DeletionOrder.objects.filter(message_id=answer.message_id).exists()
    sending.send_due()
    order = DeletionOrder.objects.get(message_id=answer.message_id)
    line = DestructionLine.objects.filter(case=case.pk).latest("id")
    assert (order.mailbox, order.reference, order.line) == (group(), case.reference, line.uid)
    answer.refresh_from_db()
    assert order.copied_at == answer.sent_at
    assert list(verify()) == []


def test_last_answer_to_whoever_never_proved_who_they_are_goes_too() -> None:
    ask(Kind.DELETION)
    sending.send_due()
    case = Case.objects.get()
    link_mail = OutboundMail.objects.get(about=case.pk)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=True):
        assert identity.close_unverified(timezone.now()) == 1
        answer = OutboundMail.objects.get(status="queued")
        sending.send_due()
    assert ordered() == {(group(), link_mail.message_id), (group(), answer.message_id)}
    assert DestructionLine.objects.get(case=case.pk).counts["outbox.mailcopy"] == 1
    assert list(verify()) == []


def test_last_answer_to_somebody_who_stays_goes_with_the_file(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    LegalHold.objects.create(
        kind="record", target=request.pk, reason="court", review_on="2030-01-01",
        legal_reference=LegalReference.objects.get(slug="civil-code"),
    )  # fmt: skip
    case = make_case(request)
    erasure.approve(case, by=officer)
    answer = OutboundMail.objects.get(key=final_key(case))
    sending.send_due()
    assert CaseFile.objects.filter(pk=case.pk).exists()
    assert MailCopy.objects.get(message_id=answer.message_id).about == case.pk
    assert not DeletionOrder.objects.filter(message_id=answer.message_id).exists()


def test_mail_that_may_have_gone_out_is_ordered_away_and_one_that_waits_is_not(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    mine = OutboundMail.objects.filter(about=request.pk)
    under_way, tried = mine.get(copy_in=""), mine.exclude(copy_in="").get()
    mine.filter(pk=under_way.pk).update(status="sending", attempts=1)
    mine.filter(pk=tried.pk).update(attempts=2)
    other = make_person("Səbinə Əliyeva", "sebine@example.com")
    erasure.approve(make_case(request), by=officer)
    erasure.approve(make_case(other), by=officer)
    assert {name for _, name in ordered()} == {under_way.message_id, tried.message_id}


def test_orders_about_a_case_are_the_officers_alone(officer) -> None:
    ask(Kind.COMPLAINT)
    sending.send_due()
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(
        status="completed", outcome="fulfilled", closed_at=timezone.now(),
        destroy_after="2099-01-01",
    )  # fmt: skip
    CaseFile.objects.update(destroy_after="2026-01-01")
    sweep("by_hand", only="case_files")
    order = DeletionOrder.objects.get(reference=case.reference)
    assert order.mailbox == group()
    assert not orders_for(solutions_user()).exists()
    assert orders_for(officer).get() == order


@pytest.mark.parametrize(("is_blocked", "seen"), [(True, 0), (False, 2)])
def test_orders_for_a_blocked_person_are_the_officers_alone(officer, is_blocked, seen) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    sending.send_due()
    if is_blocked:
        DataSubject.objects.filter(pk=request.subject_id).update(blocked_at=timezone.now())
    erasure.approve(make_case(request), by=officer)
    assert orders_for(solutions_user()).count() == seen
    assert orders_for(officer).count() == 2


def test_link_that_lists_nothing_goes_with_the_newest_case() -> None:
    ask(Kind.COMPLAINT)
    sending.send_due()
    case = Case.objects.get()
    Case.objects.update(status="open", verified_at=timezone.now())
    ask(after=timedelta(hours=2))
    again = mails()[-1]
    assert (again.about, again.reference) == (case.pk, case.reference)
    assert again.to_address == ADDRESS
