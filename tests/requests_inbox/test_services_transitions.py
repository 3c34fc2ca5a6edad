"""One conditional UPDATE and one dated row a change; a colleague who was faster wins."""

import pytest

from requests_inbox.models import OPEN, ConsultationRequest, HistoryEntry, Status
from requests_inbox.services import handling, replying
from requests_inbox.services.errors import BlockedError, RequestStateError
from requests_inbox.services.transitions import (
    guard_not_blocked,
    lock,
    lock_anywhere,
    note_event,
    transition,
)
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    at,
    block_person,
    deliver,
    events,
    fresh,
    last_line,
    messages,
    travel,
)

pytestmark = pytest.mark.django_db


def test_transition_writes_status_columns_and_history() -> None:
    item, user = make_request(), make_user()
    transition(
        item,
        Status.CLOSED,
        event="closed",
        actor=user.pk,
        allowed=OPEN,
        reason="spam",
        closed_at=at(24),
        close_reason="spam",
    )

    now, line = fresh(item), last_line(item)
    assert (now.status, now.closed_at, now.close_reason) == (Status.CLOSED, at(24), "spam")
    assert (line.from_status, line.to_status, line.actor, line.reason) == (
        Status.NEW,
        Status.CLOSED,
        user.pk,
        "spam",
    )


def test_transition_moves_the_last_day_kept() -> None:
    item = make_request()
    transition(item, Status.REPLIED, event="replied", actor=None, allowed=OPEN, replied_at=at(24))

    assert fresh(item).destroy_after.isoformat() == "2027-11-24"


def test_transition_from_another_status_is_refused_and_writes_nothing() -> None:
    item = make_request()
    with pytest.raises(RequestStateError, match="status “new”"):
        transition(item, Status.CLOSED, event="closed", actor=None, allowed=[Status.REPLIED])

    assert (fresh(item).status, events(item)) == (Status.NEW, ["received"])


def test_colleague_who_was_faster_wins() -> None:
    item = make_request()
    stale = fresh(item)
    transition(item, Status.IN_REVIEW, event="in_review", actor=None, allowed=OPEN)

    with pytest.raises(RequestStateError):
        transition(stale, Status.CLOSED, event="closed", actor=None, allowed=OPEN)
    assert (fresh(item).status, events(item)) == (Status.IN_REVIEW, ["received", "in_review"])


def test_block_is_looked_up_at_the_moment_of_the_change() -> None:
    item = ConsultationRequest.objects.select_related("subject").get(pk=make_request().pk)
    block_person(item)

    with pytest.raises(BlockedError):
        transition(item, Status.IN_REVIEW, event="in_review", actor=None, allowed=OPEN)
    transition(
        item,
        Status.WITHDRAWN,
        event="consent_withdrawn",
        actor=None,
        allowed=OPEN,
        even_if_blocked=True,
        closed_at=at(24),
    )
    assert fresh(item).status == Status.WITHDRAWN


def test_guard_lets_pass_what_came_after_the_block() -> None:
    with travel(23, 10):
        earlier = make_request(email="same@example.com")
    with travel(24, 10):
        block_person(earlier)
    with travel(25, 10):
        later = make_request(email="same@example.com")

    guard_not_blocked(later)
    with pytest.raises(BlockedError):
        guard_not_blocked(earlier)


def test_note_event_changes_no_status() -> None:
    item = make_request()
    note_event(item, "handed_over", actor=None, reason="field")

    line = last_line(item)
    assert (line.event, line.from_status, line.to_status, line.reason) == (
        "handed_over",
        Status.NEW,
        Status.NEW,
        "field",
    )
    assert HistoryEntry.objects.count() == 2


def test_lock_refuses_a_request_that_has_come_to_another_company() -> None:
    item = make_request(service="cybersecurity")
    stale = fresh(item)
    ConsultationRequest.objects.update(entity="consulting")

    with pytest.raises(RequestStateError, match="A colleague was faster"):
        lock(stale)
    assert lock_anywhere(stale).entity_id == "consulting"
    assert lock(fresh(item)).entity_id == "consulting"


@pytest.mark.parametrize(
    "verb",
    [
        lambda item, by: handling.add_note(item, "Text", by=by),
        lambda item, by: handling.assign(item, by, by=by),
        lambda item, by: handling.close(item, "spam", by=by),
        lambda item, by: handling.hand_over(item, "consulting", "field", by=by),
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
)
def test_every_verb_looks_for_the_company_again(verb) -> None:
    stale, user = make_request(service="cybersecurity"), solutions_user()
    handling.hand_over(fresh(stale), "consulting", "field", by=user)
    before = fresh(stale)

    with pytest.raises(RequestStateError, match="A colleague was faster"):
        verb(stale, user)
    now = fresh(stale)
    assert (now.status, now.assigned_to, now.writing_by) == (before.status, None, None)
    assert (messages(stale), events(stale)) == ([], ["received", "handed_over"])


def test_mail_that_left_counts_although_the_request_was_handed_over_meanwhile() -> None:
    item, user = make_request(service="cybersecurity"), solutions_user()
    replying.send_reply(item, "Text", by=user)
    handling.hand_over(item, "consulting", "field", by=user)
    deliver()

    assert fresh(item).status == Status.REPLIED


def test_person_may_withdraw_whichever_company_has_the_request_by_now() -> None:
    stale = make_request(service="cybersecurity")
    handling.hand_over(fresh(stale), "consulting", "field", by=make_user())
    handling.withdraw(stale, method="withdrawal_link", actor=None)

    assert fresh(stale).status == Status.WITHDRAWN
