"""A proxy between a browser and the site under test: it records everything and lets nothing out.

The hosts of the site are answered by a server on this machine, strangers that a test expects by a
stub; every other host is recorded and refused. It reads TLS too, as the host that was asked for.
"""

import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from socketserver import TCPServer, ThreadingMixIn

from tests.recording.authority import authority
from tests.recording.forwarding import TIMEOUT_SECONDS, Upstream, forward, plain
from tests.recording.handler import Handler
from tests.recording.record import Record, Request, Response

LOCAL = "127.0.0.1"
Answer = tuple[int, list[tuple[str, str]], bytes]
Stub = Callable[[Request], Answer]


class Proxy(ThreadingMixIn, TCPServer):
    """The running proxy. What a test says of stubs and the site holds until it says otherwise."""

    request_queue_size = 128
    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__((LOCAL, 0), Handler)
        self.record = Record()
        self.authority = authority()
        # What went wrong in a stub or in the proxy itself; a test that uses it expects none.
        self.faults: list[BaseException] = []
        self._stubs: dict[str, Stub] = {}
        self._sites: frozenset[str] = frozenset()
        self._upstream: Upstream | None = None
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._is_closing = False

    @property
    def url(self) -> str:
        """The address to give to a browser."""
        return f"http://{LOCAL}:{self.server_address[1]}"

    def serve(self, hosts: Collection[str], upstream: Upstream | None) -> None:
        """Let these hosts, and no others, be answered by the server at ``upstream``."""
        self._sites, self._upstream = frozenset(hosts), upstream

    def stub(self, host: str, answer: Stub) -> None:
        """Let a host be answered by a function; it comes before the site."""
        self._stubs[host] = answer

    def unstub(self, host: str) -> None:
        """Let a host be a stranger, or the site's, again."""
        self._stubs.pop(host, None)

    def answer(self, request: Request) -> Response:
        if stub := self._stubs.get(request.host):
            return self._stubbed(stub, request)
        if self._upstream and request.host in self._sites:
            return forward(request, self._upstream)
        return plain(502, f"{request.host} is not to be asked for anything.")

    def _stubbed(self, stub: Stub, request: Request) -> Response:
        try:
            return Response(*stub(request))
        except Exception as problem:  # noqa: BLE001 - the fixture tells the test
            self.faults.append(problem)
            return plain(500, "The stub failed.")

    def enter(self, connection: socket.socket) -> None:
        with self._changed:
            self._open.add(connection)
            if self._is_closing:
                hang_up(connection)

    def leave(self, connection: socket.socket) -> None:
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float = TIMEOUT_SECONDS) -> bool:
        """Whether every browser has hung up within these seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, seconds)

    def close(self) -> None:
        """End every connection and wait for its thread."""
        self.shutdown()
        with self._changed:
            self._is_closing = True
            for connection in self._open:
                hang_up(connection)
        self.server_close()

    def raise_faults(self) -> None:
        """Raise the first of what went wrong since the last time."""
        faults, self.faults = self.faults, []
        if faults:
            raise faults[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser hangs up whenever it likes; anything else is a fault of ours."""
        problem = sys.exc_info()[1]
        if problem is not None and not isinstance(problem, OSError):
            self.faults.append(problem)


def hang_up(connection: socket.socket) -> None:
    """End a connection under the thread that reads from it, so that the thread ends too."""
    with suppress(OSError):
        # Not the method of an SSLSocket, which throws away the state that the thread is using.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


@contextmanager
def running() -> Iterator[Proxy]:
    """A proxy for as long as the block lasts; no thread and no socket of it outlives the block."""
    proxy = Proxy()
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
