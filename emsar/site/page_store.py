"""The finished pages of one process, and how it notices that they are out of date."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from emsar.site.packing import packed

logger = logging.getLogger(__name__)

# Scheme, host, path, cookie choice, Global Privacy Control.
Key = tuple[str, str, str, str, bool]

MAX_BYTES = 32 * 1024 * 1024
MAX_PAGES = 2000


@dataclass(frozen=True, slots=True)
class Variant:
    """One body of a page and its strong ETag; the compressed body is another body."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page ready to be sent: headers, the plain body and, if worth it, the compressed one."""

    headers: tuple[tuple[str, str], ...]
    plain: Variant
    packed: Variant | None

    @property
    def size(self) -> int:
        return len(self.plain.body) + (len(self.packed.body) if self.packed else 0)


def make_page(headers: tuple[tuple[str, str], ...], body: bytes) -> Page:
    """A page with both of its bodies; compressed once, however often it is sent."""
    smaller = packed(body)
    return Page(headers, _variant(body), _variant(smaller) if smaller else None)


def _variant(body: bytes) -> Variant:
    return Variant(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class Freshness:
    """Knows the publication that the stored pages show; ``generation`` grows when they must go.

    ``look`` reads the publication counter, ``next_instant`` the moment (UTC) at which something
    published earlier takes effect. The counter is read at most once in ``interval`` seconds, by
    one thread: the others go on with what is known. A database that does not answer is asked
    again after ``retry`` seconds; until then the pages stay as they are.

    Other threads may go on with an older registry for ``settle`` seconds after a change is seen,
    so what they render meanwhile is sent but not stored.
    """

    def __init__(
        self,
        look: Callable[[], int],
        next_instant: Callable[[datetime], datetime | None],
        *,
        interval: float,
        settle: float,
        retry: float = 5.0,
    ) -> None:
        self._look, self._next_instant = look, next_instant
        self._interval, self._settle, self._retry = interval, settle, retry
        self._lock = threading.Lock()
        self._due = self._settled = 0.0
        self._counter: int | None = None
        self._instant: datetime | None = None
        self.generation = 0

    def check(self) -> int:
        """The generation of the pages that may be sent now."""
        self._pass_instant()
        if time.monotonic() >= self._due and self._lock.acquire(blocking=False):
            try:
                self._look_now()
            finally:
                self._lock.release()
        return self.generation

    def _pass_instant(self) -> None:
        """At an effective instant the pages go even when nobody can be asked."""
        if self._instant is not None and timezone.now() >= self._instant:
            self._instant = None
            self._counter = None
            self._due = 0.0
            self._change()

    def _change(self) -> None:
        self._settled = time.monotonic() + self._settle
        self.generation += 1

    @property
    def is_settled(self) -> bool:
        """Whether every thread must have noticed the last change by now."""
        return time.monotonic() >= self._settled

    def _look_now(self) -> None:
        try:
            counter = self._look()
            if counter != self._counter:
                self._instant = self._next_instant(timezone.now())
                self._counter = counter
                self._change()
            self._due = time.monotonic() + self._interval
        except DatabaseError:
            logger.warning("the publication counter cannot be read; stored pages are kept")
            self._due = time.monotonic() + self._retry


class PageStore:
    """Finished pages by key, bounded in number and bytes; the oldest goes first."""

    def __init__(self, freshness: Freshness) -> None:
        self._freshness = freshness
        self._pages: dict[Key, Page] = {}
        self._bytes = 0
        self._generation = freshness.generation
        self._lock = threading.Lock()

    @property
    def generation(self) -> int:
        """To be taken before a page is rendered, and given back to `put`."""
        return self._freshness.generation

    def get(self, key: Key) -> Page | None:
        """The page, if one is stored and nothing was published since."""
        if key not in self._pages:
            return None
        self._drop_old(self._freshness.check())
        return self._pages.get(key)

    def put(self, key: Key, page: Page, generation: int) -> None:
        """Store a page, unless something was published while it was being rendered."""
        self._drop_old(self._freshness.generation)
        with self._lock:
            stale = generation != self._generation or not self._freshness.is_settled
            if stale or key in self._pages:
                return
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > MAX_BYTES or len(self._pages) > MAX_PAGES:
                self._bytes -= self._pages.pop(next(iter(self._pages))).size

    def _drop_old(self, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                self._pages.clear()
                self._bytes = 0
                self._generation = generation
