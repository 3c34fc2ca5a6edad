"""Sending through a real mail server: once each, whatever the server says on the way."""

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from emsar.datamap.crypto import UNREADABLE_MARK
from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail, Purpose, Status
from emsar.outbox.sending import DELAYS, GIVE_UP, TRIES, retry, send_due
from emsar.outbox.tasks import send_due_mail
from emsar.subjects.models import DataSubject

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PERSONAL = ("to_address", "reply_to", "subject_line", "body")


@pytest.fixture
def clock():
    """A clock that stands still until it is told."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def told(monkeypatch) -> list[tuple[str, object]]:
    """What the room of a reply is told, instead of the real one."""
    heard: list[tuple[str, object]] = []
    for outcome in Status:
        monkeypatch.setitem(
            sending._HANDLERS,
            (Purpose.REPLY, outcome),
            lambda mail, outcome=outcome: heard.append((str(outcome), mail.pk)),
        )
    return heard


def fresh(mail: OutboundMail) -> OutboundMail:
    return OutboundMail.objects.get(pk=mail.pk)


def state(mail: OutboundMail) -> tuple[str, int, str]:
    now = fresh(mail)
    return now.status, now.attempts, now.last_error


def delivered(smtp) -> list[str]:
    return [mail["To"] for mail in smtp.mails]


def test_mail_is_sent_marked_and_emptied(smtp, queue, told) -> None:
    mail = queue(reply_to="visitor@example.com")
    assert send_due() == 1

    assert delivered(smtp) == [mail.to_address]
    sent = fresh(mail)
    assert (sent.status, sent.attempts, sent.last_error) == (Status.SENT, 1, "")
    assert sent.sent_at is not None
    assert [getattr(sent, name) for name in PERSONAL] == [None] * 4
    assert told == [("sent", mail.pk)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_address, reply_to, subject_line, body FROM outbox_outboundmail")
        assert cursor.fetchall() == [(None, None, None, None)]


def test_nothing_due_asks_no_server(smtp, queue, django_assert_num_queries) -> None:
    queue(due_at=timezone.now() + timedelta(minutes=1))
    with django_assert_num_queries(3):  # savepoint, look, release
        assert send_due() == 0
    assert smtp.keeper.connections == 0


def test_many_mails_go_in_their_order_over_one_connection(smtp, queue) -> None:
    now = timezone.now()
    mails = [queue(due_at=now - timedelta(minutes=age)) for age in (1, 3, 2)]
    assert send_due() == 3
    assert delivered(smtp) == [mails[n].to_address for n in (1, 2, 0)]
    assert smtp.keeper.connections == 1


def test_pass_ends_at_its_limit(smtp, queue) -> None:
    for _ in range(3):
        queue()
    assert [send_due(limit=2), send_due(limit=2), send_due(limit=2)] == [2, 1, 0]


def test_command_and_task_send_too(smtp, queue, capsys) -> None:
    queue()
    call_command("send_due_mail")
    assert capsys.readouterr().out == "1 mails sent\n"
    queue()
    send_due_mail()
    assert len(smtp.mails) == 2


def test_copy_in_a_mailbox_of_ours_is_noted(smtp, queue) -> None:
    about = uuid4()
    mail = queue(copy_in="office@example.org", about=about, reference="R-7KQX")
    queue()
    send_due()
    copy = MailCopy.objects.get()
    assert (copy.mailbox, copy.message_id, copy.reference, copy.about) == (
        "office@example.org",
        mail.message_id,
        "R-7KQX",
        about,
    )
    assert copy.at == fresh(mail).sent_at
    assert str(copy) == "office@example.org R-7KQX"


def test_copy_is_kept_where_a_mail_comes_from_and_where_it_goes(smtp, queue) -> None:
    about = uuid4()
    queue(mailbox="office@example.org", copy_in="group@example.org", about=about)
    queue(mailbox="office@example.org", about=about)
    send_due()
    noted = Counter(MailCopy.objects.filter(about=about).values_list("mailbox", flat=True))
    assert noted == {"office@example.org": 2, "group@example.org": 1}


def test_notice_to_staff_leaves_no_copy_of_anybody(smtp, queue) -> None:
    queue(purpose=Purpose.STAFF, about=uuid4())
    queue(about=None, copy_in="office@example.org")
    assert send_due() == 2
    assert not MailCopy.objects.exists()


def test_refused_for_now_and_then_accepted_is_delivered_once(smtp, queue, clock) -> None:
    mail = queue()
    smtp.refuse("451 try later", "452 full")
    assert send_due() == 0
    assert state(mail) == (Status.QUEUED, 1, "SMTPDataError 451")
    assert fresh(mail).due_at == MONDAY + DELAYS[0]
    assert send_due() == 0
    assert fresh(mail).attempts == 1

    clock.shift(DELAYS[0])
    assert send_due() == 0
    assert state(mail) == (Status.QUEUED, 2, "SMTPDataError 452")
    assert fresh(mail).due_at == MONDAY + DELAYS[0] + DELAYS[1]

    clock.shift(DELAYS[1])
    assert send_due() == 1
    assert state(mail) == (Status.SENT, 3, "")
    assert delivered(smtp) == [mail.to_address]


def test_message_id_and_date_stay_the_same_over_retries(smtp, queue, clock) -> None:
    mail = queue()
    smtp.keeper.answers = iter(["250 accepted, and then the connection broke"])
    sending.claim(timezone.now())  # by a worker that was killed after sending
    clock.shift(timedelta(seconds=121))
    smtp.accept()
    assert send_due() == 1
    OutboundMail.objects.filter(pk=mail.pk).update(
        status=Status.QUEUED, to_address="x@example.com", subject_line="s", body="b"
    )
    clock.shift(timedelta(hours=5))
    assert send_due() == 1
    assert {m["Message-ID"] for m in smtp.mails} == {mail.message_id}
    assert {m["Date"].datetime for m in smtp.mails} == {MONDAY}


def test_server_away_and_back_again_loses_nothing(smtp, queue, clock) -> None:
    mails = [queue() for _ in range(3)]
    smtp.stop()
    assert send_due() == 0
    # One mail has met the closed door; the others keep their turn.
    assert sorted(fresh(mail).attempts for mail in mails) == [0, 0, 1]
    assert {fresh(mail).status for mail in mails} == {Status.QUEUED}
    assert {fresh(mail).last_error for mail in mails} == {"", "ConnectionRefusedError"}

    smtp.start()
    assert send_due() == 2
    clock.shift(DELAYS[0])
    assert send_due() == 1
    assert sorted(delivered(smtp)) == sorted(mail.to_address for mail in mails)


def test_server_away_for_long_is_asked_again_within_minutes(smtp, queue, clock) -> None:
    mail = queue()
    OutboundMail.objects.update(attempts=30)
    smtp.stop()
    send_due()
    assert fresh(mail).due_at == MONDAY + sending.AWAY_DELAY
    assert fresh(mail).status == Status.QUEUED


def test_server_that_wants_another_login_refuses_no_mail(queue, monkeypatch) -> None:
    """A wrong password is a mistake of ours: it may take longer than the mail's patience."""
    import smtplib

    from django.core.mail.backends.locmem import EmailBackend

    def refuse(self: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(EmailBackend, "open", refuse)
    mail = queue()
    OutboundMail.objects.update(attempts=TRIES + 5)
    assert send_due() == 0
    assert state(mail) == (Status.QUEUED, TRIES + 6, "SMTPAuthenticationError 535")


def test_one_refused_mail_holds_up_no_other(smtp, queue) -> None:
    first, bad, last = queue(), queue(to_address="unknown@example.com"), queue()
    smtp.keeper.answer_to = lambda to: "550 unknown" if to.startswith("unknown") else "250 OK"
    assert send_due() == 2
    assert delivered(smtp) == [first.to_address, last.to_address]
    assert state(bad) == (Status.QUEUED, 1, "SMTPRecipientsRefused 550")


def test_refusal_for_good_fails_after_its_tries_and_is_told(smtp, queue, told, clock) -> None:
    mail = queue()
    smtp.keeper.answer_to = lambda to: "550 unknown"
    for number in range(TRIES):
        assert fresh(mail).status == Status.QUEUED, number
        send_due()
        clock.shift(DELAYS[-1])
    assert state(mail) == (Status.FAILED, TRIES, "SMTPRecipientsRefused 550")
    assert told == [("failed", mail.pk)]
    assert fresh(mail).to_address == mail.to_address
    assert send_due() == 0
    assert fresh(mail).attempts == TRIES


def test_temporary_refusal_is_tried_for_days_and_then_given_up(smtp, queue, told, clock) -> None:
    mail = queue()
    smtp.refuse("451 later", always=True)
    OutboundMail.objects.update(attempts=TRIES + 2)
    clock.move_to(MONDAY + GIVE_UP - timedelta(seconds=1))
    send_due()
    assert state(mail)[0] == Status.QUEUED
    clock.shift(DELAYS[-1])
    send_due()
    assert state(mail) == (Status.FAILED, TRIES + 4, "SMTPDataError 451")
    assert told == [("failed", mail.pk)]


def test_mail_that_waited_for_the_worker_for_days_gets_its_tries(smtp, queue, clock) -> None:
    mail = queue()
    clock.shift(GIVE_UP * 2)
    smtp.refuse("451 later")
    send_due()
    assert state(mail)[0] == Status.QUEUED
    clock.shift(DELAYS[0])
    assert send_due() == 1


@pytest.mark.parametrize("answer", ["550 <who@example.com> is unknown", "451 who@example.com"])
def test_error_and_log_hold_no_address(smtp, queue, caplog, answer) -> None:
    mail = queue(to_address="who@example.com")
    smtp.refuse(answer)
    smtp.keeper.answer_to = lambda to: answer
    with caplog.at_level(logging.DEBUG):
        send_due()
    assert "who@" not in caplog.text
    assert "who@" not in fresh(mail).last_error
    assert str(mail.pk) in caplog.text


def test_failed_mail_is_tried_again_when_staff_say_so(smtp, queue, told, clock) -> None:
    mail = queue(status=Status.FAILED, attempts=TRIES)
    clock.shift(timedelta(days=9))
    assert retry(mail)
    assert told == [("queued", mail.pk)]
    assert state(mail)[:2] == (Status.QUEUED, 0)
    smtp.refuse("451 later")
    send_due()
    assert state(mail)[0] == Status.QUEUED
    clock.shift(DELAYS[0])
    assert send_due() == 1


@pytest.mark.parametrize("status", [s for s in Status if s != Status.FAILED])
def test_only_a_failed_mail_is_tried_again(queue, status) -> None:
    assert not retry(queue(status=status))


def test_failed_mail_that_was_emptied_is_not_tried_again(queue) -> None:
    mail = queue(status=Status.FAILED, body=None)
    assert not retry(mail)


def test_failed_mail_of_a_blocked_person_is_not_tried_again(queue) -> None:
    person = DataSubject.objects.create()
    mail = queue(status=Status.FAILED, subject=person)
    rights = queue(status=Status.FAILED, subject=person, purpose=Purpose.RIGHTS)
    DataSubject.objects.update(blocked_at=timezone.now())
    assert not retry(mail)
    assert retry(rights)


@pytest.mark.parametrize("column", PERSONAL)
def test_unreadable_mail_fails_and_is_not_sent(smtp, queue, told, column) -> None:
    mail = queue(reply_to="x@example.com")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE outbox_outboundmail SET {column} = 'x'::bytea")
    assert send_due() == 0
    assert smtp.mails == []
    assert state(mail) == (Status.FAILED, 1, "unreadable")
    assert told == [("failed", mail.pk)]


def test_typed_marker_is_an_ordinary_word(smtp, queue) -> None:
    queue(subject_line=UNREADABLE_MARK)
    assert send_due() == 1


@pytest.mark.parametrize("address", ["", " "])
def test_mail_without_a_recipient_fails_rather_than_pretend(smtp, queue, address) -> None:
    mail = queue(to_address=address)
    assert send_due() == 0
    assert state(mail)[0] == Status.FAILED
    assert smtp.mails == []


def test_mail_of_which_no_message_can_be_made_fails_and_holds_up_no_other(smtp, queue) -> None:
    bad, good = queue(subject_line="Salam\r\nBcc: all@example.com"), queue()
    assert send_due() == 1
    assert state(bad) == (Status.FAILED, 1, "BadHeaderError")
    assert delivered(smtp) == [good.to_address]


def test_handler_that_fails_does_not_make_the_mail_go_twice(
    smtp, queue, monkeypatch, caplog
) -> None:
    def fail(mail: OutboundMail) -> None:
        DataSubject.objects.create()
        raise RuntimeError("who@example.com")

    monkeypatch.setitem(sending._HANDLERS, (Purpose.REPLY, Status.SENT), fail)
    mail = queue()
    with caplog.at_level(logging.CRITICAL):
        assert send_due() == 1
    assert state(mail)[0] == Status.SENT
    assert not DataSubject.objects.exists()
    assert [r.getMessage() for r in caplog.records] == [
        f"mail {mail.pk} is sent, but its record was not told: RuntimeError"
    ]


def test_database_that_goes_away_while_marking_leaves_the_mail_for_the_next_worker(
    smtp, queue, monkeypatch, clock
) -> None:
    def lose_connection(mail: OutboundMail) -> None:
        raise OperationalError

    monkeypatch.setitem(sending._HANDLERS, (Purpose.REPLY, Status.SENT), lose_connection)
    mail = queue()
    with pytest.raises(OperationalError):
        send_due()
    assert state(mail)[0] == Status.SENDING
    monkeypatch.delitem(sending._HANDLERS, (Purpose.REPLY, Status.SENT))
    clock.shift(timedelta(minutes=3))
    assert send_due() == 1
    assert len(smtp.mails) == 2  # the price of a lost mark: the same Message-ID once more
