"""The object store of the ledger against a real HTTP server."""

from collections.abc import Iterator

import pytest

from emsar.retention import objects
from emsar.retention.objects import ObjectStore, StoreError
from tests.retention.object_store import Shelf, object_store


@pytest.fixture
def shelf(settings) -> Iterator[Shelf]:
    settings.LEDGER_TOKEN = "let-me-in"
    with object_store() as shelf:
        yield shelf


@pytest.fixture
def store(shelf, monkeypatch) -> ObjectStore:
    monkeypatch.setattr(objects, "LONGEST_GAP", 20)
    return ObjectStore(shelf.url)


def test_entries_are_read_in_their_order_over_gaps(store, shelf) -> None:
    for number in (3, 1, 17):
        store.append(number, b"%d\n" % number)
    names = ["000000000001.json", "000000000003.json", "000000000017.json", "first"]
    assert shelf.names() == names
    assert list(store.lines()) == [b"1\n", b"3\n", b"17\n"]


def test_writing_an_entry_twice_changes_nothing(store) -> None:
    store.append(1, b"one\n")
    store.append(1, b"one\n")
    assert list(store.lines()) == [b"one\n"]


def test_ledger_may_begin_at_any_number(store) -> None:
    """The place of a file was given up for an object store, or the database is an older one."""
    for number in (7_000, 6_995, 7_003):
        store.append(number, b"%d\n" % number)
    assert list(store.lines()) == [b"6995\n", b"7000\n", b"7003\n"]


def test_entry_of_somebody_faster_is_not_written_over(store, shelf, monkeypatch) -> None:
    store.append(1, b"one\n")
    ask, missed = store._ask, []

    def blind(method, name, *rest):
        if method == "GET" and name.endswith("2.json") and not missed:
            missed.append(name)
            shelf.objects[f"/bucket/ledger/{name}"] = b"theirs\n"
            raise StoreError("", 404)
        return ask(method, name, *rest)

    monkeypatch.setattr(store, "_ask", blind)
    with pytest.raises(StoreError, match="another entry has this number"):
        store.append(2, b"two\n")
    assert list(store.lines()) == [b"one\n", b"theirs\n"]


def test_nothing_is_written_over(store) -> None:
    store.append(1, b"one\n")
    with pytest.raises(StoreError, match="another entry has this number"):
        store.append(1, b"another\n")
    assert list(store.lines()) == [b"one\n"]


@pytest.mark.parametrize("status", [302, 307, 403, 500, 503])
def test_refusal_is_an_error_without_the_address(store, shelf, status) -> None:
    shelf.fail_next(status)
    with pytest.raises(StoreError) as caught:
        store.append(1, b"one\n")
    assert str(caught.value) == f"the store answered {status}"
    store.append(1, b"one\n")
    assert list(store.lines()) == [b"one\n"]


def test_missing_entry_is_not_mistaken_for_a_store_that_is_ill(store, shelf) -> None:
    store.append(1, b"one\n")
    shelf.fail_next(503)
    with pytest.raises(StoreError, match="503"):
        list(store.lines())


def test_token_does_not_follow_a_redirect(store, shelf) -> None:
    shelf.fail_next(302)
    with pytest.raises(StoreError, match="302"):
        list(store.lines())
    assert shelf.asked == ["GET first"]


def test_wrong_token_is_refused(shelf, settings) -> None:
    settings.LEDGER_TOKEN = "wrong"
    with pytest.raises(StoreError, match="401"):
        ObjectStore(shelf.url).append(1, b"one\n")
    assert shelf.objects == {}


def test_user_and_password_of_the_address_let_us_in(shelf) -> None:
    # "me:p@ss" in base64.
    shelf.token = "Basic bWU6cEBzcw=="
    ObjectStore(shelf.url.replace("//", "//me:p%40ss@")).append(1, b"one\n")
    assert shelf.names() == ["000000000001.json", "first"]


def test_no_token_no_header(shelf, settings) -> None:
    settings.LEDGER_TOKEN = ""
    shelf.token = None
    ObjectStore(shelf.url).append(1, b"one\n")
    assert shelf.names() == ["000000000001.json", "first"]


def test_slow_store_is_given_up(store, shelf, monkeypatch) -> None:
    monkeypatch.setattr(objects, "TIMEOUT_SECONDS", 0.1)
    shelf.delay = 0.5
    with pytest.raises(StoreError, match=r"no answer: Timeout"):
        store.append(1, b"one\n")


def test_store_that_is_down_is_an_error() -> None:
    with object_store() as shelf:
        url = shelf.url
    with pytest.raises(StoreError, match="no answer: ConnectionRefusedError"):
        ObjectStore(url).append(1, b"one\n")


def test_pruned_beginning_does_not_hide_the_rest(store, shelf) -> None:
    for number in range(1, 61):
        store.append(number, b"%d\n" % number)
    assert store.prune(lambda line: int(line) > 55) == 55
    assert shelf.objects["/bucket/ledger/first"] == b"56"
    assert list(store.lines()) == [b"%d\n" % number for number in range(56, 61)]
    assert store.prune(lambda line: int(line) > 55) == 0


def test_killed_pruning_leaves_a_gap_that_readers_bridge(store, shelf, monkeypatch) -> None:
    monkeypatch.setattr(objects, "NOTED_EVERY", 5)
    for number in range(1, 31):
        store.append(number, b"%d\n" % number)
    # Six deletions, one note of the beginning, then the store falls silent.
    shelf.answers += [0] * 14 + [503]
    with pytest.raises(StoreError):
        store.prune(lambda _: False)
    first = int(shelf.objects.get("/bucket/ledger/first", b"1"))
    assert first > 1
    left = sorted(shelf.objects)[:-1]
    assert len(list(store.lines())) == len(left) < 30
    assert store.prune(lambda _: False) == len(left)
    store.append(31, b"31\n")
    assert list(store.lines()) == [b"31\n"]
