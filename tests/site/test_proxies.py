"""What a proxy says of a visitor is believed of our own proxies alone."""

import pytest
from django.http import HttpResponse

from emsar.site.middleware.proxies import TrustedProxiesMiddleware
from tests.production import PROXY, VISITOR, Proxied

pytestmark = pytest.mark.urls("tests.site.urls")

SAID = {
    "HTTP_FORWARDED": "for=198.51.100.1;proto=https",
    "HTTP_X_FORWARDED_FOR": "198.51.100.1",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PORT": "443",
    "HTTP_X_FORWARDED_PREFIX": "/evil",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_REAL_IP": "198.51.100.1",
    "HTTP_X_REQUEST_ID": "0123456789abcdef",
}


def left(rf, peer: str) -> set[str]:
    """What of it a view still sees."""
    seen: dict[str, object] = {}

    def view(request):
        seen.update(request.META)
        return HttpResponse()

    TrustedProxiesMiddleware(view)(rf.get("/", REMOTE_ADDR=peer, HTTP_ACCEPT="*/*", **SAID))
    assert seen["HTTP_ACCEPT"] == "*/*"
    return SAID.keys() & seen.keys()


@pytest.mark.parametrize("peer", [VISITOR, "172.30.78.2", "::1", ""])
def test_what_a_stranger_says_is_removed(rf, settings, peer):
    settings.TRUSTED_PROXIES = ["172.30.77.0/24"]
    assert left(rf, peer) == set()


def test_what_our_proxy_says_stays(rf, settings):
    settings.TRUSTED_PROXIES = ["172.30.77.0/24"]
    assert left(rf, PROXY) == set(SAID)


def test_https_is_believed_of_the_proxy(served):
    assert served.get("/healthz").status_code == 200
    response = served.get("/en/missing/page/")
    assert response.status_code == 404
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]


def test_https_is_not_believed_of_a_stranger(served, group):
    stranger = Proxied(group.main_host)
    response = stranger.get("/en/", REMOTE_ADDR=VISITOR)
    assert response.status_code == 301
    assert response.headers["Location"] == f"https://{group.main_host}/en/"
    assert "Strict-Transport-Security" not in response.headers


@pytest.mark.parametrize("scheme", ["http", "HTTPS", "https,http", "https, https", ""])
def test_only_the_word_https_means_https(served, group, scheme):
    assert Proxied(group.main_host, scheme).get("/en/").status_code == 301


def test_finished_page_of_https_is_not_given_to_who_claims_it(served, loaded, group):
    """The store is above everything else that asks for the scheme."""
    path = "/en/any/policy/"
    assert served.get(path).status_code == 200
    assert served.get(path, REMOTE_ADDR=VISITOR).status_code == 301


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "Forwarded", "X-Host"])
def test_no_header_stands_for_the_host(served, group, name):
    response = served.get("/", headers={name: "evil.example"}, secure=True)
    assert response.status_code == 302
    assert response.headers["Location"] == "/az/"
    company = next(iter(group.redirects))
    led = Proxied(company).get("/x/", headers={name: "evil.example"})
    assert led.headers["Location"] == f"https://{group.main_host}/x/"
