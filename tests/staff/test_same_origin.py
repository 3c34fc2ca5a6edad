"""Forms without a cookie: who may send them."""

import pytest
from django.http import HttpResponse

from emsar.staff.same_origin import ForeignOrigin, is_same_origin, same_origin_post

ACCEPTED = [
    {},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"origin": "http://testserver"},
]
REFUSED = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "https://testserver"},
    {"origin": "http://testserver:8080"},
    {"origin": "http://evil.example"},
    {"origin": "http://testserver.evil.example"},
]


@same_origin_post
def view(request):
    return HttpResponse("done")


@pytest.fixture
def post(rf):
    return lambda headers: rf.post("/", headers={"host": "testserver", **headers})


@pytest.mark.parametrize("headers", ACCEPTED)
def test_own_page_or_no_browser_is_accepted(post, headers):
    assert view(post(headers)).status_code == 200


@pytest.mark.parametrize("headers", REFUSED)
def test_foreign_page_is_refused(post, headers):
    with pytest.raises(ForeignOrigin):
        view(post(headers))


@pytest.mark.parametrize("headers", REFUSED)
def test_reading_is_free(rf, headers):
    assert view(rf.get("/", headers={"host": "testserver", **headers})).status_code == 200


def test_origin_is_compared_with_the_scheme_the_visitor_used(rf):
    request = rf.post("/", secure=True, headers={"host": "testserver"})
    request.META["HTTP_ORIGIN"] = "https://testserver"
    assert is_same_origin(request)


def test_view_needs_no_csrf_cookie():
    assert view.csrf_exempt


@pytest.mark.urls("tests.site.urls")
def test_refusal_is_a_page_in_the_language_of_the_form(client):
    response = client.post("/en/free-consultation/", {"a": "b"}, headers={"origin": "null"})
    assert response.status_code == 403
    assert 'href="/en/free-consultation/"' in response.text
    assert '<html lang="en">' in response.text


@pytest.mark.urls("tests.site.urls")
def test_accepted_form_reaches_the_view_past_djangos_own_check():
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/free-consultation/", {"a": "b"})
    assert response.text == "got 1 fields"
