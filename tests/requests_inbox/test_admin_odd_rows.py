"""A row with an impossible moment is shown; it hides no other row and stops no reminder."""

from datetime import UTC, datetime

import pytest

from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.models import ConsultationRequest, Message
from requests_inbox.reminders import remind
from requests_inbox.services import replying
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import BAKU, at, fresh, listed, page_of, travel

pytestmark = pytest.mark.django_db

# In Baku's own time of those days this moment lies in the year before the year 1.
FIRST = datetime(1, 1, 1, tzinfo=BAKU)


def odd_request(moment: datetime = FIRST) -> ConsultationRequest:
    """As a slip of the keyboard left it, before such moments were refused."""
    with travel(23, 10):
        item = make_request(name="Odd")
        make_request(name="Plain")
    ConsultationRequest.objects.filter(pk=item.pk).update(
        received_at=moment, waiting_since=moment, reply_due_at=moment
    )
    return item


@pytest.mark.parametrize("moment", [FIRST, datetime(1900, 1, 1, tzinfo=BAKU)])
def test_odd_row_stands_in_the_list_and_has_a_page(moment: datetime) -> None:
    item = odd_request(moment)
    with travel(24, 10):
        user = solutions_user()
        assert listed(user) == ["Odd", "Plain"]
        assert "Odd" in page_of(user, item)


def test_odd_message_is_shown_too() -> None:
    item, user = odd_request(), solutions_user()
    ConsultationRequest.objects.update(replied_at=FIRST, first_replied_at=FIRST, status="replied")
    Message.objects.create(request=fresh(item), kind="incoming", body="Long ago", at=FIRST)

    assert "Long ago" in page_of(user, item)
    assert sorted(listed(user)) == ["Odd", "Plain"]


def test_odd_row_can_be_closed_by_an_answer() -> None:
    item, user = odd_request(), solutions_user()
    with travel(24, 10):
        replying.answered_elsewhere(fresh(item), at=at(24, 9), channel="phone", note="", by=user)
        assert "replied late" in page_of(user, item)


def test_odd_row_stops_no_reminder() -> None:
    odd_request()
    solutions_user(email="it@example.com")
    make_user(email="dpo@example.com")
    remind(at(24, 16))

    mails = OutboundMail.objects.filter(purpose=Purpose.STAFF)
    assert {mail.to_address for mail in mails} == {"it@example.com", "dpo@example.com"}


def test_moment_too_old_for_the_program_reads_as_the_first_that_is_not() -> None:
    item = fresh(odd_request())

    assert item.received_at == datetime(1, 1, 2, tzinfo=UTC)
    assert item.replied_at is None
