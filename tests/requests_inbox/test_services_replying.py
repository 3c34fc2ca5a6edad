"""Answering: drafts, the claim, the mailed reply, and what counts as an answer (E-4a)."""

import pytest
from django.core import mail as sent
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.models import Status as MailStatus
from emsar.outbox.sending import _mark, claim, retry
from requests_inbox.models import Message, Status
from requests_inbox.services import replying
from requests_inbox.services.errors import BlockedError, RequestStateError, WriterBusyError
from requests_inbox.services.handling import withdraw
from tests.factories import make_request, solutions_user
from tests.requests_inbox.desk import (
    at,
    block_person,
    deliver,
    events,
    fresh,
    give_up,
    last_line,
    message_of,
    messages,
    replies,
    travel,
)

pytestmark = pytest.mark.django_db


def test_claim_keeps_colleagues_out_for_a_quarter_of_an_hour() -> None:
    item, first, second = make_request(), solutions_user(full_name="Nigar"), solutions_user()
    with travel(23, 10):
        replying.claim_writing(item, by=first)
    with travel(23, 10, 14), pytest.raises(WriterBusyError) as busy:
        replying.claim_writing(item, by=second)
    assert (busy.value.name, str(busy.value)) == (
        "Nigar",
        "Nigar is writing a reply to this request.",
    )
    with travel(23, 10, 15):
        replying.claim_writing(item, by=second)

    assert fresh(item).writing_by == second


def test_claim_is_renewed_by_its_owner() -> None:
    item, user = make_request(), solutions_user()
    with travel(23, 10):
        replying.claim_writing(item, by=user)
    with travel(23, 10, 10):
        replying.claim_writing(item, by=user)

    assert fresh(item).writing_until == at(23, 10, 25)


def test_release_is_only_for_the_owner_of_the_claim() -> None:
    item, user = make_request(), solutions_user()
    replying.claim_writing(item, by=user)
    replying.release_writing(item, by=solutions_user())
    assert fresh(item).writing_by == user

    replying.release_writing(item, by=user)
    assert (fresh(item).writing_by, fresh(item).writing_until) == (None, None)


def test_each_colleague_has_a_draft_of_their_own() -> None:
    item, first, second = make_request(), solutions_user(), solutions_user()
    replying.save_draft(item, "One", by=first)
    replying.save_draft(item, "Two", by=second)
    replying.save_draft(item, "One and a half", by=first)

    bodies = {message.author: message.body for message in item.messages.all()}
    assert bodies == {first: "One and a half", second: "Two"}


def test_empty_draft_goes() -> None:
    item, user = make_request(), solutions_user()
    replying.save_draft(item, "One", by=user)

    assert replying.save_draft(item, " \n", by=user) is None
    assert messages(item) == []


def test_reply_is_mailed_from_the_company_and_stops_the_clock_when_accepted() -> None:
    item, user = make_request(email="aysel@example.com"), solutions_user()
    with travel(23, 11):
        replying.send_reply(item, "Dear Aysel,\nyes.\n", by=user)
        assert (fresh(item).status, fresh(item).replied_at) == (Status.IN_REVIEW, None)
    with travel(23, 11, 2):
        deliver()

    now = fresh(item)
    assert (now.status, now.replied_at, now.first_replied_at) == (
        Status.REPLIED,
        at(23, 11, 2),
        at(23, 11, 2),
    )
    (reply,) = [mail for mail in sent.outbox if mail.to == ["aysel@example.com"]][-1:]
    assert "info@emsarsolutions.az" in reply.from_email
    assert reply.subject == f"Your request {item.reference}"
    assert reply.body == "Dear Aysel,\nyes.\n"
    assert "Auto-Submitted" not in reply.extra_headers
    assert events(item)[1:] == ["reply_written", "replied"]
    assert last_line(item).actor == user.pk


def test_reply_ends_claim_and_draft() -> None:
    item, user = make_request(), solutions_user()
    replying.claim_writing(item, by=user)
    replying.save_draft(item, "Half", by=user)
    replying.send_reply(item, "Whole", by=user)

    assert messages(item) == [("outgoing", "Whole")]
    assert fresh(item).writing_by is None
    event = AuditEvent.objects.get(action="request.reply")
    assert (event.actor, event.subject, event.object_id) == (
        user.pk,
        item.subject_id,
        str(item.pk),
    )


def test_reply_is_refused_while_a_colleague_writes() -> None:
    item = make_request()
    replying.claim_writing(item, by=solutions_user())

    with pytest.raises(WriterBusyError):
        replying.send_reply(item, "Me too", by=solutions_user())
    assert (messages(item), replies(item)) == ([], [])


def test_second_reply_waits_for_the_first_mail() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "One", by=user)

    with pytest.raises(RequestStateError, match="being sent already"):
        replying.send_reply(item, "Two", by=user)
    deliver()
    replying.send_reply(item, "Two", by=user)
    assert [body for _kind, body in messages(item)] == ["One", "Two"]


def test_reply_needs_an_address() -> None:
    item = make_request()
    item.contact = None
    item.save(update_fields=["contact"])

    with pytest.raises(RequestStateError, match="No email address"):
        replying.send_reply(item, "Text", by=solutions_user())


@pytest.mark.parametrize(
    "verb",
    [
        lambda item, by: replying.claim_writing(item, by=by),
        lambda item, by: replying.save_draft(item, "Text", by=by),
        lambda item, by: replying.send_reply(item, "Text", by=by),
        lambda item, by: replying.answered_elsewhere(
            item, at=item.received_at, channel="phone", note="", by=by
        ),
        lambda item, by: replying.message_received(
            item, at=item.received_at, channel="phone", body="Text", by=by
        ),
    ],
    ids=["claim", "draft", "reply", "answered", "received"],
)
def test_nothing_is_done_with_blocked_or_withdrawn_requests(verb) -> None:
    blocked, stopped, user = make_request(), make_request(), solutions_user()
    block_person(blocked)
    withdraw(stopped, method="withdrawal_link", actor=None)

    with pytest.raises(BlockedError):
        verb(blocked, user)
    with pytest.raises(RequestStateError, match="consent withdrawn"):
        verb(fresh(stopped), user)
    assert messages(blocked) == messages(stopped) == []


def test_mail_that_left_counts_although_the_person_was_blocked_meanwhile() -> None:
    item = make_request()
    replying.send_reply(item, "Text", by=solutions_user())
    (mail,) = replies(item)
    OutboundMail.objects.exclude(pk=mail.pk).delete()
    with travel(24, 9):
        claimed = claim(at(24, 9))
        block_person(item)
        assert _mark(claimed, MailStatus.SENT)

    assert (fresh(item).status, fresh(item).replied_at) == (Status.REPLIED, at(24, 9))


def test_failed_reply_shows_and_the_clock_runs_on() -> None:
    item = make_request()
    replying.send_reply(item, "Text", by=solutions_user())
    give_up(replies(item)[0])

    assert message_of(item).state == Message.State.FAILED
    assert (fresh(item).status, events(item)[-1]) == (Status.IN_REVIEW, "reply_failed")


def test_failed_reply_can_be_sent_again() -> None:
    item = make_request()
    replying.send_reply(item, "Text", by=solutions_user())
    give_up(replies(item)[0])

    assert retry(replies(item)[0])
    assert message_of(item).state == Message.State.QUEUED
    assert events(item)[-1] == "reply_queued_again"
    deliver()
    assert message_of(item).state == Message.State.SENT
    assert fresh(item).status == Status.REPLIED


def test_reply_mails_carry_the_purpose_that_blocks_and_withdrawals_stop() -> None:
    item = make_request()
    replying.send_reply(item, "Text", by=solutions_user())

    assert [mail.purpose for mail in replies(item)] == [Purpose.REPLY]


def test_reply_that_was_on_its_way_when_the_consent_was_withdrawn_reopens_nothing() -> None:
    item = make_request()
    replying.send_reply(item, "Text", by=solutions_user())
    (mail,) = replies(item)
    OutboundMail.objects.exclude(pk=mail.pk).delete()
    claimed = claim(timezone.now())
    withdraw(item, method="withdrawal_link", actor=None)

    assert _mark(claimed, MailStatus.SENT)
    assert message_of(item).state == Message.State.SENT
    assert (fresh(item).status, fresh(item).replied_at) == (Status.WITHDRAWN, None)


@pytest.mark.parametrize(
    "told", [replying.reply_was_sent, replying.reply_failed, replying.reply_queued_again]
)
def test_outcome_of_a_mail_whose_message_is_gone_changes_nothing(told) -> None:
    item = make_request()
    replying.send_reply(item, "Text", by=solutions_user())
    (mail,) = replies(item)
    item.messages.all().delete()
    before = events(item)
    told(mail)

    assert (fresh(item).status, events(item)) == (Status.IN_REVIEW, before)
