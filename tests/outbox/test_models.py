"""Which mails go out at all: blocks, withdrawals, merges; and how long they have waited."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from emsar.outbox.health import queue_age
from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.outbox.sending import claim, send_due
from emsar.subjects.models import DataSubject
from emsar.subjects.services import block, unblock
from tests.outbox.conftest import deliver

pytestmark = pytest.mark.django_db

ABOUT = uuid4()
PERSONAL = ("to_address", "reply_to", "subject_line", "body")


@pytest.fixture
def person() -> DataSubject:
    return DataSubject.objects.create()


def due() -> set[OutboundMail]:
    return set(OutboundMail.objects.due(timezone.now()))


def test_mail_waits_for_its_time(queue) -> None:
    now = timezone.now()
    ripe = queue(due_at=now)
    queue(due_at=now + timedelta(microseconds=1))
    assert set(OutboundMail.objects.due(now)) == {ripe}


@pytest.mark.parametrize("purpose", [p for p in Purpose if p != Purpose.RIGHTS])
def test_block_holds_back_what_is_queued_for_the_person(queue, person, purpose) -> None:
    mail = queue(subject=person, purpose=purpose)
    other = queue(subject=DataSubject.objects.create(), purpose=purpose)
    block(person, actor=None)
    assert due() == {other}
    unblock(person, actor=None, reason="asked")
    assert due() == {mail, other}


def test_block_lets_mail_pass_that_serves_the_persons_rights(queue, person) -> None:
    rights = queue(subject=person, purpose=Purpose.RIGHTS)
    block(person, actor=None)
    assert due() == {rights}


def test_block_does_not_cover_what_comes_after_it(queue, person) -> None:
    """A request sent later is a new record: it is acknowledged like any other."""
    queue(subject=person)
    block(person, actor=None)
    later = queue(subject=person, purpose=Purpose.ACKNOWLEDGEMENT)
    assert due() == {later}


def test_notices_to_staff_concern_no_person(queue, person) -> None:
    block(person, actor=None)
    notice = queue(purpose=Purpose.STAFF)
    assert due() == {notice}


def test_cancel_empties_what_was_not_sent(queue) -> None:
    waiting = [queue(about=ABOUT, reply_to="x@example.com", status=s) for s in ("queued", "failed")]
    kept = [
        queue(about=ABOUT, purpose=Purpose.RIGHTS),
        queue(about=uuid4()),
        queue(about=ABOUT, status=Status.SENT),
    ]
    assert OutboundMail.objects.cancel_for(ABOUT, [Purpose.REPLY, Purpose.ROUTING]) == 2

    for mail in waiting:
        mail.refresh_from_db()
        assert mail.status == Status.CANCELLED
        assert [getattr(mail, name) for name in PERSONAL] == [None] * 4
    before = [(mail.status, mail.body) for mail in kept]
    for mail in kept:
        mail.refresh_from_db()
    assert [(mail.status, mail.body) for mail in kept] == before
    assert OutboundMail.objects.cancel_for(ABOUT, [Purpose.REPLY]) == 0


def test_cancelled_while_being_sent_goes_out_at_most_this_once(smtp, queue) -> None:
    queue(about=ABOUT)
    claimed = claim(timezone.now())
    OutboundMail.objects.cancel_for(ABOUT, [Purpose.REPLY])
    assert deliver(claimed)
    assert OutboundMail.objects.get().status == Status.SENT
    assert send_due() == 0
    assert len(smtp.mails) == 1


@pytest.mark.parametrize("end", ["refused", "killed"])
def test_cancelled_while_being_sent_is_not_tried_again(smtp, queue, end) -> None:
    mail = queue(about=ABOUT)
    claimed = claim(timezone.now())
    OutboundMail.objects.cancel_for(ABOUT, [Purpose.REPLY])
    if end == "refused":
        smtp.refuse("451 later")
        deliver(claimed)
    OutboundMail.objects.update(due_at=timezone.now())

    assert send_due() == 0
    assert smtp.mails == []
    mail.refresh_from_db()
    assert (mail.status, mail.body) == (Status.CANCELLED, None)


def test_one_mail_a_key_and_a_message_id(queue) -> None:
    first = queue(key="request:1:staff")
    for double in ({"key": "request:1:staff"}, {"message_id": first.message_id}):
        other = OutboundMail.objects.filter(pk=queue().pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            other.update(**double)


def test_mails_show_purpose_and_reference_only(queue) -> None:
    mail = queue(reference="R-7KQX", to_address="who@example.com", subject_line="Gizli")
    assert str(mail) == "reply R-7KQX"
    assert str(queue()).startswith("reply ")
    assert len(str(queue())) == len("reply ") + 8


def test_purposes_hold_no_marketing() -> None:
    """E-3.1c, E-4h: a purpose that is added has to be answered for here."""
    assert set(Purpose.values) == {
        *("routing", "acknowledgement", "reply", "privacy_notice", "rights", "staff"),
    }


def test_queue_age_is_that_of_the_longest_due_mail(queue) -> None:
    assert queue_age() == timedelta()
    now = timezone.now()
    queue(due_at=now + timedelta(hours=1), created_at=now - timedelta(days=2))
    assert queue_age() == timedelta()
    queue(due_at=now - timedelta(minutes=3), created_at=now - timedelta(days=1))
    queue(due_at=now - timedelta(minutes=9))
    assert timedelta(minutes=9) <= queue_age() < timedelta(minutes=10)


def test_queue_age_counts_a_lease_from_its_end(queue) -> None:
    queue()
    now = timezone.now()
    claim(now)
    assert queue_age() == timedelta()


def test_age_counts_from_the_queueing(queue) -> None:
    mail = queue(created_at=timezone.now() - timedelta(hours=2))
    assert timedelta(hours=2) <= mail.age < timedelta(hours=2, minutes=1)
