"""A reply that was overtaken while it was written: nothing is mailed, and nothing typed is lost."""

from typing import Any

import pytest
from django.urls import reverse

from consent.models import ConsentEvent
from requests_inbox.admin import verbpage, verbs
from requests_inbox.admin.page import find_request
from requests_inbox.services import handling, replying
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    LIST,
    address,
    at,
    deliver,
    events,
    fresh,
    messages,
    page_of,
    replies,
    signed_in,
    travel,
)

pytestmark = pytest.mark.django_db


def told(response) -> list[str]:
    """What the page that follows says."""
    return [str(message) for message in response.context["messages"]]


def seen_by(user, item) -> str:
    """What the reply form on the page says that its writer saw."""
    form = signed_in(user).get(address("change", item)).context["reply_form"]
    return str(form["seen"].value())


def overtaken() -> tuple[Any, Any, str]:
    """Nigar opens the page at ten; at a quarter past ten her claim has run out and Kamran's reply
    leaves. The request, Nigar, and what she saw."""
    nigar, kamran = solutions_user(full_name="Nigar"), solutions_user(full_name="Kamran")
    with travel(23, 10):
        item = make_request()
        signed_in(nigar).post(address("write", item))
        seen = seen_by(nigar, item)
    with travel(23, 10, 15):
        signed_in(kamran).post(address("write", item))
        data = {"body": "Kamran's answer", "seen": seen_by(kamran, item)}
        assert signed_in(kamran).post(address("reply", item), data).status_code == 302
        deliver()
    return item, nigar, seen


def test_reply_that_was_overtaken_comes_back_and_is_sent_when_confirmed() -> None:
    item, nigar, seen = overtaken()
    with travel(23, 10, 20):
        data = {"body": "Nigar's answer", "seen": seen}
        response = signed_in(nigar).post(address("reply", item), data)

        assert (response.status_code, len(replies(item))) == (409, 1)
        text = response.content.decode().split('id="reply"')[1]
        for words in (
            "Nothing was sent yet",
            "Kamran&#x27;s answer",
            "accepted by the mail server",
            ">\nNigar&#x27;s answer</textarea>",
            "Send all the same",
        ):
            assert words in text
        assert (fresh(item).writing_by, fresh(item).writing_until) == (nigar, at(23, 10, 35))

        data["seen"] = response.context["reply_form"]["seen"].value()
        assert signed_in(nigar).post(address("reply", item), data).status_code == 302
    assert messages(item) == [("outgoing", "Kamran's answer"), ("outgoing", "Nigar's answer")]


def test_message_of_the_person_that_came_meanwhile_is_shown_before_sending() -> None:
    item, user = make_request(), solutions_user()
    replying.claim_writing(item, by=user)
    seen = seen_by(user, item)
    replying.message_received(
        item, at=item.received_at, channel="phone", body="No longer needed", by=make_user()
    )
    response = signed_in(user).post(address("reply", item), {"body": "Yes", "seen": seen})

    assert (response.status_code, replies(item)) == (409, [])
    assert [entry.body for entry in response.context["news"]] == ["No longer needed"]


def test_confirmation_covers_only_what_was_shown() -> None:
    item, user = make_request(), solutions_user()
    seen = ""
    for number in range(2):
        replying.message_received(
            item, at=item.received_at, channel="phone", body=f"More {number}", by=make_user()
        )
        response = signed_in(user).post(address("reply", item), {"body": "Yes", "seen": seen})
        assert [entry.body for entry in response.context["news"]] == [f"More {number}"]
        seen = response.context["reply_form"]["seen"].value()
    assert replies(item) == []


def test_notes_and_drafts_are_no_news_to_the_person() -> None:
    item, user, other = make_request(), solutions_user(), make_user()
    seen = ""
    handling.add_note(item, "A note", by=other)
    replying.save_draft(item, "A draft", by=other)
    response = signed_in(user).post(address("reply", item), {"body": "Yes", "seen": seen})

    assert (response.status_code, len(replies(item))) == (302, 1)


def test_draft_that_was_overtaken_is_kept_with_a_warning() -> None:
    item, nigar, seen = overtaken()
    data = {"body": "Half", "seen": seen}
    response = signed_in(nigar).post(address("draft", item), data, follow=True)

    assert told(response) == [
        "Draft saved.",
        "The thread has something new: please read it before you send.",
    ]


def test_refused_reply_prolongs_the_claim() -> None:
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
        replying.claim_writing(item, by=user)
    with travel(23, 10, 10):
        assert signed_in(user).post(address("reply", item), {"body": ""}).status_code == 422

    assert fresh(item).writing_until == at(23, 10, 25)


def handed_over_after(find, item) -> Any:
    """The request is found for the page, and at that moment it goes to the other company."""

    def found_in_time(model_admin, http, pk):
        found = find(model_admin, http, pk)
        handling.hand_over(fresh(item), "consulting", "field", by=make_user())
        return found

    return found_in_time


def refused_and_untouched(response, item) -> None:
    assert told(response) == [
        "A colleague was faster: this request has come to another company meanwhile."
    ]
    assert response.redirect_chain == [(reverse(LIST), 302)]
    assert (messages(item), fresh(item).writing_by, fresh(item).assigned_to) == ([], None, None)
    assert events(item) == ["received", "handed_over"]


@pytest.mark.parametrize("verb", ["write", "draft", "reply", "note", "take"])
def test_request_that_was_handed_over_at_this_moment_is_out_of_reach(verb, monkeypatch) -> None:
    item, user = make_request(service="cybersecurity"), solutions_user()
    monkeypatch.setattr(verbs, "find_request", handed_over_after(find_request, item))
    data = {"body": "My long answer"}
    response = signed_in(user).post(address(verb, item), data, follow=True)

    refused_and_untouched(response, item)
    assert 'id="reply"' not in page_of(consulting_user(), item)


@pytest.mark.parametrize("verb", ["answered", "received", "close", "hand-over"])
def test_pages_of_verbs_do_not_reach_it_either(verb, monkeypatch) -> None:
    with travel(23, 10):
        item, user = make_request(service="cybersecurity"), solutions_user()
    monkeypatch.setattr(verbpage, "find_request", handed_over_after(find_request, item))
    data = {"at": "2026-11-23T10:30", "channel": "phone", "note": "Text", "body": "Text"}
    choices = {"reason": "spam" if verb == "close" else "field", "to_entity": "consulting"}
    with travel(23, 11):
        client = signed_in(user)
        response = client.post(address(verb, item), data | choices, follow=True)

    refused_and_untouched(response, item)


def test_second_withdrawal_is_said_to_be_the_second() -> None:
    item, user = make_request(), solutions_user()
    handling.withdraw(item, method="withdrawal_link", actor=None)

    response = signed_in(user).post(address("withdraw", item), {"asked": "on"}, follow=True)
    assert told(response) == [
        f"{item.reference}: the withdrawal was recorded before; processing has stopped since then."
    ]
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1
