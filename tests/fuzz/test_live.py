"""Anything at all, sent with a token that works from a page of ours: read, judged, never a 500."""

from collections import Counter
from collections.abc import Callable
from itertools import cycle, product
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.live import FORMS, LIVE, Live
from tests.fuzz.nonsense import AT_HOME, BESIDE, FILES, KINDS, VALUES, altered, clean, filled_in
from tests.fuzz.profile import MORE, examples

pytestmark = pytest.mark.django_db

# Of what is posted with a right token from a page of ours, the view itself answers so much.
FLOOR = 0.8
URLENCODED = "application/x-www-form-urlencoded"
LANGUAGES = st.sampled_from(["en", "en", "az", "ru"])


@pytest.fixture(autouse=True)
def _without_limits(settings) -> None:
    settings.FORM_LIMIT = settings.COOKIE_LIMIT = settings.STAFF_RESET_LIMIT = 10**6


def undone(act: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to an act of which nothing stays."""
    before = transaction.savepoint()
    try:
        return act()
    finally:
        transaction.savepoint_rollback(before)


@pytest.mark.parametrize("route", FORMS)
def test_form_reads_whatever_is_filled_in(route: str) -> None:
    door, count = FORMS[route](), Counter[str]()

    @examples(6)
    @given(
        fields=filled_in(door.fields or {}),
        headers=st.tuples(BESIDE, AT_HOME),
        is_multipart=st.booleans(),
        language=LANGUAGES,
    )
    def send(fields: dict[str, Any], headers: Any, is_multipart: bool, language: str) -> None:
        path = door.path.replace("/en/", f"/{language}/", 1)
        sent: dict[str, Any] = {"headers": clean(headers[0] | headers[1])}
        if not is_multipart:
            sent["content_type"] = URLENCODED
        data = fields if is_multipart else urlencode(fields, doseq=True)
        response = undone(lambda: door.browser().post(path, data, **sent))
        assert response.status_code < 500
        count.update(["sent", "reached" if door.is_reached(response) else "refused"])

    send()
    assert count["reached"] >= FLOOR * count["sent"], count


@pytest.mark.parametrize(("number", "route"), [*enumerate(FORMS)])
def test_each_odd_value_is_read_in_a_field(number: int, route: str) -> None:
    """All else being right; every run tries a NUL in each and a quarter of the others in one."""
    door = FORMS[route]()
    names = list(door.fields or {})
    few = [*product(["\0"], names), *zip(VALUES[number % 4 :: 4], cycle(names), strict=False)]
    tried = product(VALUES, names) if MORE else few
    for value, name in tried:
        fields = {**(door.fields or {}), name: value}
        response = undone(lambda fields=fields: door.browser().post(door.path, fields))
        assert response.status_code < 500
        assert door.is_reached(response), (name, value)


@pytest.mark.parametrize("route", FORMS)
def test_no_body_and_no_file_breaks_a_form(route: str) -> None:
    door = FORMS[route]()

    @examples(2)
    @given(body=st.binary(max_size=200), kind=st.sampled_from(KINDS), file=FILES)
    def send(body: bytes, kind: str, file: Any) -> None:
        odd = undone(lambda: door.browser().generic("POST", door.path, body, content_type=kind))
        assert odd.status_code < 500
        with_file = undone(
            lambda: door.browser().post(door.path, {**(door.fields or {}), "file": file})
        )
        # No form takes a file; those that read nothing of what is posted read no file either.
        assert with_file.status_code == 413 or not door.fields

    send()


@pytest.mark.parametrize("route", [name for name in LIVE if "<str:" in name or "sent/" in name])
def test_altered_token_opens_nothing(route: str) -> None:
    door = LIVE[route]()
    token = door.token or door.path.split("/")[4]

    @examples(5)
    @given(other=altered(token), method=st.sampled_from(["get", "head", "post", "put", "options"]))
    def send(other: str, method: str) -> None:
        path = door.path.replace(token, quote(other, safe=""))
        response = undone(lambda: getattr(door.browser(), method)(path))
        assert response.status_code < 500
        tried = undone(lambda: door.go_through(path))
        assert tried.status_code < 500
        # A reference is read however it is spelled: it says which, and the cookie says who.
        assert not (door.token and door.is_done(tried)), other

    send()


@pytest.mark.parametrize("route", LIVE)
def test_door_opens_for_who_comes_the_right_way_and_with_no_altered_cookie(route: str) -> None:
    door = LIVE[route]()
    # The control: what is altered here and above is altered from something that works.
    assert door.is_done(undone(door.go_through))
    if names := sorted(set(door.client.cookies) - {"csrftoken"}):
        try_cookies(door, names)


def try_cookies(door: Live, names: list[str]) -> None:
    @examples(3)
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        browser, name = door.browser(), data.draw(st.sampled_from(names))
        right = browser.cookies[name].value
        other = clean({name: data.draw(altered(right))})[name].strip()
        browser.cookies[name] = other
        response = undone(lambda: door.go_through(browser=browser))
        assert response.status_code < 500
        assert other == right or not door.is_done(response), other

    send()
