"""An object store for the ledger: one object an entry, written by PUT, read by GET.

Numbers that were rolled back are missing among the objects. ``first`` is an object too: the number
at which reading begins, since older entries leave the store. So the store needs no listing, which
every kind of store writes differently, and must not let objects expire by itself.
"""

import base64
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings

TIMEOUT_SECONDS = 10
# After so many missing numbers the ledger is at its end.
LONGEST_GAP = 1_000
# So many objects are deleted before the beginning is noted anew; a killed run leaves a gap of it.
NOTED_EVERY = 50
# The stores that this process has seen to have a beginning.
_BEGUN: set[str] = set()
NOT_FOUND, CONFLICT, PRECONDITION_FAILED = 404, 409, 412


class StoreError(OSError):
    """What the store answered; the text names neither the address nor its password."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token is for the store that was named, not for one that it points to."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class ObjectStore:
    """One object an entry; nothing that lies there is ever written over."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.base = urlunsplit(parts._replace(netloc=host)).rstrip("/")
        self.headers = _authorization(parts.username, parts.password)
        self.open = urllib.request.build_opener(_NoRedirect).open

    def append(self, number: int, line: bytes) -> None:
        """Another entry under the same number is an error: replay_erasures has not run yet."""
        if self.base not in _BEGUN:
            # A transaction that is still open may have a lower number.
            self._put_new("first", str(max(1, number - LONGEST_GAP // 2)).encode())
            _BEGUN.add(self.base)
        if not self._put_new(_name(number), line) and self._get(_name(number)) != line:
            raise StoreError("another entry has this number; has replay_erasures run?")

    def lines(self) -> Iterator[bytes]:
        return (line for _, line in self._objects())

    def prune(self, keep: Callable[[bytes], bool]) -> int:
        gone, last = 0, 0
        for number, line in self._objects():
            if keep(line):
                break
            self._ask("DELETE", _name(number))
            gone, last = gone + 1, number
            if gone % NOTED_EVERY == 0:
                self._begin_at(number + 1)
        if last:
            self._begin_at(last + 1)
        return gone

    def _objects(self) -> Iterator[tuple[int, bytes]]:
        number, missing = int(self._get("first") or 1) - 1, 0
        while missing < LONGEST_GAP:
            number += 1
            found = self._get(_name(number))
            missing = 0 if found is not None else missing + 1
            if found is not None:
                yield number, found

    def _put_new(self, name: str, content: bytes) -> bool:
        """Write an object unless there is one; asked before too, as some stores only overwrite."""
        if self._get(name) is not None:
            return False
        try:
            self._ask("PUT", name, content, {"If-None-Match": "*"})
        except StoreError as problem:
            if problem.status not in {CONFLICT, PRECONDITION_FAILED}:
                raise
            return False
        return True

    def _begin_at(self, number: int) -> None:
        self._ask("PUT", "first", str(number).encode())

    def _get(self, name: str) -> bytes | None:
        try:
            return self._ask("GET", name)
        except StoreError as problem:
            if problem.status == NOT_FOUND:
                return None
            raise

    def _ask(
        self,
        method: str,
        name: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        # The scheme was looked at when the store was chosen.
        request = urllib.request.Request(  # noqa: S310
            f"{self.base}/{name}", body, self.headers | (headers or {}), method=method
        )
        try:
            with self.open(request, timeout=TIMEOUT_SECONDS) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as problem:
            problem.close()
            raise StoreError(f"the store answered {problem.code}", problem.code) from None
        except (OSError, HTTPException) as problem:
            raise StoreError(f"no answer: {_kind(problem)}") from None


def _name(number: int) -> str:
    return f"{number:012d}.json"


def _kind(problem: Exception) -> str:
    reason = getattr(problem, "reason", None)
    return type(reason if isinstance(reason, Exception) else problem).__name__


def _authorization(user: str | None, password: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if user:
        pair = f"{unquote(user)}:{unquote(password or '')}".encode()
        return headers | {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if settings.LEDGER_TOKEN:
        return headers | {"Authorization": f"Bearer {settings.LEDGER_TOKEN}"}
    return headers
