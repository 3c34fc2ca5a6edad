"""What happened outside this system: answers given elsewhere, and messages of the person."""

from datetime import timedelta

import pytest

from emsar.audit.models import AuditEvent
from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services import replying
from requests_inbox.services.due import due_under
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.handling import close
from tests.factories import consulting_user, make_request, solutions_user
from tests.requests_inbox.desk import (
    at,
    fresh,
    last_line,
    message_of,
    messages,
    replies,
    travel,
)

pytestmark = pytest.mark.django_db


def test_answer_given_elsewhere_counts_at_its_own_time() -> None:
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
    with travel(23, 15):
        replying.answered_elsewhere(item, at=at(23, 11), channel="phone", note="Rang.", by=user)

    now, message = fresh(item), message_of(item)
    assert (now.status, now.first_replied_at) == (Status.REPLIED, at(23, 11))
    assert (message.channel, message.state, message.at) == ("phone", "recorded", at(23, 11))
    assert replies(item) == []
    assert AuditEvent.objects.get(action="request.answered_elsewhere").detail == {
        "channel": "phone"
    }


@pytest.mark.parametrize("minutes", [-1, 61])
def test_answer_cannot_lie_before_the_request_or_in_the_future(minutes: int) -> None:
    with travel(23, 10):
        item = make_request()
    moment = at(23, 10) + timedelta(minutes=minutes)
    with travel(23, 11), pytest.raises(RequestStateError, match="between the arrival"):
        replying.answered_elsewhere(item, at=moment, channel="phone", note="", by=solutions_user())
    assert messages(item) == []


def test_older_answer_moves_the_first_reply_but_never_the_last_back() -> None:
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
    with travel(24, 10):
        replying.answered_elsewhere(item, at=at(24, 9), channel="email", note="", by=user)
        replying.answered_elsewhere(item, at=at(23, 16), channel="phone", note="", by=user)

    assert (fresh(item).first_replied_at, fresh(item).replied_at) == (at(23, 16), at(24, 9))


def test_answer_from_before_the_last_message_leaves_that_open() -> None:
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
        replying.answered_elsewhere(item, at=at(23, 10), channel="email", note="", by=user)
    with travel(24, 12):
        replying.message_received(item, at=at(24, 11), channel="email", body="And?", by=user)
        replying.answered_elsewhere(item, at=at(24, 9), channel="phone", note="", by=user)
        assert fresh(item).status == Status.IN_REVIEW
        replying.answered_elsewhere(item, at=at(24, 12), channel="phone", note="", by=user)

    assert fresh(item).status == Status.REPLIED


def test_message_after_a_reply_opens_a_new_term() -> None:
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
        replying.answered_elsewhere(item, at=at(23, 10), channel="email", note="", by=user)
    with travel(25, 9):
        replying.message_received(item, at=at(24, 11), channel="whatsapp", body="And?", by=user)

    now = fresh(item)
    assert (now.status, now.waiting_since, now.reply_due_at) == (
        Status.IN_REVIEW,
        at(24, 11),
        at(25, 18),
    )
    assert last_line(item).from_status == Status.REPLIED


def test_message_is_held_to_the_version_that_was_shown(monkeypatch) -> None:
    asked: list[object] = []

    def noting(received, shown):
        asked.append(shown)
        return due_under(received, shown)

    monkeypatch.setattr(replying, "due_under", noting)
    with travel(23, 10):
        item, user = make_request(), solutions_user()
        close(item, "no_answer_needed", by=user)
        replying.message_received(item, at=at(23, 10), channel="email", body="Hi", by=user)

    assert asked == [item.version]


def test_message_in_an_open_request_leaves_its_clock_alone() -> None:
    with travel(23, 10):
        item, user = make_request(), solutions_user()
    with travel(24, 10):
        replying.message_received(item, at=at(24, 9), channel="email", body="Well?", by=user)

    assert (fresh(item).reply_due_at, fresh(item).status) == (at(24, 18), Status.NEW)


def test_message_older_than_the_reply_asks_for_nothing() -> None:
    with travel(23, 10):
        item, user = make_request(), solutions_user()
    with travel(24, 10):
        replying.answered_elsewhere(item, at=at(24, 9), channel="email", note="", by=user)
        replying.message_received(item, at=at(24, 8), channel="phone", body="Late note", by=user)

    assert fresh(item).status == Status.REPLIED


def test_message_reopens_a_closed_request() -> None:
    with travel(23, 10):
        item, user = make_request(), solutions_user()
    with travel(24, 10):
        close(item, "spam", by=user)
    with travel(25, 10):
        replying.message_received(item, at=at(25, 9), channel="email", body="No spam!", by=user)

    now = fresh(item)
    assert (now.status, now.closed_at, now.close_reason) == (Status.IN_REVIEW, None, "")


def test_message_from_the_future_is_refused() -> None:
    item = make_request()
    moment = item.received_at + timedelta(days=1)
    with pytest.raises(RequestStateError, match="later than now"):
        replying.message_received(item, at=moment, channel="email", body="Hi", by=consulting_user())


@pytest.mark.parametrize(("second", "status"), [(0, Status.IN_REVIEW), (-1, Status.REPLIED)])
def test_message_of_the_minute_of_the_reply_may_have_come_after_it(second, status) -> None:
    """The form knows minutes, the mail server's answer knows seconds."""
    item, user = make_request(), solutions_user()
    ConsultationRequest.objects.update(
        status=Status.REPLIED, replied_at=at(24, 9) + timedelta(seconds=59)
    )
    moment = at(24, 9) + timedelta(seconds=second)
    with travel(24, 12):
        replying.message_received(item, at=moment, channel="email", body="And?", by=user)

    assert fresh(item).status == status


def test_reply_of_the_same_minute_answers_a_message_once_more_recorded() -> None:
    item, user = make_request(), solutions_user()
    ConsultationRequest.objects.update(status=Status.REPLIED, replied_at=at(24, 9))
    with travel(24, 12):
        replying.message_received(item, at=at(24, 9), channel="email", body="And?", by=user)
        replying.answered_elsewhere(item, at=at(24, 9), channel="phone", note="", by=user)

    assert fresh(item).status == Status.REPLIED
