"""What is kept, for how long, and who notices that it is out of date."""

import gzip
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError

from emsar.site import page_store
from emsar.site.page_store import Freshness, PageStore, make_page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Counter:
    """Stands for the publication counter, and counts how often it was asked."""

    def __init__(self) -> None:
        self.value, self.asked = 1, 0
        self.fails = False
        self.instant: datetime | None = None

    def look(self) -> int:
        self.asked += 1
        if self.fails:
            raise OperationalError("away")
        return self.value

    def next_instant(self, now: datetime) -> datetime | None:
        return self.instant if self.instant and self.instant > now else None


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """Monotonic seconds, to be moved by hand."""
    seconds = [1000.0]
    monkeypatch.setattr(page_store.time, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def store(counter, clock) -> PageStore:
    """A store that has looked once and is settled."""
    freshness = Freshness(counter.look, counter.next_instant, interval=1.0, settle=1.0)
    freshness.check()
    clock[0] += 1.0
    return PageStore(freshness)


def key(path: str = "/en/") -> tuple[str, str, str, str, bool]:
    return ("https", "example.org", path, "", False)


def page(text: str = "hello"):
    return make_page((("Content-Type", "text/html"),), text.encode())


def put(store: PageStore, path: str = "/en/", text: str = "hello") -> None:
    store.put(key(path), page(text), store.generation)


def test_stored_page_comes_back(store):
    put(store)
    assert store.get(key()) == page()
    assert store.get(key("/ru/")) is None


def test_counter_is_not_asked_for_what_is_not_stored(store, counter):
    asked = counter.asked
    store.get(key())
    assert counter.asked == asked


def test_counter_is_asked_once_a_second(store, counter, clock):
    put(store)
    asked = counter.asked
    for _ in range(5):
        store.get(key())
    assert counter.asked == asked + 1
    clock[0] += 1.0
    store.get(key())
    assert counter.asked == asked + 2


def test_publication_drops_everything(store, counter):
    put(store)
    put(store, "/ru/")
    counter.value += 1
    assert store.get(key()) is None
    assert store.get(key("/ru/")) is None


def test_page_rendered_before_a_publication_is_not_stored_after_it(store, counter, clock):
    put(store)
    before = store.generation
    counter.value += 1
    store.get(key())
    clock[0] += 2.0
    store.put(key(), page("old"), before)
    assert store.get(key()) is None


def test_pages_are_not_stored_while_other_threads_may_still_see_the_old_registry(
    store, counter, clock
):
    put(store)
    counter.value += 1
    store.get(key())
    clock[0] += 0.9
    put(store, text="rendered from an old registry")
    assert store.get(key()) is None
    clock[0] += 0.1
    put(store, text="new")
    assert store.get(key()) == page("new")


def test_database_that_is_away_keeps_the_pages_and_is_not_asked_for_five_seconds(
    store, counter, clock
):
    put(store)
    counter.fails = True
    asked = counter.asked
    assert store.get(key()) == page()
    clock[0] += 4.9
    assert store.get(key()) == page()
    assert counter.asked == asked + 1
    clock[0] += 0.1
    counter.fails, counter.value = False, 2
    assert store.get(key()) is None


def test_effective_instant_drops_the_pages_without_a_publication(counter, clock):
    counter.instant = NOW + timedelta(hours=1)
    with time_machine.travel(NOW, tick=False) as traveller:
        freshness = Freshness(counter.look, counter.next_instant, interval=1.0, settle=1.0)
        freshness.check()
        clock[0] += 1.0
        store = PageStore(freshness)
        put(store)
        traveller.move_to(counter.instant - timedelta(seconds=1))
        assert store.get(key()) == page()
        traveller.move_to(counter.instant)
        assert store.get(key()) is None


def test_effective_instant_passes_even_when_the_database_is_away(counter, clock):
    counter.instant = NOW + timedelta(hours=1)
    with time_machine.travel(NOW, tick=False) as traveller:
        freshness = Freshness(counter.look, counter.next_instant, interval=1.0, settle=1.0)
        freshness.check()
        clock[0] += 1.0
        store = PageStore(freshness)
        put(store)
        counter.fails = True
        traveller.move_to(counter.instant)
        assert store.get(key()) is None


def test_only_one_thread_looks_and_the_others_do_not_wait_for_it(clock):
    entered, leave = threading.Event(), threading.Event()

    def slow_look() -> int:
        entered.set()
        assert leave.wait(10)
        return 1

    freshness = Freshness(slow_look, lambda now: None, interval=1.0, settle=0.0)
    looking = threading.Thread(target=freshness.check)
    looking.start()
    assert entered.wait(10)
    assert freshness.check() == 0
    leave.set()
    looking.join(10)
    assert freshness.generation == 1


def test_store_is_bounded_in_pages(store, monkeypatch):
    monkeypatch.setattr(page_store, "MAX_PAGES", 2)
    for path in ("/1/", "/2/", "/3/"):
        put(store, path)
    assert [store.get(key(path)) for path in ("/1/", "/2/", "/3/")] == [None, page(), page()]


def test_store_is_bounded_in_bytes(store, monkeypatch):
    monkeypatch.setattr(page_store, "MAX_BYTES", 250)
    put(store, "/1/", "a" * 100)
    put(store, "/2/", "b" * 100)
    put(store, "/3/", "c" * 100)
    assert store.get(key("/1/")) is None
    assert store.get(key("/3/")) is not None


def test_bytes_are_counted_anew_after_a_publication(store, counter, clock, monkeypatch):
    monkeypatch.setattr(page_store, "MAX_BYTES", 250)
    put(store, "/1/", "a" * 200)
    counter.value += 1
    store.get(key("/1/"))
    clock[0] += 1.0
    put(store, "/2/", "b" * 200)
    assert store.get(key("/2/")) is not None


def test_packed_body_is_the_same_page_and_the_same_bytes_each_time():
    text = "one sentence again and again. " * 50
    packed = page(text).packed
    assert packed is not None
    assert gzip.decompress(packed.body).decode() == text
    assert page(text).packed == packed


@pytest.mark.parametrize("body", [b"short", b"x" * 255, bytes(range(256))])
def test_body_that_is_short_or_does_not_shrink_is_not_packed(body):
    assert make_page((), body).packed is None
    # The control: as long, and with a pattern.
    assert make_page((), b"x" * 300).packed is not None


def test_each_encoding_has_its_own_etag():
    made = page("x" * 1000)
    assert made.packed is not None
    assert made.plain.etag != made.packed.etag
    assert page("y" * 1000).plain.etag != made.plain.etag
