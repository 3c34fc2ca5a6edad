"""A small object store over HTTP: PUT, GET and DELETE of objects, with a token asked for."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "Bearer let-me-in"


class Shelf:
    """What the store holds, what it was asked, and how it behaves."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.answers: list[int] = []
        self.token = TOKEN
        self.delay = 0.0
        self.url = ""

    def fail_next(self, *statuses: int) -> None:
        self.answers += statuses

    def names(self) -> list[str]:
        return sorted(name.rpartition("/")[2] for name in self.objects)


class Handler(BaseHTTPRequestHandler):
    shelf: Shelf

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_let_in():
            return
        if self.headers.get("If-None-Match") == "*" and self.path in self.shelf.objects:
            self._answer(412)
        else:
            self.shelf.objects[self.path] = body
            self._answer(201)

    def do_GET(self) -> None:
        if self._is_let_in():
            found = self.shelf.objects.get(self.path)
            self._answer(404 if found is None else 200, found or b"")

    def do_DELETE(self) -> None:
        if self._is_let_in():
            self._answer(204 if self.shelf.objects.pop(self.path, None) else 404)

    def _is_let_in(self) -> bool:
        self.shelf.asked.append(f"{self.command} {self.path.rpartition('/')[2]}")
        time.sleep(self.shelf.delay)
        status = self.shelf.answers.pop(0) if self.shelf.answers else 0
        if not status and self.headers.get("Authorization") != self.shelf.token:
            status = 401
        if status:
            self._answer(status)
        return not status

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if status in {301, 302, 307}:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """A client that gave up waiting is what the tests are about."""


@contextmanager
def object_store() -> Iterator[Shelf]:
    """A store on the loopback address; ``url`` ends with a prefix."""
    shelf = Shelf()
    server = Server(("127.0.0.1", 0), type("ShelfHandler", (Handler,), {"shelf": shelf}))
    shelf.url = f"http://127.0.0.1:{server.server_port}/bucket/ledger"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
