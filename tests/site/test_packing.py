"""Live pages are compressed for those who take it, and never beside a session."""

import gzip

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from emsar.site.packing import pack_live

TEXT = "A sentence that is long enough to be worth compressing. " * 20
GZIP = {"accept-encoding": "gzip"}


def test_live_page_is_packed(rf):
    response = pack_live(rf.get("/", headers=GZIP), HttpResponse(TEXT, status=422))
    assert response.status_code == 422
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content).decode() == TEXT


def test_other_visitors_get_the_plain_page_and_caches_are_told(rf):
    response = pack_live(rf.get("/"), HttpResponse(TEXT))
    assert response.content.decode() == TEXT
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse("short"),
        HttpResponse(TEXT, content_type="application/json"),
        HttpResponse(TEXT, headers={"Content-Encoding": "br"}),
        StreamingHttpResponse([TEXT]),
    ],
)
def test_other_answers_are_left_as_they_are(rf, answer):
    before = answer.headers.get("Content-Encoding")
    assert pack_live(rf.get("/", headers=GZIP), answer).headers.get("Content-Encoding") == before


def test_answer_to_head_has_nothing_to_pack(rf):
    response = pack_live(rf.head("/", headers=GZIP), HttpResponse(TEXT))
    assert not response.has_header("Content-Encoding")


def test_page_of_somebody_with_a_session_is_not_packed(rf):
    request = rf.get("/", headers={**GZIP, "cookie": f"{settings.SESSION_COOKIE_NAME}=x"})
    assert pack_live(request, HttpResponse(TEXT)).content.decode() == TEXT


def test_page_that_gives_a_cookie_is_not_packed(rf):
    response = HttpResponse(TEXT)
    response.set_cookie("csrftoken", "secret")
    assert pack_live(rf.get("/", headers=GZIP), response).content.decode() == TEXT


@pytest.mark.urls("tests.site.urls")
def test_error_page_goes_out_packed(client):
    response = client.get("/en/no/such/page/", headers=GZIP)
    assert response.status_code == 404
    assert '<html lang="en">' in gzip.decompress(response.content).decode()
