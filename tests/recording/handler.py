"""One connection of a browser to the proxy: a plain request, or a tunnel with TLS in it."""

import socket
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from tests.recording.forwarding import TIMEOUT_SECONDS, has_body, headers_to_send
from tests.recording.record import Contact, Request, Response

if TYPE_CHECKING:
    from tests.recording.proxy import Proxy

CLIENT_HELLO = b"\x16"
PORTS = {"http": 80, "https": 443}


class Handler(BaseHTTPRequestHandler):
    """Serves one request, after the CONNECT if there is one, and closes."""

    server: "Proxy"
    connection: socket.socket
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_SECONDS
    # Scheme, host and port of the tunnel that this connection has become.
    tunnel: tuple[str, str, int] | None = None

    def setup(self) -> None:
        super().setup()
        self.server.enter(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.connection.close()
            self.server.leave(self.connection)

    def do_CONNECT(self) -> None:
        host, port = _host_and_port(self.path, PORTS["https"])
        self.server.record.reached(Contact(datetime.now(UTC), host, port))
        self.send_response_only(200, "Connection established")
        self.end_headers()
        scheme = "http"
        # A browser opens tunnels for WebSockets too, and those need not be encrypted.
        if self.connection.recv(1, socket.MSG_PEEK) == CLIENT_HELLO:
            self._speak_tls(host)
            scheme = "https"
        self.tunnel = (scheme, host, port)
        # The next request on this connection is the one within.
        self.close_connection = False

    def _speak_tls(self, host: str) -> None:
        bare = self.connection
        self.rfile.close()
        self.wfile.close()
        context = self.server.authority.context(host)
        # The greeting comes last: a browser that stalls in it can then be hung up on too.
        self.request = context.wrap_socket(bare, server_side=True, do_handshake_on_connect=False)
        self.setup()
        self.server.leave(bare)
        self.request.do_handshake()

    def do_GET(self) -> None:
        self.close_connection = True
        request = self._read()
        exchange = self.server.record.begin(request)
        response = self.server.answer(request)
        # Before it is sent: a test that sees the page also finds its answer in the record.
        self.server.record.end(exchange, response)
        self._send(request, response)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def _read(self) -> Request:
        scheme, host, path = self._target()
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            known = headers.get(name.lower())
            headers[name.lower()] = value if known is None else f"{known}, {value}"
        body = self.rfile.read(int(headers.get("content-length", 0)))
        return Request(datetime.now(UTC), scheme, self.command, host, path, headers, body)

    def _target(self) -> tuple[str, str, str]:
        """Scheme, host and path; the host has its port when that is not the usual one."""
        if self.tunnel:
            scheme, host, port = self.tunnel
            return scheme, _shown(scheme, host, port), self.path
        url = urlsplit(self.path)
        host, port = _host_and_port(url.netloc, PORTS["http"])
        path = urlunsplit(("", "", url.path or "/", url.query, ""))
        return url.scheme, _shown(url.scheme, host, port), path

    def _send(self, request: Request, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in headers_to_send(request, response):
            self.send_header(name, value)
        self.end_headers()
        if has_body(request, response):
            self.wfile.write(response.raw)

    def log_message(self, *_: object) -> None:
        """The record is the log."""


def _host_and_port(place: str, usual: int) -> tuple[str, int]:
    host, colon, port = place.rpartition(":")
    if not colon or port.endswith("]"):
        return place.strip("[]").lower(), usual
    return host.strip("[]").lower(), int(port)


def _shown(scheme: str, host: str, port: int) -> str:
    return host if port == PORTS.get(scheme) else f"{host}:{port}"
