"""The proxy itself: it records everything, changes nothing, and lets nothing out."""

import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest

from tests.recording.authority import authority
from tests.recording.handler import CLIENT_HELLO
from tests.recording.proxy import running
from tests.recording.record import Record
from tests.recording.upstream import COOKIES, ask, tiny_site

SITE = "emsargroup.az"
SCHEMES = ("http", "https")


@pytest.fixture
def proxy():
    """A proxy of the test's own, in front of the tiny site."""
    with tiny_site() as upstream, running() as server:
        server.serve([SITE], upstream)
        yield server
    server.raise_faults()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_request_is_recorded_whole(proxy, scheme):
    ask(proxy, f"{scheme}://{SITE}/a?b=c", method="POST", body=b"d=e", headers={"X-Own": "f"})
    [exchange] = proxy.record.exchanges
    request = exchange.request
    assert (request.scheme, request.method, request.host) == (scheme, "POST", SITE)
    assert (request.path, request.query, request.body) == ("/a?b=c", {"b": "c"}, b"d=e")
    assert request.headers["x-own"] == "f"
    assert request.url == f"{scheme}://{SITE}/a?b=c"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_site_gets_the_request_as_it_was_sent(proxy, scheme):
    sent = {"X-Own": "f", "Proxy-Connection": "keep-alive", "X-Forwarded-Proto": "claimed"}
    told = ask(proxy, f"{scheme}://{SITE}/a", method="POST", body=b"d=e", headers=sent).text
    assert told.splitlines()[:2] == ["POST /a", "body: d=e"]
    assert f"host: {SITE}" in told
    assert "x-own: f" in told
    assert f"x-forwarded-proto: {scheme}" in told
    assert "claimed" not in told
    assert "proxy-connection" not in told


@pytest.mark.parametrize("scheme", SCHEMES)
def test_answer_is_recorded_as_it_reaches_the_browser(proxy, scheme):
    answer = ask(proxy, f"{scheme}://{SITE}/a")
    [exchange] = proxy.record.to(SITE, "/a")
    assert exchange.response.status == answer.status == 200
    assert exchange.response.body == answer.body != b""
    assert exchange.response.all("set-cookie") == answer.all("set-cookie") == COOKIES
    assert proxy.record.set_cookies() == {SITE: COOKIES}


def test_compressed_answer_is_passed_on_and_can_be_read(proxy):
    answer = ask(proxy, f"https://{SITE}/packed")
    [exchange] = proxy.record.exchanges
    assert answer.raw == exchange.response.raw != exchange.response.body
    assert exchange.response.text.startswith("GET /packed")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("HEAD", "/", 200), ("GET", "/nothing", 204)]
)
def test_answer_without_a_body_does_not_hang(proxy, method, path, status):
    answer = ask(proxy, f"https://{SITE}{path}", method=method)
    assert (answer.status, answer.raw) == (status, b"")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_foreign_host_is_recorded_and_refused(proxy, scheme):
    assert ask(proxy, f"{scheme}://foreign.example/pixel").status == 502
    [request] = proxy.record.requests
    assert (request.scheme, request.host, request.path) == (scheme, "foreign.example", "/pixel")
    assert proxy.record.hosts == {"foreign.example"}


def test_host_that_is_only_reached_for_is_seen(proxy):
    with closing(socket.create_connection(proxy.server_address, timeout=10)) as browser:
        browser.sendall(b"CONNECT Foreign.example:8443 HTTP/1.1\r\n\r\n")
        assert b" 200 " in browser.recv(100)
    assert [(seen.host, seen.port) for seen in proxy.record.contacts] == [("foreign.example", 8443)]
    assert proxy.record.hosts == {"foreign.example"}
    assert proxy.record.requests == []


def test_stub_answers_until_it_is_taken_away(proxy):
    cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    proxy.stub("foreign.example", lambda request: (201, cookies, request.path.encode()))
    answer = ask(proxy, "https://foreign.example/a")
    assert (answer.status, answer.body) == (201, b"/a")
    assert proxy.record.set_cookies() == {"foreign.example": ["a=1", "b=2"]}
    proxy.unstub("foreign.example")
    assert ask(proxy, "https://foreign.example/a").status == 502


def test_stub_comes_before_the_site(proxy):
    proxy.stub(SITE, lambda request: (200, [], b"instead"))
    assert ask(proxy, f"https://{SITE}/").body == b"instead"


def test_fault_of_a_stub_is_told(proxy):
    proxy.stub("foreign.example", lambda request: 1 / 0)
    assert ask(proxy, "https://foreign.example/").status == 500
    with pytest.raises(ZeroDivisionError):
        proxy.raise_faults()


def test_site_that_is_away_is_answered_for(proxy):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = taken.getsockname()
    proxy.serve([SITE], address)
    assert ask(proxy, f"https://{SITE}/").status == 502
    assert proxy.record.exchanges[0].response.status == 502


def test_many_at_once_are_all_answered(proxy):
    with ThreadPoolExecutor(20) as browsers:
        answers = browsers.map(lambda n: ask(proxy, f"https://{SITE}/{n}"), range(40))
        assert {answer.status for answer in answers} == {200}
    assert {request.path for request in proxy.record.requests} == {f"/{n}" for n in range(40)}
    assert proxy.wait_until_idle(1)


def test_close_leaves_nothing_behind():
    before = threading.active_count()
    with running() as server:
        silent = [socket.create_connection(server.server_address) for _ in range(3)]
        for connection in silent[1:]:
            connection.sendall(b"CONNECT foreign.example:443 HTTP/1.1\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        silent[2].sendall(CLIENT_HELLO)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert threading.active_count() == before
    for connection in silent:
        with closing(connection), suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_wait_tells_what_was_asked_instead(proxy):
    ask(proxy, f"https://{SITE}/seen")
    proxy.record.wait_for(lambda record: record.to(SITE, "/seen"))
    with pytest.raises(TimeoutError, match=f"https://{SITE}/seen"):
        proxy.record.wait_for(lambda record: record.to("foreign.example"), seconds=0.05)


def test_quiet_begins_when_everything_is_answered(proxy):
    is_answered = threading.Event()
    proxy.stub("foreign.example", lambda request: (200, [], str(is_answered.wait(10)).encode()))
    with ThreadPoolExecutor(1) as browsers:
        asked = browsers.submit(ask, proxy, "http://foreign.example/")
        proxy.record.wait_for(lambda record: record.requests)
        with pytest.raises(TimeoutError):
            proxy.record.wait_until_quiet(0.01, seconds=0.05)
        is_answered.set()
        assert asked.result().body == b"True"
    proxy.record.wait_until_quiet(0.01)


def test_forgotten_record_is_empty(proxy):
    ask(proxy, f"https://{SITE}/")
    proxy.record.forget()
    assert (proxy.record.exchanges, proxy.record.contacts, proxy.record.hosts) == ([], [], set())
    Record().wait_until_quiet(0.01)


def test_certificate_is_good_for_its_host_alone():
    assert authority() is authority()
    assert authority().context(SITE) is authority().context(SITE)
    assert _shakes_hands(SITE, SITE)
    assert _shakes_hands("127.0.0.1", "127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _shakes_hands(SITE, "foreign.example")


def _shakes_hands(host: str, asked: str) -> bool:
    """Whether a client that wants ``asked`` accepts who says to be ``host``; in memory."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    trusting = ssl.create_default_context(cadata=authority().pem)
    client = trusting.wrap_bio(to_client, to_server, server_hostname=asked)
    server = authority().context(host).wrap_bio(to_server, to_client, server_side=True)
    ready = set()
    while len(ready) < 2:
        for side in (client, server):
            try:
                side.do_handshake()
                ready.add(side)
            except ssl.SSLWantReadError:
                continue
    return True
