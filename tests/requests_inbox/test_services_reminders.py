"""Mail to staff two business hours before a reply is due and when it is, then to the DPO (E-4a)."""

import pytest

from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.models import ConsultationRequest
from requests_inbox.reminders import remind, stage_of
from requests_inbox.services import handling, replying
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
