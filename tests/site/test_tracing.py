"""Each request has a number, which says nothing of who sent it."""

import re
import uuid
from traceback import format_exception

import pytest
from django.http import StreamingHttpResponse

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
    for path in ("/en/no/such/page/", "/en/broken/bug/", "/en/broken/database/"):
        response = client.get(path)
        assert response.status_code >= 400
        assert number(response) in response.text


def test_finished_page_gets_a_new_number_each_time(client, loaded):
    first, second = (client.get("/en/any/policy/") for _ in range(2))
    assert first.headers["ETag"] == second.headers["ETag"]
    assert number(first) != number(second)


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
