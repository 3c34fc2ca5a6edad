"""An objection to passing on: what lies in the other company's mailbox has to go (E-6.1a, E-8f)."""

from datetime import date

import pytest

from dsar.models import Kind
from dsar.services import objections
from emsar.datamap.rules import rule
from emsar.entities.models import LegalReference
from emsar.entities.registry import registry
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.outbox.models import Status as MailStatus
from emsar.retention import ledger
from emsar.retention.certificates import verify
from emsar.retention.models import DeletionOrder, DestructionLine, LegalHold
from emsar.subjects.services import block, object_to
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user
from tests.requests_inbox.desk import deliver, fresh

pytestmark = pytest.mark.django_db
EMAIL = "aysel@example.com"


@pytest.fixture
def item() -> ConsultationRequest:
    """Handed over from the first company to the second; both have copies."""
    item = make_request(email=EMAIL)
    deliver()
    handling.hand_over(item, "consulting", "field", by=make_user())
    deliver()
    return fresh(item)


def mailbox(company: str) -> str:
    return registry().mailbox_of(company).address


def copies(item: ConsultationRequest) -> set[str]:
    return set(MailCopy.objects.filter(about=item.pk).values_list("mailbox", flat=True))


def test_copies_of_the_other_company_are_ordered_to_be_deleted(item) -> None:
    assert copies(item) >= {mailbox("solutions"), mailbox("consulting")}
    known = MailCopy.objects.filter(about=item.pk, mailbox=mailbox("solutions"))
    named = set(known.values_list("message_id", flat=True))
    case = make_case(Kind.OBJECTION, email=EMAIL)
    objections.object(case, ["routing"], by=make_user())
    orders = DeletionOrder.objects.all()
    assert {order.mailbox for order in orders} == {mailbox("solutions")}
    assert {order.message_id for order in orders} == named
    assert mailbox("solutions") not in copies(item)
    assert mailbox("consulting") in copies(item), "the company that answers keeps its own"
    assert fresh(item).status == item.status


def test_are_certified_without_a_record_that_goes(item) -> None:
    object_to(item.subject, "routing", actor=None)
    line = DestructionLine.objects.get()
    number = DeletionOrder.objects.filter(line=line.uid).count()
    assert (line.clause, line.records, line.counts) == ("E-8f", 0, {"outbox.mailcopy": number})
    ledger.ship_waiting()
    assert list(verify()) == []


def test_other_mailbox_is_told_all_the_same(item) -> None:
    object_to(item.subject, "routing", actor=None)
    told = OutboundMail.objects.filter(key__contains=":objection:routing:")
    assert {mail.to_address for mail in told} == {mailbox("solutions"), mailbox("consulting")}


def test_mail_on_its_way_there_is_ordered_too() -> None:
    item = make_request(email=EMAIL)
    deliver()
    handling.hand_over(item, "consulting", "field", by=make_user())
    handling.hand_over(fresh(item), "solutions", "field", by=make_user())
    mails = OutboundMail.objects.filter(about=item.pk, copy_in=mailbox("consulting"))
    under_way = mails.exclude(status=MailStatus.SENT).first()
    assert under_way is not None
    OutboundMail.objects.filter(pk=under_way.pk).update(status=MailStatus.SENDING, attempts=1)
    object_to(item.subject, "routing", actor=None)
    orders = DeletionOrder.objects.filter(mailbox=mailbox("consulting"))
    assert under_way.message_id in orders.values_list("message_id", flat=True)


def test_request_that_was_never_passed_on_has_nothing_to_delete() -> None:
    item = make_request(email=EMAIL)
    deliver()
    object_to(item.subject, "routing", actor=None)
    assert not DeletionOrder.objects.exists()
    assert not DestructionLine.objects.exists()


@pytest.mark.parametrize("blocked", [False, True])
def test_of_a_blocked_person_only_the_officer_sees_the_orders(item, blocked) -> None:
    if blocked:
        block(item.subject, actor=None)
    object_to(item.subject, "routing", actor=None)
    assert set(DeletionOrder.objects.values_list("is_restricted", flat=True)) == {blocked}


def test_legal_hold_keeps_them(item) -> None:
    LegalHold.objects.create(
        kind=LegalHold.Kind.RECORD,
        target=item.pk,
        reason=LegalHold.Reason.COURT,
        legal_reference=LegalReference.objects.get(slug="civil-code"),
        review_on=date(2030, 1, 1),
    )
    before = copies(item)
    object_to(item.subject, "routing", actor=None)
    assert copies(item) == before
    assert not DeletionOrder.objects.exists()
    assert rule("objected").clause == "E-8f"
