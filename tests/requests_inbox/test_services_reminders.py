"""Mail to staff two business hours before a reply is due and when it is, then to the DPO (E-4a)."""

import pytest
from django.db import DatabaseError, OperationalError, connection

from emsar.audit.models import Heartbeat
from emsar.outbox.models import OutboundMail, Purpose
from emsar.staff.models import User
from requests_inbox import reminders
from requests_inbox.models import ConsultationRequest
from requests_inbox.reminders import RemindersMissedError, remind, stage_of
from requests_inbox.services import handling, replying
from requests_inbox.tasks import remind_staff
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import at, block_person, travel

pytestmark = pytest.mark.django_db


def reminded() -> list[tuple[str, str]]:
    """To whom, and what: address and subject of every reminder, oldest first."""
    rows = OutboundMail.objects.filter(purpose=Purpose.STAFF).order_by("created_at", "key")
    return [(row.to_address, row.subject_line) for row in rows]


def monday_request(**fields) -> ConsultationRequest:
    """Came on Monday at ten, so it is due on Tuesday at six."""
    with travel(23, 10):
        return make_request(**fields)


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        (at(24, 15, 59), None),
        (at(24, 16), "reply_due_soon"),
        (at(24, 17, 59), "reply_due_soon"),
        (at(24, 18), "reply_due"),
        (at(24, 23, 59), "reply_due"),
        (at(25, 0), "reply_overdue:20261125"),
        (at(28, 12), "reply_overdue:20261128"),
    ],
)
def test_stage_follows_the_clock(moment, stage) -> None:
    assert stage_of(at(24, 18), moment) == stage


def test_two_hours_before_are_business_hours() -> None:
    """Due on Monday at ten: one of the two hours lies on Friday."""
    assert stage_of(at(23, 10), at(20, 16, 59)) is None
    assert stage_of(at(23, 10), at(20, 17)) == "reply_due_soon"


def test_companys_staff_are_told_before_and_when_it_is_due() -> None:
    solutions_user(email="it@example.com")
    consulting_user(email="tax@example.com")
    make_user(email="dpo@example.com")
    item = monday_request(service="cybersecurity")

    remind(at(24, 16))
    remind(at(24, 18))
    assert reminded() == [
        ("it@example.com", f"Reply to {item.reference} is due soon"),
        ("it@example.com", f"Reply to {item.reference} is due now"),
    ]


def test_dpo_is_told_each_day_after_and_the_staff_no_more() -> None:
    solutions_user(email="it@example.com")
    make_user(email="dpo@example.com")
    item = monday_request()

    for moment in (at(25, 0), at(25, 12), at(26, 9)):
        remind(moment)
    assert reminded() == [("dpo@example.com", f"Reply to {item.reference} is overdue")] * 2


def test_each_reminder_is_sent_once_however_often_it_runs() -> None:
    solutions_user()
    monday_request()

    for minute in range(3):
        remind(at(24, 16, minute))
    assert len(reminded()) == 1


def test_request_of_nobodys_is_everybodys() -> None:
    solutions_user(email="it@example.com")
    consulting_user(email="tax@example.com")
    monday_request(service="other")

    remind(at(24, 16))
    assert {address for address, _subject in reminded()} == {"it@example.com", "tax@example.com"}


def test_reminder_says_no_personal_data_and_links_to_the_request() -> None:
    solutions_user()
    item = monday_request(name="Aysel Məmmədova", email="aysel@example.com")
    remind(at(24, 16))

    (mail,) = OutboundMail.objects.filter(purpose=Purpose.STAFF)
    assert f"/admin/requests_inbox/consultationrequest/{item.pk}/change/" in mail.body
    assert "Aysel" not in mail.body + mail.subject_line
    assert "aysel" not in mail.body + mail.subject_line


def test_colleagues_without_address_or_account_are_left_out() -> None:
    solutions_user(email=None)
    solutions_user(is_active=False)
    monday_request()

    remind(at(24, 16))
    assert reminded() == []


@pytest.mark.parametrize("ended", ["replied", "closed", "withdrawn", "blocked"])
def test_nobody_is_reminded_of_what_needs_no_reply(ended: str) -> None:
    user = solutions_user()
    make_user()
    item = monday_request()
    with travel(24, 9):
        if ended == "replied":
            replying.answered_elsewhere(item, at=at(24, 9), channel="phone", note="", by=user)
        elif ended == "closed":
            handling.close(item, "no_answer_needed", by=user)
        elif ended == "withdrawn":
            handling.withdraw(item, method="withdrawal_link", actor=None)
        else:
            block_person(item)

    remind(at(24, 16))
    remind(at(25, 9))
    assert reminded() == []


def test_new_message_starts_a_new_row_of_reminders() -> None:
    user = solutions_user()
    item = monday_request()
    remind(at(24, 16))
    with travel(24, 17):
        replying.answered_elsewhere(item, at=at(24, 17), channel="phone", note="", by=user)
    with travel(25, 9):
        replying.message_received(item, at=at(25, 9), channel="phone", body="Hm?", by=user)

    remind(at(26, 16))
    assert len(reminded()) == 2


def unreadable_colleague() -> User:
    """Somebody whose address was written under a key that is lost."""
    user = solutions_user(email="odd@example.com")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_user SET email = 'garbage'::bytea WHERE id = %s", [user.pk])
    return user


def test_reader_who_cannot_be_written_to_keeps_nobody_else_waiting(caplog) -> None:
    odd = unreadable_colleague()
    solutions_user(email="it@example.com")
    items = [monday_request(), monday_request()]

    with pytest.raises(RemindersMissedError, match="2 requests"):
        remind(at(24, 16))
    assert {address for address, _subject in reminded()} == {"it@example.com"}
    assert len(reminded()) == len(items)
    said = [record.getMessage() for record in caplog.records if record.name == reminders.__name__]
    assert sorted(said) == sorted(
        f"no reminder of request {item.pk} to {odd.pk}: ValueError" for item in items
    )


def failing(problem: Exception, item: ConsultationRequest, monkeypatch) -> None:
    """Let the calendar have no answer for one request."""

    def stage(due, now):
        if due == item.reply_due_at:
            raise problem
        return stage_of(due, now)

    monkeypatch.setattr(reminders, "stage_of", stage)


def test_request_with_which_something_is_wrong_keeps_no_other_waiting(monkeypatch, caplog) -> None:
    solutions_user()
    with travel(23, 9):
        odd = make_request()
    ConsultationRequest.objects.update(reply_due_at=at(24, 17))
    odd.refresh_from_db()
    other = monday_request()
    failing(ValueError("Aysel"), odd, monkeypatch)

    with pytest.raises(RemindersMissedError, match="1 requests"):
        remind(at(24, 16))
    assert [subject for _address, subject in reminded()] == [
        f"Reply to {other.reference} is due soon"
    ]
    assert caplog.messages == [f"no reminder of request {odd.pk}: ValueError"]


def test_statement_that_the_database_refuses_keeps_nobody_waiting(monkeypatch) -> None:
    solutions_user(email="odd@example.com")
    solutions_user(email="it@example.com")
    monday_request()
    notify = reminders.notify

    def refused(readers, *args, **kwargs):
        if readers[0].email == "odd@example.com":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return notify(readers, *args, **kwargs)

    monkeypatch.setattr(reminders, "notify", refused)
    with pytest.raises(RemindersMissedError):
        remind(at(24, 16))
    assert [address for address, _subject in reminded()] == ["it@example.com"]


@pytest.mark.parametrize("where", ["stage_of", "notify"])
def test_outage_of_the_database_ends_the_job(monkeypatch, where: str) -> None:
    solutions_user()
    monday_request()

    def away(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(reminders, where, away)
    with pytest.raises(DatabaseError):
        remind(at(24, 16))


def test_job_that_missed_a_reminder_is_seen_as_failed() -> None:
    unreadable_colleague()
    monday_request()

    with travel(24, 16), pytest.raises(RemindersMissedError):
        remind_staff()
    assert not Heartbeat.objects.filter(job="remind_staff").exists()
