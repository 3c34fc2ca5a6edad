"""The file of the ledger: whole lines or none, whoever writes and whatever kills the writer."""

import multiprocessing
import os
import random
import signal
import stat
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from emsar.retention.objects import ObjectStore
from emsar.retention.stores import FileStore, store_at

FORKED = multiprocessing.get_context("fork")


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "ledger" / "erasures.jsonl"


def test_addresses_name_a_file_or_an_object_store(settings) -> None:
    assert store_at("file:///srv/ledger/a%20b.jsonl").path == Path("/srv/ledger/a b.jsonl")
    assert store_at("/srv/ledger.jsonl").path == Path("/srv/ledger.jsonl")
    assert isinstance(store_at("https://store.example/bucket"), ObjectStore)


@pytest.mark.parametrize(
    "url", ["", "file://", "ftp://host/x", "https:///bucket", "file://host/ledger", "s3://bucket"]
)
def test_address_that_is_no_place_is_refused(url) -> None:
    with pytest.raises(ImproperlyConfigured, match="neither a file nor an object store"):
        store_at(url)


def test_file_and_folder_are_closed_to_others(path) -> None:
    FileStore(path).append(1, b"one\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_lines_come_back_in_their_order(path) -> None:
    store = FileStore(path)
    assert list(store.lines()) == []
    for number in range(3):
        store.append(number, b"%d\n" % number)
    assert list(store.lines()) == [b"0\n", b"1\n", b"2\n"]


@pytest.mark.parametrize("whole", [b"", b"one\n", b"x" * 200_000 + b"\n"])
@pytest.mark.parametrize("half", [b"{", b"y" * 70_000])
def test_half_line_is_shown_and_then_written_over(path, whole, half) -> None:
    path.parent.mkdir()
    path.write_bytes(whole + half)
    store = FileStore(path)
    # After a restore nobody may believe that this entry was never begun.
    assert list(store.lines()) == [*filter(None, [whole]), half]
    store.append(2, b"two\n")
    assert path.read_bytes() == whole + b"two\n"


def test_full_disk_leaves_no_half_line_behind_the_next_one(path, monkeypatch) -> None:
    store = FileStore(path)
    store.append(1, b"one\n")
    write = os.write

    def half(handle: int, data: bytes) -> int:
        if data != b"two\n":
            raise OSError(28, "No space left on device")
        return write(handle, data[:2])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            store.append(2, b"two\n")
    assert path.read_bytes() == b"one\ntw"
    store.append(2, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"


def _append_many(path: Path, writer: int, count: int) -> None:
    store = FileStore(path)
    for number in range(count):
        store.append(number, line_of(writer, number))


def line_of(writer: int, number: int) -> bytes:
    return b"%d:%d:" % (writer, number) + bytes([97 + writer]) * 5_000 + b"\n"


def test_many_processes_write_whole_lines(path) -> None:
    writers = [FORKED.Process(target=_append_many, args=(path, w, 60)) for w in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    expected = {line_of(writer, number) for writer in range(4) for number in range(60)}
    found = list(FileStore(path).lines())
    assert (len(found), set(found)) == (240, expected)


def test_killed_writers_leave_whole_lines_and_no_lock(path) -> None:
    chance = random.Random(3)  # noqa: S311
    for writer in range(12):
        process = FORKED.Process(target=_append_many, args=(path, writer, 100_000))
        process.start()
        time.sleep(chance.uniform(0.01, 0.06))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    FileStore(path).append(0, b"last\n")
    *lines, last = FileStore(path).lines()
    assert last == b"last\n"
    written = {
        writer: [line for line in lines if line.startswith(b"%d:" % writer)] for writer in range(12)
    }
    assert sum(map(len, written.values())) == len(lines) > 12
    for writer, own in written.items():
        assert own == [line_of(writer, number) for number in range(len(own))]


def test_pruning_takes_what_may_go_and_keeps_the_rest(path) -> None:
    store = FileStore(path)
    assert store.prune(lambda _: False) == 0
    for line in (b"old 1\n", b"young 1\n", b"old 2\n"):
        store.append(0, line)
    assert store.prune(lambda line: line.startswith(b"young")) == 2
    assert path.read_bytes() == b"young 1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_file_that_begins_young_is_not_written_anew(path) -> None:
    store = FileStore(path)
    for line in (b"young\n", b"old\n"):
        store.append(0, line)
    before = path.stat().st_ino
    assert store.prune(lambda line: line.startswith(b"young")) == 0
    assert path.stat().st_ino == before


def test_writers_find_the_file_that_pruning_put_in_place(path) -> None:
    FileStore(path).append(0, b"old\n")
    writers = [FORKED.Process(target=_append_many, args=(path, w, 80)) for w in range(2)]
    for writer in writers:
        writer.start()
    pruned = 0
    while any(writer.is_alive() for writer in writers):
        FileStore(path).append(0, b"old\n")
        # The oldest line may always go; nothing else.
        pruned += FileStore(path).prune(lambda line: line != b"old\n")
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert pruned >= 1
    found = [line for line in FileStore(path).lines() if line != b"old\n"]
    assert sorted(found) == sorted(line_of(w, n) for w in range(2) for n in range(80))
