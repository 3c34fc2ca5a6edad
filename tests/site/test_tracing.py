"""Each request has a number, which says nothing of who sent it."""

import io
import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from traceback import format_exception

import pytest
from django.http import StreamingHttpResponse

from emsar.site.logs import JsonLines, WithoutPersons
from emsar.site.middleware.tracing import BrokenOffError, RequestIdMiddleware
from emsar.site.tracing import request_id
from tests.production import VISITOR

pytestmark = pytest.mark.urls("tests.site.urls")

MADE = re.compile(r"[0-9a-f]{16}")


def number(response) -> str:
    return response.headers["X-Request-ID"]


def test_every_answer_has_a_number_of_its_own(client):
    numbers = {number(client.get(path)) for path in ("/healthz", "/healthz", "/static/no", "/x")}
    assert len(numbers) == 4
    assert all(MADE.fullmatch(one) for one in numbers)
    assert request_id.get() == ""


def test_number_of_the_proxy_is_kept(served):
    given = str(uuid.uuid4())
    assert number(served.get("/healthz", headers={"X-Request-ID": given})) == given


@pytest.mark.parametrize(
    "given", ["", "short", "Aysel Məmmədova", "a@b.example-0000000000", "0" * 65, "x" * 32]
)
def test_what_does_not_look_like_a_number_is_not_kept(served, given):
    assert MADE.fullmatch(number(served.get("/healthz", headers={"X-Request-ID": given})))


def test_number_of_a_stranger_is_not_kept(served):
    given = str(uuid.uuid4())
    response = served.get("/healthz", headers={"X-Request-ID": given}, REMOTE_ADDR=VISITOR)
    assert number(response) != given


def test_error_page_shows_the_number(client):
    client.raise_request_exception = False
    pages = {"/en/no/such/page/": 404, "/en/broken/bug/": 500, "/en/broken/database/": 503}
    for path, status in pages.items():
        response = client.get(path)
        assert response.status_code == status
        assert number(response) in response.text


def test_finished_page_gets_a_new_number_each_time(client, loaded):
    first, second = (client.get("/en/any/policy/") for _ in range(2))
    assert first.headers["ETag"] == second.headers["ETag"]
    assert number(first) != number(second)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, str]]]]:
    """What production's log would say from now on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(WithoutPersons())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


FOREIGN = {"origin": "https://evil.example"}
REFUSED = [
    ("get", "/en/%00/", {}, 400, "Bad Request: (no page)"),
    ("get", "/healthz", {"host": "evil.example"}, 400, "Bad Request: (no page)"),
    ("post", "/en/free-consultation/", FOREIGN, 403, "Forbidden (Permission denied): "),
    ("get", "/en/no/such/page/", {}, 404, "Not Found: (no page)"),
    ("get", "/static/no/such.css", {}, 404, "Not Found: (no page)"),
    ("post", "/en/", {}, 405, "Method Not Allowed (POST): "),
    ("post", "/healthz", {}, 405, "Method Not Allowed (POST): "),
    ("get", "/en/broken/bug/", {}, 500, "Internal Server Error: "),
    ("get", "/en/broken/database/", {}, 503, "the database cannot be reached: answered 503"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "message"), REFUSED)
def test_refusal_is_told_once_and_with_its_number(
    client, lines, method, path, headers, status, message
):
    """Django tells of most of them when the middlewares are done."""
    client.raise_request_exception = False
    response = getattr(client, method)(path, headers=headers)
    assert response.status_code == status
    (line,) = lines()
    assert line["message"].startswith(message)
    assert line["request"] == number(response)


def test_line_about_nobodys_request_has_no_number(client, lines):
    client.get("/en/no/such/page/")
    logging.getLogger("emsar.test").warning("at work")
    assert "request" not in lines()[-1]


CANARY = "canary.aysel@example.com"


def broken_stream(_request):
    def rows():
        yield "first"
        raise ValueError(CANARY)

    return StreamingHttpResponse(rows())


def test_streamed_answer_that_breaks_off_tells_no_words(rf, caplog):
    """The web server prints what comes out of it, and knows nothing of our log."""
    response = RequestIdMiddleware(broken_stream)(rf.get("/"))
    answer = iter(response)
    assert next(answer) == b"first"
    with pytest.raises(BrokenOffError) as broken:
        next(answer)
    printed = "".join(format_exception(broken.value))
    assert CANARY not in printed
    assert "BrokenOffError" in printed
    (record,) = caplog.records
    assert (record.message, record.exc_info[0]) == ("an answer broke off", ValueError)
    assert request_id.get() == ""


def test_streamed_answer_that_is_whole_arrives_whole(rf):
    whole = RequestIdMiddleware(lambda _: StreamingHttpResponse(["a", "ə", "c"]))(rf.get("/"))
    assert b"".join(whole).decode() == "aəc"
