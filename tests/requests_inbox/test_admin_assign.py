"""Who works on it: taking, giving, and who is offered."""

import pytest
from django.test import Client

from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    address,
    fresh,
    signed_in,
)

pytestmark = pytest.mark.django_db


def told(response) -> list[str]:
    """What the page that follows says."""
    return [str(message) for message in response.context["messages"]]


def send(client: Client, verb: str, item, **data: str):
    return client.post(address(verb, item), data, follow=True)


def test_take_and_give() -> None:
    item, user, colleague = make_request(), solutions_user(), solutions_user(full_name="Kamran")
    client = signed_in(user)

    assert told(send(client, "take", item)) == ["This request is yours."]
    assert fresh(item).assigned_to == user
    assert told(send(client, "assign", item, to=str(colleague.pk))) == ["Kamran works on it now."]
    assert fresh(item).assigned_to == colleague
    assert told(send(client, "assign", item, to="")) == ["Nobody works on it now."]
    assert fresh(item).assigned_to is None


def test_only_colleagues_who_may_see_the_request_are_offered() -> None:
    item = make_request(service="cybersecurity")
    mine, dpo = solutions_user(), make_user()
    foreign = consulting_user()
    for user in (foreign, make_user("administrator"), make_user("auditor")):
        response = send(signed_in(mine), "assign", item, to=str(user.pk))
        assert told(response) == ["Please choose a colleague who may see this request."]
    field = response.context["assign_form"].fields["to"]

    assert set(field.queryset) == {mine, dpo}
    assert fresh(item).assigned_to is None


def test_anybodys_staff_can_be_given_a_request_of_nobodys() -> None:
    item, foreign = make_request(service="other"), consulting_user()
    send(signed_in(solutions_user()), "assign", item, to=str(foreign.pk))

    assert fresh(item).assigned_to == foreign
