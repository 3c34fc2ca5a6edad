"""What an answer costs does not tell whether somebody is known to us."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emsar.staff.access.inviting import invite
from emsar.staff.access.tokens import invitations, name_in_link, passwords
from emsar.staff.models import Role, User
from emsar.subjects import links
from requests_inbox.services.receive import WITHDRAWAL
from tests.factories import make_request, make_user
from tests.fuzz.live import DAY, Live, my_data_link, new_address, stranger, withdrawal
from tests.requests_inbox.visiting import Visitor
from tests.staff.access.entering import LOGIN, give_factor

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.com", "never@example.com"
HOME = {"Sec-Fetch-Site": "same-origin"}
FORGOTTEN = reverse("admin:forgotten")
Cost = tuple[int, list[str]]


@pytest.fixture(autouse=True)
def _known(settings) -> None:
    settings.FORM_LIMIT = settings.STAFF_RESET_LIMIT = 10**6
    make_request(email=KNOWN)


def cost(act: Callable[[], HttpResponse]) -> Cost:
    """The status of the answer, and the statements before it, by their verbs, in their order."""
    with CaptureQueriesContext(connection) as queries:
        response = act()
    # Nobody knows the text of what PostgreSQL keeps prepared: that is the counter's own statement.
    texts = [query["sql"] or "WITH" for query in queries]
    # Processes look at the publication counter by the clock, not by the visitor.
    return response.status_code, [t.split()[0] for t in texts if "publicationcounter" not in t]


def costs(send: Callable[[str], HttpResponse], *typed: str) -> list[Cost]:
    """What each of these costs; one before them, for what is kept."""
    send("before@example.com")
    return [cost(lambda words=words: send(words)) for words in typed]


def alike(found: list[Cost]) -> bool:
    return all(one == found[0] for one in found)


@pytest.mark.parametrize("wrong", [{}, {"name": ""}, {"service": "x"}])
def test_form_costs_the_same(wrong) -> None:
    """Each address that we do not know is another one: afterwards we know it."""

    def send(address: str) -> HttpResponse:
        return Visitor(stranger()).open().send(email=address, **wrong)

    found = costs(send, KNOWN, UNKNOWN, KNOWN, "stranger@example.com")
    assert found[0][0] == (422 if wrong else 303)
    assert alike(found), found


@pytest.mark.parametrize("fields", [{"kind": ["access", "deletion"]}, {"again": "1"}, {}])
def test_my_data_costs_the_same(fields) -> None:
    def ask(address: str) -> HttpResponse:
        return stranger().post("/en/my-data/", {"email": address, **fields}, headers=HOME)

    found = costs(ask, KNOWN, UNKNOWN)
    assert found[0][0] == (303 if fields else 422)
    assert alike(found), found


@pytest.mark.parametrize("opened", [my_data_link, new_address])
def test_live_link_costs_the_same_whatever_foreign_address_is_typed(opened) -> None:
    door: Live = opened()
    found = costs(lambda who: stranger().post(door.path, {"email": who}), KNOWN, UNKNOWN)
    assert found[0][0] == 422
    assert alike(found), found


@pytest.mark.parametrize("path", ["my-data/link", "my-data/address", "free-consultation/withdraw"])
def test_token_that_never_was_costs_the_same_whatever_is_typed(path) -> None:
    address = f"/en/{path}/{uuid.uuid4().hex}{'A' * 11}/"
    stranger().get(address)
    found = costs(
        lambda who: stranger().post(address, {"email": who}, headers=HOME), KNOWN, UNKNOWN
    )
    assert alike(found), found


def test_withdrawal_costs_the_same_with_a_dead_link_and_with_none() -> None:
    used, gone = withdrawal(), make_request()
    assert used.go_through().status_code == 303
    old = links.issue(WITHDRAWAL, gone.subject_id, gone.pk, -DAY)
    for method in (stranger().get, stranger().post):
        found = costs(
            lambda token, act=method: act(f"/en/free-consultation/withdraw/{token}/"),
            *(old, "A" * 43),
        )
        assert found[0][0] == 404
        assert alike(found), found


def test_withdrawal_costs_the_same_by_a_known_and_an_unknown_address() -> None:
    """The link is all that is asked for: nothing that is typed beside it is looked up."""
    door = withdrawal()
    assert door.fields == {}
    found = costs(lambda who: stranger().get(f"{door.path}?email={who}"), KNOWN, UNKNOWN)
    assert found[0][0] == 200
    assert alike(found), found


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR])
def test_forgotten_password_costs_the_same(role) -> None:
    user = make_user(role)
    give_factor(user)
    for other in ("nobody", "x" * 150, make_user(role, is_active=False).username):
        found = costs(
            lambda who: stranger().post(FORGOTTEN, {"username": who}), user.username, other
        )
        assert found[0][0] == 200
        assert alike(found), found


@pytest.mark.parametrize("failure", range(1, 7))
def test_failed_login_costs_the_same(failure) -> None:
    """The fifth closes the door; the sixth finds it closed."""
    names = ("somebody", "nobody", "left")
    make_user(username="somebody")
    make_user(username="left", is_active=False)

    def fail(name: str) -> HttpResponse:
        return stranger().post(LOGIN, {"username": name, "password": "wrong"})

    fail("first")
    for _before in range(1, failure):
        for name in names:
            fail(name)
    found = [cost(lambda name=name: fail(name)) for name in names]
    assert alike(found), found


def test_dead_links_of_staff_cost_the_same_for_whoever_they_were() -> None:
    """Of colleagues who are here, who have left, and who never were."""
    user, other = make_user(username="dpo"), make_user()
    left, never = make_user(is_active=False), User(pk=uuid.uuid4())
    invite(user, actor=None)
    for page, tokens in (("invitation", invitations), ("new_password", passwords)):
        found = [dead(page, name, tokens, user) for name in (user, other, left, never)]
        assert alike(found), found


def dead(page: str, whose: User, tokens: Any, user: User) -> Cost:
    """What a link costs whose token somebody has changed."""
    token = tokens.make_token(user)[:-1] + "~"
    return cost(lambda: stranger().get(reverse(f"admin:{page}", args=[name_in_link(whose), token])))
