"""What was asked and answered: the record that the proxy writes and the tests read."""

import gzip
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Condition
from urllib.parse import parse_qsl, urlsplit

WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Request:
    """One request as it left the browser; the names of its headers are in lower case."""

    at: datetime
    scheme: str
    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}"

    @property
    def query(self) -> dict[str, str]:
        """The fields of the query; of a repeated one the last."""
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))


@dataclass(frozen=True)
class Response:
    """One answer; ``raw`` is the body as it was sent, its headers stay a list of pairs."""

    status: int
    headers: list[tuple[str, str]]
    raw: bytes = b""

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for each, value in self.headers if each.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The last value of a header."""
        return next(reversed(self.all(name)), None)

    @property
    def body(self) -> bytes:
        """The body as a reader has it."""
        packed = self.raw and self.header("content-encoding") == "gzip"
        return gzip.decompress(self.raw) if packed else self.raw

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Exchange:
    """A request and its answer; None as long as there is none."""

    request: Request
    response: Response | None = None


@dataclass(frozen=True)
class Contact:
    """A host that was reached for, even if nothing was then asked of it.

    A mere connection tells a stranger the visitor's address already (``rel=preconnect``).
    """

    at: datetime
    host: str
    port: int


class Record:
    """Everything that passed, in the order in which it began. Safe to use from many threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._exchanges: list[Exchange] = []
        self._contacts: list[Contact] = []
        self._last = time.monotonic()

    def begin(self, request: Request) -> Exchange:
        exchange = Exchange(request)
        with self._change():
            self._exchanges.append(exchange)
        return exchange

    def end(self, exchange: Exchange, response: Response) -> None:
        with self._change():
            exchange.response = response

    def reached(self, contact: Contact) -> None:
        with self._change():
            self._contacts.append(contact)

    def forget(self) -> None:
        """Begin anew."""
        with self._change():
            self._exchanges.clear()
            self._contacts.clear()

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Hold the record while it is changed, and then wake those who wait."""
        with self._changed:
            yield
            self._last = time.monotonic()
            self._changed.notify_all()

    @property
    def exchanges(self) -> list[Exchange]:
        with self._changed:
            return list(self._exchanges)

    @property
    def contacts(self) -> list[Contact]:
        with self._changed:
            return list(self._contacts)

    @property
    def requests(self) -> list[Request]:
        return [exchange.request for exchange in self.exchanges]

    @property
    def hosts(self) -> set[str]:
        """Every host that was asked or only reached for."""
        asked = {request.host for request in self.requests}
        return asked | {contact.host for contact in self.contacts}

    def to(self, host: str, path: str = "") -> list[Exchange]:
        """What was asked of a host, below a path."""
        return [
            exchange
            for exchange in self.exchanges
            if exchange.request.host == host and exchange.request.path.startswith(path)
        ]

    def set_cookies(self) -> dict[str, list[str]]:
        """The Set-Cookie headers that came from each host; a host that sent none is left out."""
        found: dict[str, list[str]] = defaultdict(list)
        for exchange in self.exchanges:
            if exchange.response and (sent := exchange.response.all("set-cookie")):
                found[exchange.request.host] += sent
        return dict(found)

    def wait_for(self, seen: Callable[["Record"], object], seconds: float = WAIT_SECONDS) -> None:
        """Wait until ``seen`` says so of the record; raises TimeoutError with what was asked."""
        with self._changed:
            if not self._changed.wait_for(lambda: seen(self), seconds):
                asked = [request.url for request in self.requests]
                raise TimeoutError(f"not seen in {seconds} s; asked were {asked}")

    def wait_until_quiet(self, quiet: float = 0.5, seconds: float = WAIT_SECONDS) -> None:
        """Wait until everything is answered and nothing has happened for ``quiet`` seconds.

        Raises TimeoutError when there is no such rest. What is to prove that nothing was asked
        looks after this, not before.
        """
        ends = time.monotonic() + seconds
        with self._changed:
            while (left := self._restless(quiet)) > 0:
                if time.monotonic() > ends:
                    raise TimeoutError(f"no rest of {quiet} s in {seconds} s")
                self._changed.wait(left)

    def _restless(self, quiet: float) -> float:
        """The seconds that are still missing to a rest; all of them while an answer is awaited."""
        if any(exchange.response is None for exchange in self._exchanges):
            return quiet
        return self._last + quiet - time.monotonic()
