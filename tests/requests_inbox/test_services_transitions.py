"""One conditional UPDATE and one dated row a change; a colleague who was faster wins."""

import pytest

from requests_inbox.models import OPEN, ConsultationRequest, HistoryEntry, Status
from requests_inbox.services.errors import BlockedError, RequestStateError
from requests_inbox.services.transitions import guard_not_blocked, note_event, transition
from tests.factories import make_request, make_user
from tests.requests_inbox.desk import at, block_person, events, fresh, last_line, travel

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
