"""Anything at all, sent to every public form and every address with a token: never a 500."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.doors import doors

pytestmark = pytest.mark.django_db

EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# Of all fields of all public forms, so that each meets nonsense and each other's values.
FIELDS = [
    *("name", "email", "company", "service", "project", "token", "website", "kind", "details"),
    *("choice", "shown", "from", "next", "mine", "listed", "username", "password", "again", "code"),
    *("body", "value", "reason", "confirm", "proposal", "csrfmiddlewaretoken", "language"),
]
NASTY = st.sampled_from(
    [
        *("", "\x00", "\r\nBcc: a@example.com", "' OR 1=1 --", "{{ 7*7 }}", "../../etc/passwd"),
        *("İIıi", "\u202e", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")),
        *("9" * 400, "a@b", "а@example.com", "a@" + "x" * 300 + ".example", "<script>", "%00"),
        *("2026-99-99", "-1", "NaN", "null", "[]", "refuse", "accept", "cybersecurity", "deletion"),
    ]
)
TEXT = st.one_of(NASTY, st.text(max_size=60), st.emails())
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept-Language": TEXT,
        "Sec-Fetch-Site": st.sampled_from(["same-origin", "none", "cross-site", "x"]),
        "Origin": st.sampled_from(["null", "http://testserver", "https://example.com", "x"]),
        "If-None-Match": TEXT,
        "Sec-GPC": st.sampled_from(["1", "0", "x"]),
        "Authorization": TEXT,
        "X-Forwarded-For": TEXT,
    },
)
COOKIES = st.dictionaries(
    st.sampled_from(["cookie_choice", "case_session", "admin_session", "csrftoken", "_ga"]),
    st.text('abcXYZ019.:-_="{}%', max_size=80),
    max_size=3,
)
PART_VALUES = st.one_of(
    NASTY,
    st.text(max_size=40),
    st.uuids().map(str),
    st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True),
).filter(bool)


@pytest.fixture(autouse=True)
def _without_limits(settings) -> None:
    settings.FORM_LIMIT = settings.COOKIE_LIMIT = settings.STAFF_RESET_LIMIT = 10**6


def filled(route: str, draw: st.DataObject) -> str:
    return "/" + PART.sub(lambda _: quote(draw.draw(PART_VALUES), safe=""), route)


def clean(values: dict[str, str]) -> dict[str, str]:
    """As a header or a cookie may be sent: one line of Latin-1."""
    return {
        name: value.encode("latin-1", "replace")
        .decode("latin-1")
        .translate({10: 32, 13: 32, 0: 32})
        for name, value in values.items()
    }


@pytest.mark.parametrize("route", doors())
@EXAMPLES
@given(data=st.data())
def test_nothing_breaks(route: str, data: st.DataObject) -> None:
    client = Client(raise_request_exception=True)
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


@pytest.mark.parametrize("route", [r for r in doors() if not PART.search(r)])
@EXAMPLES
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=nonsense",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json",
            "text/plain; charset=utf-16",
            "",
        ]
    ),
)
def test_no_body_breaks_a_form(route: str, body: bytes, kind: str) -> None:
    response = Client().generic("POST", f"/{route}", body, content_type=kind)
    assert response.status_code < 500


def test_doors_are_those_that_are_known() -> None:
    found = doors()
    assert len(found) > 35
    for part in ("free-consultation/", "my-data/link/<str:token>/", "admin/forgotten/", "readyz"):
        assert any(part in route for route in found), part
