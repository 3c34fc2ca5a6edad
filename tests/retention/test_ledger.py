"""The ledger: shipped on commit, in order, never twice in vain, and never of what was undone."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from emsar.retention import health, ledger, objects
from emsar.retention.health import faults
from emsar.retention.models import DestructionLine, LedgerEntry, Shipment
from emsar.retention.stores import FileStore
from emsar.retention.tasks import catch_up
from tests.connections import in_thread
from tests.retention.object_store import Shelf, object_store

NOW = datetime(2027, 5, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def path(tmp_path, settings, monkeypatch) -> Path:
    file = tmp_path / "ledger" / "erasures.jsonl"
    settings.LEDGER_URL = f"file://{file}"
    settings.LEDGER_TOKEN = "let-me-in"
    monkeypatch.setattr(ledger, "_resting_until", 0.0)
    monkeypatch.setattr(objects, "LONGEST_GAP", 20)
    return file


@pytest.fixture
def shelf(settings) -> Iterator[Shelf]:
    with object_store() as shelf:
        settings.LEDGER_URL = shelf.url
        yield shelf


def erase(rule: str = "consultation") -> None:
    """What a batch notes, without the rows."""
    line = DestructionLine(sweep=uuid4(), rule=rule, trigger="S-5a", records=1)
    line.save()
    ledger.enter(line, [uuid4()], [uuid4()])


def uids() -> list[str]:
    return [str(uid) for uid in LedgerEntry.objects.order_by("id").values_list("uid", flat=True)]


def written(path: Path) -> list[str]:
    return [json.loads(line)["uid"] for line in FileStore(path).lines()]


def held_there(shelf: Shelf) -> list[str]:
    names = [name for name in sorted(shelf.objects) if name.endswith(".json")]
    return [json.loads(shelf.objects[name])["uid"] for name in names]


@pytest.mark.django_db(transaction=True)
def test_entry_is_shipped_on_commit_and_not_before(filled_db, path) -> None:
    with transaction.atomic():
        erase()
        assert not path.exists()
    assert written(path) == uids()
    assert Shipment.objects.count() == 1
    entry = LedgerEntry.objects.get()
    assert [ledger.as_line(each) for each in ledger.read(FileStore(path).lines())] == [
        ledger.as_line(entry)
    ]


@pytest.mark.django_db(transaction=True)
def test_entry_of_a_rolled_back_transaction_is_never_shipped(filled_db, path) -> None:
    with transaction.atomic():
        erase()
        transaction.set_rollback(True)
    erase()
    assert len(written(path)) == 1
    assert written(path) == uids()


@pytest.mark.django_db(transaction=True)
def test_what_another_transaction_has_not_committed_is_not_shipped(filled_db, path) -> None:
    written_down, go_on = threading.Event(), threading.Event()

    def long_batch() -> None:
        with transaction.atomic():
            erase("spam")
            written_down.set()
            assert go_on.wait(10)
            transaction.set_rollback(True)

    other = in_thread(long_batch)
    assert written_down.wait(10)
    erase()
    ledger.ship_waiting()
    go_on.set()
    other.result(10)
    assert [json.loads(line)["rule"] for line in FileStore(path).lines()] == ["consultation"]


@pytest.mark.django_db(transaction=True)
def test_shipping_inside_a_transaction_is_refused(filled_db) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        ledger.ship_waiting()


def in_a_while() -> datetime:
    """What waits for less than a minute is no fault yet."""
    return timezone.now() + 2 * health.SHIPPING


@pytest.mark.django_db(transaction=True)
def test_failing_store_breaks_nothing_and_is_caught_up_with_in_order(
    filled_db, shelf, caplog
) -> None:
    shelf.fail_next(500)
    for _ in range(3):
        erase()
    assert LedgerEntry.objects.count() == 3
    assert (shelf.names(), Shipment.objects.count()) == ([], 0)
    assert "the erasure ledger cannot be shipped: the store answered 500" in caplog.text
    assert shelf.url not in caplog.text
    # One batch asked; the others left the store alone for a while.
    assert len(shelf.asked) == 1
    assert "ledger" in health.faults(in_a_while())
    assert ledger.ship_waiting() == 3
    assert held_there(shelf) == uids()
    assert "ledger" not in health.faults(in_a_while())
    put = [line for line in shelf.asked if line.startswith("PUT 0")]
    assert len(put) == 3
    assert put == sorted(put)


@pytest.mark.django_db(transaction=True)
def test_store_that_fails_in_the_middle_is_taken_up_there(filled_db, shelf) -> None:
    shelf.fail_next(503)
    for _ in range(3):
        erase()
    # Asked whether there is a beginning, told it, asked for the entry, given it.
    shelf.fail_next(0, 0, 0, 0, 503)
    assert ledger.ship_waiting() == 1
    assert ledger.waiting().count() == 2
    assert ledger.ship_waiting() == 2
    assert held_there(shelf) == uids()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/ledger", "ftp://nowhere/x", "file:///proc/x/y"]
)
def test_place_that_cannot_be_reached_leaves_the_entry_waiting(filled_db, settings, url) -> None:
    settings.LEDGER_URL = url
    with transaction.atomic():
        erase()
    assert LedgerEntry.objects.count() == 1
    assert ledger.waiting().count() == 1
    assert "ledger" in health.faults(in_a_while())


@pytest.mark.django_db(transaction=True)
def test_slow_store_is_asked_again_later(filled_db, shelf, monkeypatch) -> None:
    monkeypatch.setattr(objects, "TIMEOUT_SECONDS", 0.1)
    shelf.delay = 0.4
    erase()
    assert ledger.waiting().count() == 1
    shelf.delay = 0
    assert ledger.ship_waiting() == 1
    assert held_there(shelf) == uids()


@pytest.mark.django_db(transaction=True)
def test_several_processes_ship_each_entry_once_and_in_order(filled_db, settings, path) -> None:
    settings.LEDGER_URL = "ftp://nowhere/x"
    for _ in range(40):
        erase()
    settings.LEDGER_URL = f"file://{path}"
    shippers = [in_thread(ledger.ship_waiting) for _ in range(3)]
    assert sum(shipper.result(60) for shipper in shippers) == 40
    assert written(path) == uids()


@pytest.mark.django_db(transaction=True)
def test_kill_between_writing_and_noting_costs_a_second_line_and_no_entry(
    filled_db, path, monkeypatch
) -> None:
    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Shipment.objects, "create", killed)
        with pytest.raises(KeyboardInterrupt):
            erase()
    assert ledger.waiting().count() == 1
    assert ledger.ship_waiting() == 1
    assert written(path) == uids() * 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"", "cannot be read"),
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b"null", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'{"id":1}', "cannot be read"),
    ],
)
def test_broken_line_is_told_by_its_number(line, problem) -> None:
    with pytest.raises(ValueError, match=f"line 1 of the ledger {problem}"):
        list(ledger.read([line]))
    told: list[str] = []
    assert list(ledger.read([line, line], told.append)) == []
    assert told == [f"line {n} of the ledger {problem}" for n in (1, 2)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("records", ["6d0b9f0e-3f0f-4c65-9d19-5f4f4f2f0a01"]),
        ("subjects", []),
        ("rule", "spam"),
        ("at", "2026-01-01T00:00:00+00:00"),
        ("uid", "6d0b9f0e-3f0f-4c65-9d19-5f4f4f2f0a02"),
        ("kid", "unknown"),
        ("hmac", "00" * 32),
    ],
)
def test_forged_line_is_noticed(name, value) -> None:
    erase()
    content = json.loads(ledger.as_line(LedgerEntry.objects.get()))
    forged = json.dumps(content | {name: value}).encode()
    with pytest.raises(ValueError, match="line 1 of the ledger is not as it was written"):
        list(ledger.read([forged]))


@pytest.mark.django_db
def test_line_is_the_same_bytes_whenever_it_is_made() -> None:
    erase()
    line = ledger.as_line(LedgerEntry.objects.get())
    (entry,) = ledger.read([line])
    assert ledger.as_line(entry) == line


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("days", "left"), [(30, 2), (31, 2), (32, 1)])
def test_entry_leaves_when_no_backup_can_bring_it_back(filled_db, path, days, left) -> None:
    """The schedule keeps backups for 30 days; a day more, for a transaction over midnight."""
    with time_machine.travel(NOW, tick=False) as clock:
        erase()
        clock.shift(timedelta(days=days))
        erase()
        ledger.prune()
        assert written(path) == uids()[-left:]
        assert ledger.ship_waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_line_that_cannot_be_read_is_never_taken_out(filled_db, path) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        erase()
        FileStore(path).append(0, b"not ours\n")
        clock.shift(timedelta(days=60))
        assert ledger.prune() == 1
    assert path.read_bytes() == b"not ours\n"


@pytest.mark.django_db(transaction=True)
def test_shipment_goes_when_its_entry_has_left_the_database(filled_db) -> None:
    erase()
    erase()
    gone = LedgerEntry.objects.order_by("id").first()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM retention_ledgerentry WHERE id = %s", [gone.pk])
    ledger.prune()
    assert Shipment.objects.get().entry == LedgerEntry.objects.get().uid


@pytest.mark.django_db(transaction=True)
def test_database_that_was_restored_is_told_until_the_erasures_are_replayed(filled_db) -> None:
    erase()
    erase()
    ledger.tend()
    assert "replay" not in faults()
    # What a back-up from before the second erasure would hold.
    last = LedgerEntry.objects.order_by("id").last()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM retention_ledgerentry WHERE id = %s", [last.pk])
        cursor.execute("DELETE FROM retention_destructionline WHERE uid = %s", [last.line])
    ledger.tend()
    assert "replay" in faults()
    call_command("replay_erasures", stdout=StringIO())
    ledger.tend()
    assert "replay" not in faults()


@pytest.mark.django_db(transaction=True)
def test_catch_up_ships_and_prunes(filled_db, shelf, caplog) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        erase()
        clock.shift(timedelta(days=40))
        shelf.fail_next(500)
        erase()
        catch_up()
        assert held_there(shelf)[:1] == uids()[1:]
        shelf.fail_next(500)
        catch_up()
    assert "the erasure ledger cannot be pruned: the store answered 500" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_command_ships_and_says_what_is_left(filled_db, shelf) -> None:
    shelf.fail_next(500, 500)
    erase()
    with pytest.raises(CommandError, match="1 entries could not be shipped"):
        call_command("ship_ledger", stdout=StringIO())
    out = StringIO()
    call_command("ship_ledger", prune=True, stdout=out)
    assert out.getvalue().split("\n")[:2] == ["shipped: 1", "taken out: 0"]
    shelf.fail_next(403)
    with pytest.raises(CommandError, match=r"Nothing was taken out: the store answered 403"):
        call_command("ship_ledger", prune=True, stdout=StringIO())
