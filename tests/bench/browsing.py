"""A browser's side of one connection: cookies are kept, every answer is read whole and timed."""

import http.client
import re
import time
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """An answer and how long it took to the last byte, in seconds."""

    status: int
    place: str
    body: bytes
    seconds: float

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page's form."""
        found = re.search(rf'name="{name}"[^>]*\bvalue="([^"]*)"', self.body.decode())
        if found is None:
            raise RuntimeError(f"the page has no field {name}")
        return unescape(found[1])


class Browser:
    """One visitor, or one colleague who is signed in already."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("localhost", port, timeout=60)
        self._cookies = dict(cookies or {})

    def get(self, path: str, expected: int = 200) -> Answer:
        return self._send("GET", path, None, expected)

    def post(self, path: str, fields: dict[str, str], expected: int) -> Answer:
        return self._send("POST", path, urlencode(fields), expected)

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: str | None, expected: int) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - start
        self._keep(response)
        if response.status != expected:
            raise RuntimeError(f"{method} answered {response.status} instead of {expected}")
        place = urlsplit(response.headers.get("Location", "")).path
        return Answer(response.status, place, content, seconds)

    def _keep(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
