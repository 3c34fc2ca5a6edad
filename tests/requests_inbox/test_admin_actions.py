"""What is done to several requests of the list at once."""

import pytest
from django.urls import reverse

from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services import handling
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import LIST, block_person, events, fresh, signed_in

pytestmark = pytest.mark.django_db


def act(user, action: str, *items: ConsultationRequest, **data: str):
    chosen = {"action": action, "_selected_action": [str(item.pk) for item in items]}
    return signed_in(user).post(reverse(LIST), {**chosen, **data}, follow=True)


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_take_assigns_the_chosen_ones_to_me() -> None:
    first, second, third = make_request(), make_request(), make_request()
    user = solutions_user()
    response = act(user, "take", first, second)

    assert told(response) == ["2 requests are yours."]
    workers = [fresh(item).assigned_to for item in (first, second, third)]
    assert workers == [user, user, None]


def test_take_tells_which_ones_it_could_not_take() -> None:
    good, stopped = make_request(), make_request()
    handling.withdraw(stopped, method="withdrawal_link", actor=None)
    response = act(solutions_user(), "take", good, stopped)

    assert "1 request is yours." in told(response)
    (refusal,) = [words for words in told(response) if words.startswith(stopped.reference)]
    assert "consent withdrawn" in refusal
    assert fresh(stopped).assigned_to is None


@pytest.mark.parametrize("action", ["close_as_spam", "close_as_duplicate"])
def test_closing_several_asks_first(action) -> None:
    first, second = make_request(name="Aysel"), make_request(name="Rena")
    response = act(solutions_user(), action, first, second)

    text = response.content.decode()
    assert "Close 2 requests" in text
    for item in (first, second):
        assert item.reference in text
        assert f'value="{item.pk}"' in text
    assert [fresh(item).status for item in (first, second)] == [Status.NEW, Status.NEW]


@pytest.mark.parametrize(
    ("action", "reason"), [("close_as_spam", "spam"), ("close_as_duplicate", "duplicate")]
)
def test_confirmed_closing_closes_the_chosen_ones(action, reason) -> None:
    first, second, third = make_request(), make_request(), make_request()
    response = act(solutions_user(), action, first, second, confirmed="yes")

    assert told(response) == ["2 requests were closed."]
    assert [fresh(item).close_reason for item in (first, second, third)] == [reason, reason, ""]
    assert events(first)[-1] == "closed"


def test_closing_tells_which_ones_it_could_not_close() -> None:
    good, blocked = make_request(), make_request()
    block_person(blocked)
    response = act(make_user(), "close_as_spam", good, blocked, confirmed="yes")

    assert "1 request was closed." in told(response)
    assert any("blocked" in words for words in told(response))
    assert (fresh(good).status, fresh(blocked).status) == (Status.CLOSED, Status.NEW)


def test_there_is_no_action_that_deletes() -> None:
    response = signed_in(make_user()).get(reverse(LIST))
    make_request()
    choices = signed_in(make_user()).get(reverse(LIST)).context["action_form"].fields["action"]

    assert response.status_code == 200
    assert [name for name, _words in choices.choices] == [
        "",
        "take",
        "close_as_spam",
        "close_as_duplicate",
    ]
