"""Anything at all, sent to every public form and every address with a token: never a 500."""

import re
import uuid
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.doors import closed, doors
from tests.fuzz.live import LIVE, PAGES, PLAIN, Live, stranger
from tests.fuzz.nonsense import COOKIES, FIELDS, HEADERS, PART_VALUES, TEXT, clean
from tests.fuzz.profile import examples

pytestmark = pytest.mark.django_db

PART = re.compile(r"<(?:\w+:)?(\w+)>")
REGEX = re.compile(r"\(\?P<\w+>.*?\)$|\(\?P<\w+>.*?\)")
HOME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _without_limits(settings) -> None:
    settings.FORM_LIMIT = settings.COOKIE_LIMIT = settings.STAFF_RESET_LIMIT = 10**6


def filled(route: str, draw: st.DataObject) -> str:
    return "/" + PART.sub(lambda _: quote(draw.draw(PART_VALUES), safe=""), route)


@pytest.mark.parametrize("route", doors())
@examples(3)
@given(data=st.data())
def test_nothing_breaks(route: str, data: st.DataObject) -> None:
    client = stranger()
    for name, value in data.draw(COOKIES).items():
        client.cookies[name] = value
    address, headers = filled(route, data), clean(data.draw(HEADERS))
    method = data.draw(st.sampled_from(["get", "post", "post", "head", "put", "delete", "options"]))
    if method == "post":
        fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=8))
        response = client.post(address, fields, headers=headers)
    else:
        query = data.draw(
            st.dictionaries(st.sampled_from([*FIELDS, "r", "p", "q"]), TEXT, max_size=3)
        )
        query_string = "&".join(f"{name}={quote(value)}" for name, value in query.items())
        response = getattr(client, method)(address, QUERY_STRING=query_string, headers=headers)
    assert response.status_code < 500, (method, address)


def test_every_public_form_and_token_is_tried_alive() -> None:
    found = set(doors())
    assert len(found) > 30
    assert found == set(LIVE) | PLAIN, "say in live.py how somebody comes to the new one"
    assert not [route for route in PLAIN if "<str:" in route]


@pytest.mark.parametrize("route", sorted(PLAIN | set(PAGES)))
def test_what_is_no_form_takes_nothing(route: str) -> None:
    """Posted from a page of ours, with a token that works: a form would have taken it."""
    door = PAGES[route]() if route in PAGES else Live("/" + PART.sub(sample, route))
    response = door.browser().post(door.path, {"email": "a@example.com"}, headers=HOME)
    assert response.status_code in {404, 405}


def test_rest_of_the_admin_sends_strangers_away() -> None:
    """So that the way in is all of it that a stranger can reach."""
    assert len(closed()) > 200
    # Django's own pages of a row are the same for every model.
    routes = [r for r in closed() if "object_id" not in r or "/staff/user/" in r]
    for route in routes:
        path = "/" + PART.sub(sample, REGEX.sub("staff", route))
        response = stranger().get(path)
        if response.status_code == 405:
            response = stranger().post(path)
        place = urlsplit(response.headers.get("Location", "")).path
        assert place in {"/admin/", "/admin/login/"} or response.status_code == 404, path


def sample(part: re.Match[str]) -> str:
    """Something that fits a part of a route."""
    kind = part[0].strip("<>").partition(":")[0]
    return {"uuid": str(uuid.uuid4()), "int": "7", "policy": "privacy-policy"}.get(kind, "1")
