"""A tiny site on this machine, and a client that asks for it through the proxy."""

import gzip
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit, urlunsplit

from tests.recording.forwarding import Upstream
from tests.recording.proxy import LOCAL, Proxy
from tests.recording.record import Response

COOKIES = ["a=1; Path=/", "b=2; Path=/; HttpOnly"]


class Site(BaseHTTPRequestHandler):
    """Says what it was asked, with two cookies; below ``/packed`` it is compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self._told().encode()
        packed = self.path.startswith("/packed")
        self.send_response(204 if self.path == "/nothing" else 200)
        for cookie in COOKIES:
            self.send_header("Set-Cookie", cookie)
        if packed:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and self.path != "/nothing":
            self.wfile.write(body)

    do_POST = do_HEAD = do_GET  # noqa: N815

    def _told(self) -> str:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        lines = [f"{self.command} {self.path}", f"body: {body}"]
        lines += [f"{name.lower()}: {value}" for name, value in self.headers.items()]
        return "\n".join(lines)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def tiny_site() -> Iterator[Upstream]:
    """The address of the site, as long as the block lasts."""
    server = ThreadingHTTPServer((LOCAL, 0), Site)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield (LOCAL, server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(
    proxy: Proxy,
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Response:
    """Ask through the proxy as a browser does: a tunnel for https, a whole address for http."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    with closing(_connect(proxy, parts.scheme, host)) as connection:
        target = urlunsplit(("", "", *parts[2:])) if parts.scheme == "https" else url
        connection.request(method, target, body or None, {"Host": host} | (headers or {}))
        with closing(connection.getresponse()) as answer:
            return Response(answer.status, answer.getheaders(), answer.read())


def _connect(proxy: Proxy, scheme: str, host: str) -> HTTPConnection:
    port = proxy.server_address[1]
    if scheme == "http":
        return HTTPConnection(LOCAL, port, timeout=10)
    trusting = ssl.create_default_context(cadata=proxy.authority.pem)
    connection = HTTPSConnection(LOCAL, port, timeout=10, context=trusting)
    connection.set_tunnel(host, 443)
    return connection
