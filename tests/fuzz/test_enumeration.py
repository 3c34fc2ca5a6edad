"""What an answer costs does not tell whether somebody is known to us."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from emsar.staff.access.inviting import invite
from emsar.staff.access.tokens import invitations, name_in_link
from tests.factories import make_request, make_user
from tests.requests_inbox.visiting import Visitor

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.com", "unknown@example.com"


@pytest.fixture(autouse=True)
def _known(settings) -> None:
    settings.FORM_LIMIT = 10**6
    make_request(email=KNOWN)


def verbs_of(act) -> list[str]:
    """The statements of an act, by their verbs, in their order."""
    with CaptureQueriesContext(connection) as queries:
        act()
    # Processes look at the publication counter by the clock, not by the visitor.
    texts = [query["sql"] for query in queries if "publicationcounter" not in query["sql"]]
    return [text.split()[0] for text in texts]


def test_form_costs_the_same() -> None:
    def send(address: str):
        return Visitor(Client()).open().send(email=address)

    send("first@example.com")  # what is read once a process
    assert send(KNOWN).status_code == 303
    assert verbs_of(lambda: send(KNOWN)) == verbs_of(lambda: send(UNKNOWN))


def test_my_data_costs_the_same() -> None:
    def ask(address: str):
        fields = {"email": address, "kind": "access", "details": ""}
        return Client().post("/en/my-data/", fields, headers={"Sec-Fetch-Site": "same-origin"})

    answers = [ask(address) for address in ("first@example.com", KNOWN, UNKNOWN)]
    assert len({answer.status_code for answer in answers}) == 1
    costs = {len(verbs_of(lambda a=address: ask(a))) for address in (KNOWN, UNKNOWN)}
    assert len(costs) == 1


@pytest.mark.parametrize("path", ["my-data/link", "my-data/address", "free-consultation/withdraw"])
def test_token_that_never_was_costs_the_same_whatever_is_typed(path) -> None:
    def open_and_post(typed: str) -> None:
        address = f"/en/{path}/{uuid.uuid4().hex}{'A' * 11}/"
        Client().get(address)
        Client().post(address, {"email": typed}, headers={"Sec-Fetch-Site": "same-origin"})

    open_and_post("first@example.com")
    assert verbs_of(lambda: open_and_post(KNOWN)) == verbs_of(lambda: open_and_post(UNKNOWN))


def test_dead_links_of_staff_cost_the_same_for_whoever_they_were() -> None:
    user = make_user(username="dpo")
    invite(user, actor=None)
    names = [name_in_link(user), name_in_link(make_user())]
    token = invitations.make_token(user)[:-1] + "0"
    costs = [
        verbs_of(lambda n=name: Client().get(f"/admin/invitation/{n}/{token}/")) for name in names
    ]
    assert costs[0] == costs[1]
