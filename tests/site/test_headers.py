"""What every answer carries, wherever in the house it was made."""

import pytest
from django.http import HttpResponse

from emsar.site.finished import publish
from emsar.site.middleware.headers import UNUSED_FEATURES, PrivacyHeadersMiddleware
from tests.production import VISITOR, Proxied

pytestmark = pytest.mark.urls("tests.site.urls")

CSP = "Content-Security-Policy"
TOKEN = "Zm9v-_YmFyYmF6cXV4Zm9vYmFyYmF6"


def policy(headers) -> dict[str, list[str]]:
    """The policy's sources by directive."""
    rules = (rule.split() for rule in headers[CSP].split(";"))
    return {name: sources for name, *sources in rules}


def assert_closed(response) -> None:
    """All that keeps a page to itself."""
    headers = response.headers
    rules = policy(headers)
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in headers[CSP]
    assert "*" not in headers[CSP]
    features = headers["Permissions-Policy"]
    for feature in ("geolocation", "camera", "microphone", "browsing-topics"):
        assert f"{feature}=()" in features
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Referrer-Policy" in headers
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/", 302),
        ("/en/", 200),
        ("/en/any/policy/", 200),
        ("/EN/any/policy/", 301),
        ("/en/any/policy", 301),
        ("/en/no/such/page/", 404),
        ("/en/%00/", 400),
        ("/en/broken/bug/", 500),
        ("/en/broken/database/", 503),
        ("/en/broken/away/", 500),
        ("/static/site/site.css", 200),
        ("/static/no/such.css", 404),
        ("/admin/", 302),
        ("/admin/login/", 200),
        ("/admin/no/such/page/", 302),
        ("/admin/jsi18n/", 302),
        ("/.well-known/security.txt", 200),
    ],
)
def test_every_answer_is_closed(served, loaded, path, status):
    served.raise_request_exception = False
    response = served.get(path)
    assert response.status_code == status
    response.close()
    assert_closed(response)
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_answers_to_what_is_not_taken_are_closed(served, loaded):
    for response in (
        served.post("/en/"),
        served.get("/en/", HTTP_HOST="evil.example"),
        served.post("/en/free-consultation/", headers={"origin": "https://evil.example"}),
        served.post("/admin/login/", {"username": "x", "password": "y"}),
    ):
        assert_closed(response)


def test_redirects_of_the_companies_hosts_are_closed(served, group):
    for host in group.redirects:
        response = Proxied(host).get("/x/")
        assert response.status_code == 301
        assert_closed(response)
        assert "max-age=31536000" in response.headers["Strict-Transport-Security"]


def test_redirect_to_https_is_closed_and_says_nothing_of_hsts(served, group):
    """Over plain HTTP a browser must not believe it (RFC 6797, 7.2)."""
    response = Proxied(group.main_host, "http").get("/en/")
    assert response.status_code == 301
    assert_closed(response)
    assert "Strict-Transport-Security" not in response.headers


def test_finished_page_keeps_its_headers_and_a_304_has_none_of_its_own(served, loaded):
    first, second = (served.get("/en/any/policy/") for _ in range(2))
    assert first.headers[CSP] == second.headers[CSP]
    unchanged = served.get("/en/any/policy/", headers={"if-none-match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    assert CSP not in unchanged.headers


def test_preload_is_said_only_where_it_is_asked_for(served, settings, group):
    settings.SECURE_HSTS_PRELOAD = True
    told = Proxied(group.main_host).get("/healthz").headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains; preload"


def test_what_is_not_published_is_not_kept_anywhere(client):
    assert client.post("/en/free-consultation/").headers["Cache-Control"] == "no-store"
    assert client.get("/en/free-consultation/").headers["Cache-Control"] == "no-store"


def test_admin_is_kept_nowhere(client, db):
    for path in ("/admin/", "/admin/login/", "/admin/logout/", "/admin/no/such/"):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_view_may_say_otherwise(rf):
    def view(request):
        return HttpResponse(headers={"Cache-Control": "no-cache", "Permissions-Policy": "usb=()"})

    headers = PrivacyHeadersMiddleware(view)(rf.get("/")).headers
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Permissions-Policy"] == "usb=()"


def test_published_page_is_left_to_the_store(rf):
    response = PrivacyHeadersMiddleware(lambda request: publish(HttpResponse()))(rf.get("/"))
    assert not response.has_header("Cache-Control")


def test_features_are_named_once():
    assert len(set(UNUSED_FEATURES)) == len(UNUSED_FEATURES)


def test_referrer_of_a_page_stays_within_the_site(client):
    assert client.get("/healthz").headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize(
    "path", [f"/en/x/{TOKEN}/", f"/en/?r={TOKEN}:1a:{TOKEN}", f"/x?a=1&t={TOKEN}"]
)
def test_address_with_a_token_is_told_to_nobody(client, loaded, path):
    """Whichever view answers, and also where none does."""
    assert client.get(path).headers["Referrer-Policy"] == "no-referrer"


WITH_TOKEN = [
    f"/en/my-data/{TOKEN}/",
    f"/en/?r={TOKEN}:1a:{TOKEN}",
    f"/admin/invitation/x/{TOKEN}/",
]


def assert_kept_nowhere(response) -> None:
    assert response.status_code == 301
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", WITH_TOKEN)
def test_redirect_with_a_token_to_another_host_or_to_https_is_kept_nowhere(served, group, path):
    """A permanent redirect is otherwise kept by browsers for as long as they like."""
    for host in group.hosts:
        response = Proxied(host, "http").get(path)
        assert response.headers["Location"] == f"https://{host}{path}"
        assert_kept_nowhere(response)
    for host in group.redirects:
        response = Proxied(host).get(path)
        assert response.headers["Location"] == f"https://{group.main_host}{path}"
        assert_kept_nowhere(response)


@pytest.mark.parametrize("path", [f"/EN/x/{TOKEN}/", f"/en/any/policy?r={TOKEN}"])
def test_redirect_with_a_token_on_the_same_host_is_kept_nowhere(served, loaded, path):
    assert_kept_nowhere(served.get(path))


def test_redirect_of_the_admin_with_a_token_is_kept_nowhere(served, db):
    response = served.get(f"/admin/invitation/x/{TOKEN}")
    assert (response.status_code, response.headers["Referrer-Policy"]) == (302, "no-referrer")
    assert "no-store" in response.headers["Cache-Control"]
    # The control: its pages, whose forms are checked by their origin, are not stricter than before.
    page = served.get(f"/admin/login/?next=/admin/x/{TOKEN}/")
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "same-origin")


def test_address_of_the_admin_stays_within_the_site(client, db):
    """Its forms are checked by their origin, which "no-referrer" would hide from us as well."""
    for path in ("/admin/login/", "/admin/no/such/"):
        assert client.get(path).headers["Referrer-Policy"] == "same-origin"


def test_claimed_https_gets_no_hsts(served):
    assert "Strict-Transport-Security" not in served.get("/healthz", REMOTE_ADDR=VISITOR).headers
