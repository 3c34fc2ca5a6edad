"""Where the ledger lies outside the database: a file, or an object store.

``file:///path`` (or a bare path) is one file, each line forced to the disk. ``https://…/prefix``
is one object an entry, named by its number; user and password of the address, or LEDGER_TOKEN,
let us in.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

Keep = Callable[[bytes], bool]


class Store(Protocol):
    """A place for the ledger; all methods raise OSError when it is out of reach."""

    def append(self, number: int, line: bytes) -> None:
        """Add a line; when this returns, it survives a power cut."""

    def lines(self) -> Iterator[bytes]:
        """Every line, as it lies there: a half-written last one too."""

    def prune(self, keep: Keep) -> int:
        """Take lines away from the beginning that need not be kept; how many."""


def store_at(url: str) -> Store:
    """The place of an address; ImproperlyConfigured for one that is no place for it."""
    from emsar.retention.objects import ObjectStore

    parts = urlsplit(url)
    if parts.scheme in {"", "file"} and parts.path and not parts.netloc:
        return FileStore(Path(unquote(parts.path)))
    if parts.scheme in {"http", "https"} and parts.hostname:
        return ObjectStore(url)
    raise ImproperlyConfigured("LEDGER_URL is neither a file nor an object store")


class FileStore:
    """One file that only its owner reads; a line is either there whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, number: int, line: bytes) -> None:
        with self._locked() as handle:
            # What a crash left behind the last whole line is written over.
            os.ftruncate(handle, os.lseek(handle, _end_of_whole_lines(handle), os.SEEK_SET))
            _write_all(handle, line)
            os.fsync(handle)

    def lines(self) -> Iterator[bytes]:
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return
        with file:
            left = _settled_size(file.fileno())
            for line in file:
                if left <= 0:
                    return
                yield line[:left]
                left -= len(line)

    def prune(self, keep: Keep) -> int:
        """The file is written anew only when its first line may go: lines stand by their age."""
        first = next(self.lines(), None)
        if first is None or keep(first):
            return 0
        with self._locked():
            draft = self.path.with_name(f"{self.path.name}.new")
            gone = _write_kept(draft, self.path, keep)
            draft.replace(self.path)
            _force_folder(self.path.parent)
        return gone

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file for us alone; taken anew when a pruning replaced it while we waited."""
        while True:
            handle = self._opened()
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if self._is_ours(handle):
                    yield handle
                    return
            finally:
                os.close(handle)

    def _opened(self) -> int:
        with suppress(FileNotFoundError):
            return os.open(self.path, os.O_RDWR)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        # A name that is not forced to the disk is lost with the power, and the lines with it.
        _force_folder(self.path.parent)
        return handle

    def _is_ours(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False


def _end_of_whole_lines(handle: int) -> int:
    """Where the last whole line ends, in bytes from the beginning."""
    end = os.lseek(handle, 0, os.SEEK_END)
    while end > 0:
        start = max(end - 65_536, 0)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _settled_size(handle: int) -> int:
    """The size at a moment at which nobody is writing."""
    fcntl.flock(handle, fcntl.LOCK_SH)
    try:
        return os.fstat(handle).st_size
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _write_kept(draft: Path, path: Path, keep: Keep) -> int:
    """Copy the lines that are kept to a file of its own; how many were left out."""
    gone = 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as new, path.open("rb") as old:
        for line in old:
            if keep(line):
                new.write(line)
            else:
                gone += 1
        new.flush()
        os.fsync(new.fileno())
    return gone


def _force_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
