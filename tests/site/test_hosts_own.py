"""The three hosts exactly; anything else is 400 (S-0d)."""

import pytest

from tests.production import PROXY, Proxied

pytestmark = pytest.mark.urls("tests.site.urls")


def status(client, host: str | None, path: str = "/az/any/policy/") -> int:
    return client.get(path, HTTP_HOST=host).status_code if host is not None else 0


def test_main_host_is_answered_however_its_letters_are_written(served, loaded, group):
    for host in (group.main_host, group.main_host.upper(), f"{group.main_host}:443"):
        assert status(served, host) == 200, host


@pytest.mark.parametrize(
    "pattern",
    [
        "evil.example",
        "www.{}",
        "{}.evil.example",
        "evil.example/{}",
        "{}.",
        ".{}",
        "{}:8000",
        "{}:",
        "{}:x",
        "{}:443:443",
        "user@{}",
        "user:secret@{}",
        " {}",
        "{},evil.example",
        "{}\\",
        "{}#",
        "[::1]",
        "[2001:db8::1]:443",
        "[{}]",
        "127.0.0.1",
        "localhost",
        "172.30.77.2",
        "*",
        "",
    ],
)
def test_any_other_host_is_refused(served, group, pattern):
    host = pattern.format(group.main_host)
    for path in ("/az/any/policy/", "/static/site/site.css", "/admin/login/", "/"):
        response = served.get(path, HTTP_HOST=host)
        assert response.status_code == 400, path
        assert "evil.example" not in response.text
        assert "Location" not in response.headers


def test_redirecting_hosts_are_taken_as_strictly(served, group):
    for host in group.redirects:
        assert status(served, host) == status(served, host.upper()) == 301
        for other in (f"{host}.", f"www.{host}", f"{host}:8000", f"user@{host}"):
            assert status(served, other) == 400, other


def test_health_hosts_are_for_health_alone(served, db):
    assert served.get("/healthz", HTTP_HOST="127.0.0.1:8000").text == "ok\n"
    ready = served.get("/readyz", HTTP_HOST="127.0.0.1:8000")
    # What stands here in the database is not the matter of this test.
    assert {200: "ok", 503: "failing"}[ready.status_code] == ready.json()["status"]
    for path in ("/", "/az/", "/admin/login/", "/static/site/site.css", "/healthz/"):
        assert served.get(path, HTTP_HOST="127.0.0.1:8000").status_code == 400, path


def test_refusal_carries_the_headers_of_every_page(served):
    headers = served.get("/", HTTP_HOST="evil.example").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in headers["Strict-Transport-Security"]


def test_request_without_a_host_is_called_as_the_server_is(client, settings):
    """HTTP/1.0; the test's server is called ``testserver``."""
    assert client.get("/healthz").status_code == 200
    assert client.get("/healthz", SERVER_NAME="0.0.0.0").status_code == 400  # noqa: S104


def test_plain_http_is_led_to_the_same_host(served, group):
    for host in group.hosts:
        response = Proxied(host, "http").get("/az/?a=b")
        assert response.status_code == 301
        assert response.headers["Location"] == f"https://{host}/az/?a=b"


def test_health_is_asked_without_https(served, group):
    assert Proxied(group.main_host, "http").get("/healthz").status_code == 200
    assert served.get("/healthz", REMOTE_ADDR=PROXY, HTTP_HOST="127.0.0.1").status_code == 200
