"""What every live answer carries."""

import pytest
from django.http import HttpResponse

from emsar.site.finished import publish
from emsar.site.middleware.headers import PrivacyHeadersMiddleware

pytestmark = pytest.mark.urls("tests.site.urls")


def test_page_asks_for_no_position_and_is_opened_by_no_other(client):
    headers = client.get("/healthz").headers
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_what_is_not_published_is_not_kept_anywhere(client):
    assert client.post("/en/free-consultation/").headers["Cache-Control"] == "no-store"
    assert client.get("/en/free-consultation/").headers["Cache-Control"] == "no-store"


def test_view_may_say_otherwise(rf):
    def view(request):
        return HttpResponse(headers={"Cache-Control": "no-cache", "Permissions-Policy": "usb=()"})

    headers = PrivacyHeadersMiddleware(view)(rf.get("/")).headers
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Permissions-Policy"] == "usb=()"


def test_published_page_is_left_to_the_store(rf):
    response = PrivacyHeadersMiddleware(lambda request: publish(HttpResponse()))(rf.get("/"))
    assert not response.has_header("Cache-Control")


def test_referrer_of_a_page_stays_within_the_site(client):
    assert client.get("/healthz").headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
