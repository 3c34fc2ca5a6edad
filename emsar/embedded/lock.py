"""One run per data folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emsar.embedded.errors import EmbeddedError

PATIENCE = 1.0
PATIENCE_WITH_STOPPING = 30.0
STOPPING = "stopping"


class Lock:
    """A held lock; its file names the holder for whoever is refused."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def say(self, words: str) -> None:
        """Write who holds the lock, and what it is doing."""
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, f"process {os.getpid()} {words}\n".encode(), 0)


@contextmanager
def locked(data_dir: Path) -> Iterator[Lock]:
    """Hold the data folder; raises EmbeddedError while another run has it.

    A record lock rather than ``flock``: it belongs to this process alone, so that a forked child
    which outlives us does not go on holding it.
    """
    handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(handle, data_dir)
        lock = Lock(handle)
        lock.say("running")
        yield lock
    finally:
        os.close(handle)


def _acquire(handle: int, data_dir: Path) -> None:
    start = time.monotonic()
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
            patience = PATIENCE_WITH_STOPPING if STOPPING in holder else PATIENCE
            if time.monotonic() - start > patience:
                raise EmbeddedError(_refusal(holder, data_dir)) from None
            time.sleep(0.1)
        else:
            return


def _refusal(holder: str, data_dir: Path) -> str:
    return (
        f"Another run ({holder or 'just starting'}) already uses {data_dir}. "
        "Stop it first, or give this one its own DATA_DIR and PORT."
    )
