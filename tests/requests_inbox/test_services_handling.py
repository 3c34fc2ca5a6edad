"""Notes, assignment, closing, handing over (E-6.1a) and withdrawing (E-8g)."""

import pytest

from consent.models import ConsentEvent
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.models import Status as MailStatus
from requests_inbox.models import ConsultationRequest, Message, Status, Transfer
from requests_inbox.services import handling, replying
from requests_inbox.services.errors import BlockedError, RequestStateError
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    at,
    block_person,
    deliver,
    events,
    fresh,
    last_line,
    message_of,
    messages,
    replies,
    travel,
)

pytestmark = pytest.mark.django_db


def mails_about(item: ConsultationRequest) -> dict[str, str]:
    """Purpose and status of a request's mails, but for those that tell of a withdrawal."""
    found = OutboundMail.objects.filter(about=item.pk).exclude(purpose=Purpose.RIGHTS)
    return dict(found.values_list("purpose", "status"))


def test_note_is_kept_and_audited_without_its_words() -> None:
    item, user = make_request(), solutions_user()
    handling.add_note(item, "  Rings on Monday. ", by=user)

    assert messages(item) == [("note", "Rings on Monday.")]
    event = AuditEvent.objects.get(action="request.note")
    assert (event.actor, event.detail) == (user.pk, {})


def test_first_assignment_takes_a_new_request_into_review() -> None:
    item, user, dpo = make_request(), solutions_user(), make_user()
    handling.assign(item, user, by=dpo)

    now = fresh(item)
    assert (now.assigned_to, now.status) == (user, Status.IN_REVIEW)
    assert events(item)[1:] == ["assigned", "in_review"]
    assigned = item.history.get(event="assigned")
    assert (assigned.actor, assigned.reason) == (dpo.pk, str(user.pk))


def test_assigning_the_same_colleague_again_changes_nothing() -> None:
    item, user = make_request(), solutions_user()
    handling.assign(item, user, by=user)
    handling.assign(fresh(item), user, by=user)

    assert events(item).count("assigned") == 1


def test_assignment_can_be_taken_back() -> None:
    item, user = make_request(), solutions_user()
    handling.assign(item, user, by=user)
    handling.assign(item, None, by=user)

    assert fresh(item).assigned_to is None
    assert events(item)[-1] == "unassigned"


@pytest.mark.parametrize("role", ["administrator", "auditor", "consulting", "inactive"])
def test_nobody_is_assigned_who_may_not_see_the_request(role: str) -> None:
    item = make_request(service="cybersecurity")
    chosen = {
        "consulting": consulting_user,
        "inactive": lambda: solutions_user(is_active=False),
    }.get(role, lambda: make_user(role))()

    with pytest.raises(RequestStateError, match="may not see"):
        handling.assign(item, chosen, by=make_user())
    assert (fresh(item).assigned_to, fresh(item).status) == (None, Status.NEW)


@pytest.mark.parametrize("reason", ["no_answer_needed", "spam", "duplicate"])
def test_close_says_why_and_when(reason: str) -> None:
    item, user = make_request(), solutions_user()
    with travel(24, 10):
        handling.close(item, reason, by=user)

    now = fresh(item)
    assert (now.status, now.closed_at, now.close_reason) == (Status.CLOSED, at(24, 10), reason)
    assert (last_line(item).event, last_line(item).reason) == ("closed", reason)
    assert AuditEvent.objects.get(action="request.close").detail == {"reason": reason}


def test_close_twice_is_refused_in_words() -> None:
    item, user = make_request(), solutions_user()
    handling.close(item, "spam", by=user)

    with pytest.raises(RequestStateError, match="status “closed”"):
        handling.close(item, "spam", by=user)
    assert events(item).count("closed") == 1


def test_unknown_reason_for_closing_is_an_error() -> None:
    item = make_request()
    with pytest.raises(ValueError, match="bored"):
        handling.close(item, "bored", by=solutions_user())


def test_hand_over_writes_the_transfer_and_mails_the_new_mailbox() -> None:
    item, user = make_request(service="cybersecurity", email="a@example.com"), solutions_user()
    handling.assign(item, user, by=user)
    replying.claim_writing(item, by=user)
    transfer = handling.hand_over(item, "consulting", "field", by=user)

    now = fresh(item)
    assert (now.entity_id, now.assigned_to, now.writing_by) == ("consulting", None, None)
    assert (transfer.from_entity, transfer.to_entity, transfer.actor, transfer.reason) == (
        "solutions",
        "consulting",
        user.pk,
        "field",
    )
    assert (transfer.request, transfer.subject) == (item.pk, item.subject_id)
    assert transfer.fields == ["name", "email", "service", "project"]
    assert Transfer.objects.get().intact()
    mail = OutboundMail.objects.get(key=f"request:{item.pk}:staff:{transfer.uid}")
    assert (mail.to_address, mail.reply_to) == ("info@emsarconsulting.az", "a@example.com")
    assert item.reference in mail.subject_line
    assert events(item)[-1] == "handed_over"


def test_hand_over_keeps_the_clock() -> None:
    with travel(23, 10):
        item = make_request()
    with travel(24, 10):
        handling.hand_over(item, "consulting", "field", by=make_user())

    assert fresh(item).reply_due_at == item.reply_due_at


def test_hand_over_twice_is_refused() -> None:
    item, dpo = make_request(), make_user()
    handling.hand_over(item, "consulting", "field", by=dpo)

    with pytest.raises(RequestStateError, match="already"):
        handling.hand_over(fresh(item), "consulting", "field", by=dpo)
    assert Transfer.objects.count() == 1


def test_request_of_nobodys_is_taken_over_for_ones_own_company_only() -> None:
    item, user = make_request(service="other"), solutions_user()
    with pytest.raises(RequestStateError, match="your own company"):
        handling.hand_over(item, "consulting", "take_over", by=user)

    transfer = handling.hand_over(item, "solutions", "take_over", by=user)
    assert (transfer.from_entity, fresh(item).entity_id) == ("", "solutions")


def test_dpo_gives_a_request_of_nobodys_to_either_company() -> None:
    item = make_request(service="other")
    handling.hand_over(item, "consulting", "take_over", by=make_user())

    assert fresh(item).entity_id == "consulting"


def test_replied_request_can_be_handed_over() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    deliver()
    handling.hand_over(fresh(item), "consulting", "asked", by=user)

    assert (fresh(item).entity_id, fresh(item).status) == ("consulting", Status.REPLIED)


@pytest.mark.parametrize(
    "verb",
    [
        lambda item, by: handling.add_note(item, "Text", by=by),
        lambda item, by: handling.assign(item, by, by=by),
        lambda item, by: handling.close(item, "spam", by=by),
        lambda item, by: handling.hand_over(item, "consulting", "field", by=by),
    ],
    ids=["note", "assign", "close", "hand_over"],
)
def test_nothing_is_done_with_blocked_or_withdrawn_requests(verb) -> None:
    blocked, stopped, dpo = make_request(), make_request(), make_user()
    block_person(blocked)
    handling.withdraw(stopped, method="withdrawal_link", actor=None)
    before = (len(events(blocked)), len(events(stopped)))

    with pytest.raises(BlockedError):
        verb(blocked, dpo)
    with pytest.raises(RequestStateError):
        verb(fresh(stopped), dpo)
    assert (len(events(blocked)), len(events(stopped))) == before
    assert Transfer.objects.count() == 0


def test_block_covers_what_exists_and_nothing_later() -> None:
    earlier = make_request(email="same@example.com")
    block_person(earlier)
    later = make_request(email="same@example.com")

    handling.add_note(later, "New request", by=make_user())
    with pytest.raises(BlockedError):
        handling.add_note(earlier, "Old one", by=make_user())


def test_withdrawal_is_recorded_and_stops_everything_at_once() -> None:
    item, user = make_request(), solutions_user()
    handling.assign(item, user, by=user)
    replying.claim_writing(item, by=user)
    replying.save_draft(item, "Half", by=solutions_user())
    replying.send_reply(item, "Whole", by=user)
    with travel(24, 10):
        event = handling.withdraw(item, method=ConsentEvent.Method.STAFF, actor=user)

    now = fresh(item)
    assert (event.kind, event.method, event.about) == ("withdrawn", "staff", item.pk)
    assert (now.status, now.closed_at, now.assigned_to, now.writing_by) == (
        Status.WITHDRAWN,
        at(24, 10),
        None,
        None,
    )
    assert set(mails_about(item).values()) == {MailStatus.CANCELLED}
    assert replies(item)[0].body is None
    assert messages(item) == [("outgoing", "Whole")]
    assert message_of(item).state == Message.State.FAILED


def test_withdrawing_twice_is_one_withdrawal() -> None:
    item = make_request()
    first = handling.withdraw(item, method="withdrawal_link", actor=None)
    second = handling.withdraw(fresh(item), method="staff", actor=make_user())

    assert first == second
    assert events(item).count("consent_withdrawn") == 1


def test_withdrawal_is_possible_while_blocked() -> None:
    item = make_request()
    block_person(item)
    handling.withdraw(item, method="withdrawal_link", actor=None)

    assert fresh(item).status == Status.WITHDRAWN


def test_without_consent_there_is_nothing_to_withdraw() -> None:
    item = make_request()
    ConsultationRequest.objects.filter(pk=item.pk).update(consent=None)

    with pytest.raises(RequestStateError, match="No consent"):
        handling.withdraw(item, method="staff", actor=make_user())
    assert fresh(item).status == Status.NEW


def test_acknowledgement_that_waits_is_cancelled_too() -> None:
    item = make_request()
    handling.withdraw(item, method="withdrawal_link", actor=None)

    assert mails_about(item) == {
        Purpose.ROUTING: MailStatus.CANCELLED,
        Purpose.ACKNOWLEDGEMENT: MailStatus.CANCELLED,
    }
