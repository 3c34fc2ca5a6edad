"""The verbs with a page of their own say what will happen, do it, and tell what is refused."""

import pytest
from django.urls import reverse

from consent.models import ConsentEvent
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.models import ConsultationRequest, Status, Transfer
from requests_inbox.services import handling, replying
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    LIST,
    address,
    at,
    block_person,
    events,
    fresh,
    message_of,
    messages,
    signed_in,
    travel,
)

pytestmark = pytest.mark.django_db


def monday_request(**fields) -> ConsultationRequest:
    with travel(23, 10):
        return make_request(**fields)


def open_page(user, verb: str, item) -> str:
    response = signed_in(user).get(address(verb, item))
    assert response.status_code == 200
    return response.content.decode()


def do(user, verb: str, item, **data: str):
    return signed_in(user).post(address(verb, item), data)


def told(user, verb: str, item, **data: str) -> list[str]:
    response = signed_in(user).post(address(verb, item), data, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_answer_given_by_phone_is_recorded_at_its_time() -> None:
    item, user = monday_request(), solutions_user()
    with travel(23, 15):
        response = do(
            user, "answered", item, at="2026-11-23T11:30", channel="phone", note="Rang back."
        )

    assert response["Location"] == address("change", item)
    now, message = fresh(item), message_of(item)
    assert (now.status, now.replied_at) == (Status.REPLIED, at(23, 11, 30))
    assert (message.channel, message.body, message.author) == ("phone", "Rang back.", user)


def test_answer_in_the_minute_of_the_request_counts() -> None:
    """The field knows no seconds, the request does."""
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
    ConsultationRequest.objects.update(received_at=at(23, 10).replace(second=40))
    with travel(23, 11):
        do(user, "answered", item, at="2026-11-23T10:00", channel="phone", note="")

    assert fresh(item).replied_at == at(23, 10).replace(second=40)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23T09:59", "before the request came in"),
        ("0001-01-01T00:00", "too far in the past"),
        ("2026-11-23T15:01", "lies in the future"),
        ("2026-02-30T10:00", "valid date"),
        ("", "required"),
    ],
)
@pytest.mark.parametrize("verb", ["answered", "received"])
def test_moment_that_cannot_be_is_refused_beside_its_field(verb, moment, words) -> None:
    item, user = monday_request(), solutions_user()
    with travel(23, 15):
        response = do(user, verb, item, at=moment, channel="phone", note="Kept", body="Kept")

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["at"]
    assert words in response.content.decode()
    assert "Kept</textarea>" in response.content.decode()
    assert messages(item) == []


@pytest.mark.parametrize("verb", ["answered", "received"])
def test_unknown_channel_is_refused(verb) -> None:
    item, user = monday_request(), solutions_user()
    with travel(23, 15):
        response = do(user, verb, item, at="2026-11-23T11:00", channel="pigeon", body="Text")

    assert (response.status_code, messages(item)) == (422, [])


def test_message_received_reopens_a_closed_request() -> None:
    item, user = monday_request(), solutions_user()
    with travel(24, 9):
        handling.close(item, "spam", by=user)
    with travel(24, 15):
        words = told(
            user, "received", item, at="2026-11-24T14:00", channel="whatsapp", body="No spam!"
        )

    assert words == [f"{item.reference}: the message was added."]
    assert (fresh(item).status, fresh(item).reply_due_at) == (Status.IN_REVIEW, at(25, 18))
    assert messages(item) == [("incoming", "No spam!")]


@pytest.mark.parametrize("reason", ["no_answer_needed", "spam", "duplicate"])
def test_close_asks_for_a_reason_and_closes(reason) -> None:
    item, user = make_request(), solutions_user()
    assert "To undo it, add a message received" in open_page(user, "close", item)

    assert told(user, "close", item, reason=reason) == [f"{item.reference}: closed."]
    assert (fresh(item).status, fresh(item).close_reason) == (Status.CLOSED, reason)


def test_close_without_a_reason_is_refused() -> None:
    item = make_request()

    assert do(solutions_user(), "close", item).status_code == 422
    assert fresh(item).status == Status.NEW


def test_closing_what_a_colleague_has_closed_is_told_in_words() -> None:
    item, user = make_request(), solutions_user()
    handling.close(item, "spam", by=make_user())
    response = do(user, "close", item, reason="duplicate")

    assert response.status_code == 409
    assert "status “closed”" in response.content.decode()
    assert fresh(item).close_reason == "spam"


def test_hand_over_shows_what_is_passed_on_and_to_which_mailbox() -> None:
    item = make_request(name="Aysel", email="aysel@example.com", company="Xəzər", project="A wish")
    user = solutions_user()
    handling.add_note(item, "A note", by=user)
    replying.save_draft(item, "A draft", by=user)
    response = signed_in(user).get(address("hand-over", item))

    assert response.context["preview"] == [
        ("name", "Aysel"),
        ("email", "aysel@example.com"),
        ("company", "Xəzər"),
        ("service", "Cybersecurity"),
        ("project information", "A wish"),
        ("messages and internal notes", "1"),
    ]
    form = response.context["form"]
    assert form.fields["to_entity"].choices == [
        ("consulting", "EMSAR CONSULTING LLC (info@emsarconsulting.az)")
    ]


def test_hand_over_leads_back_to_the_list_because_the_request_is_gone() -> None:
    item, user = make_request(service="cybersecurity"), solutions_user()
    response = do(user, "hand-over", item, to_entity="consulting", reason="field")

    assert response["Location"] == reverse(LIST)
    assert fresh(item).entity_id == "consulting"
    transfer = Transfer.objects.get()
    assert (transfer.actor, transfer.reason) == (user.pk, "field")
    assert signed_in(consulting_user()).get(address("change", item)).status_code == 200


def test_hand_over_by_the_dpo_leads_back_to_the_request() -> None:
    item = make_request(service="cybersecurity")
    response = do(make_user(), "hand-over", item, to_entity="consulting", reason="both")

    assert response["Location"] == address("change", item)


@pytest.mark.parametrize(
    "data",
    [
        {"to_entity": "consulting"},
        {"reason": "field"},
        {"to_entity": "solutions", "reason": "field"},
        {"to_entity": "elsewhere", "reason": "field"},
        {"to_entity": "consulting", "reason": "take_over"},
        {"to_entity": "consulting", "reason": "because"},
    ],
)
def test_hand_over_needs_another_company_and_a_reason(data) -> None:
    item = make_request(service="cybersecurity")

    assert do(solutions_user(), "hand-over", item, **data).status_code == 422
    assert (fresh(item).entity_id, Transfer.objects.count()) == ("solutions", 0)


def test_request_of_nobodys_is_taken_over() -> None:
    item, user = make_request(service="other"), solutions_user()
    form = signed_in(user).get(address("hand-over", item)).context["form"]
    assert [slug for slug, _name in form.fields["to_entity"].choices] == ["solutions"]

    response = do(user, "hand-over", item, to_entity="solutions", reason="take_over")
    assert response["Location"] == address("change", item)
    assert fresh(item).entity_id == "solutions"
    assert do(user, "hand-over", item, to_entity="solutions", reason="field").status_code == 422


def test_request_of_nobodys_is_not_pushed_to_the_other_company() -> None:
    item = make_request(service="other")
    response = do(solutions_user(), "hand-over", item, to_entity="consulting", reason="take_over")

    assert (response.status_code, fresh(item).entity_id) == (422, None)


def test_withdrawal_asks_twice_and_stops_everything() -> None:
    item, user = make_request(), solutions_user()
    assert "cannot be undone" in open_page(user, "withdraw", item).replace("\n", " ")
    assert do(user, "withdraw", item).status_code == 422
    assert fresh(item).status == Status.NEW

    words = told(user, "withdraw", item, asked="on")
    assert words == [f"{item.reference}: the withdrawal was recorded and processing has stopped."]
    assert fresh(item).status == Status.WITHDRAWN
    event = ConsentEvent.objects.get(kind="withdrawn")
    assert (event.method, event.about) == ("staff", item.pk)
    assert AuditEvent.objects.get(action="consent.withdraw").actor == user.pk
    queued = OutboundMail.objects.filter(about=item.pk, status="queued")
    assert set(queued.values_list("purpose", flat=True)) == {Purpose.RIGHTS}


def test_withdrawal_without_consent_is_told_in_words() -> None:
    item = make_request()
    ConsultationRequest.objects.filter(pk=item.pk).update(consent=None)
    response = do(solutions_user(), "withdraw", item, asked="on")

    assert response.status_code == 409
    assert "No consent was given for this request by the form." in response.content.decode()


def test_dpo_records_a_withdrawal_of_blocked_records() -> None:
    item = make_request()
    block_person(item)
    do(make_user(), "withdraw", item, asked="on")

    assert fresh(item).status == Status.WITHDRAWN


FILLED = {
    "answered": {"at": "2026-11-23T11:00", "channel": "phone", "note": "Typed words"},
    "received": {"at": "2026-11-23T11:00", "channel": "phone", "body": "Typed words"},
    "close": {"reason": "spam"},
    "hand-over": {"to_entity": "consulting", "reason": "field"},
}


@pytest.mark.parametrize("verb", FILLED)
def test_blocked_records_are_refused_in_words(verb) -> None:
    item = monday_request()
    with travel(23, 12):
        block_person(item)
        response = do(make_user(), verb, item, **FILLED[verb])

    assert response.status_code == 409
    text = response.content.decode()
    assert "The records of this person are blocked." in text
    assert events(item) == ["received"]
    if "Typed words" in FILLED[verb].values():
        assert "Typed words</textarea>" in text


@pytest.mark.parametrize("verb", FILLED)
def test_withdrawn_requests_are_refused_in_words(verb) -> None:
    item = monday_request()
    with travel(23, 12):
        handling.withdraw(item, method="withdrawal_link", actor=None)
        response = do(make_user(), verb, item, **FILLED[verb])

    assert response.status_code == 409
    assert "consent withdrawn" in response.content.decode()


@pytest.mark.parametrize("verb", [*FILLED, "withdraw"])
def test_page_names_the_request_and_leads_back(verb) -> None:
    item = make_request()
    text = open_page(solutions_user(), verb, item)

    assert item.reference in text
    assert f'href="{address("change", item)}"' in text
