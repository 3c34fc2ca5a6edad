"""The folder of the sockets.

A socket's path has room for 107 bytes, and the servers' account must be able to get there. So the
sockets stand in the data folder when they fit and can be reached, and otherwise in a private
folder under $XDG_RUNTIME_DIR or /tmp, whose name the data folder remembers until it is removed.
"""

import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from emsar.embedded.account import Account
from emsar.embedded.errors import EmbeddedError

SOCKET_PATH_LIMIT = 107
LONGEST_NAME = "/.s.PGSQL.5432.lock"
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")

# mkdtemp makes a folder in them that only its owner may enter.
COMMON = ("/tmp", "/var/tmp")  # noqa: S108  # nosec B108


class Place:
    """The folder of the sockets of one data folder."""

    def __init__(self, data_dir: Path, account: Account) -> None:
        self.data_dir = data_dir
        self.account = account
        self.inside = data_dir / "run"
        self.note = data_dir / "sockets-elsewhere"

    def open(self) -> Path:
        """The folder, made when it is missing; only the servers' account may enter it."""
        if fits(self.inside) and self.account.reaches(self.data_dir):
            self.inside.mkdir(mode=0o700, exist_ok=True)
            self.account.take(self.inside)
            self._insist_on(self.inside)
            return self.inside
        return self._remembered() or self._elsewhere()

    def close(self) -> None:
        """Remove the folder; nothing of ours stays outside the data folder."""
        for folder in (self.inside, self._remembered()):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
        self.note.unlink(missing_ok=True)

    def _remembered(self) -> Path | None:
        if not self.note.exists():
            return None
        folder = Path(self.note.read_text().strip())
        return folder if is_private(folder, self.account) else None

    def _elsewhere(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="emsar-", dir=self._parent()))
        self.account.take(folder)
        self.note.write_text(f"{folder}\n")
        return folder

    def _parent(self) -> Path:
        for name in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), *COMMON):
            parent = Path(name)
            usable = name and parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)
            if usable and fits(parent / "emsar-12345678") and self.account.reaches(parent):
                return parent
        raise EmbeddedError(
            f"The path {self.data_dir} is too long for a socket or closed to the account of the "
            "servers, and no other folder serves. Choose a DATA_DIR with a shorter path."
        )

    def _insist_on(self, folder: Path) -> None:
        if not is_private(folder, self.account):
            raise EmbeddedError(f"{folder} must be a folder that only the servers may enter.")


def fits(folder: Path) -> bool:
    """Whether a socket in ``folder`` has a path short enough for the system and plain in a URL."""
    short = len(os.fsencode(folder)) + len(LONGEST_NAME) <= SOCKET_PATH_LIMIT
    return short and bool(PLAIN.fullmatch(str(folder)))


def is_private(folder: Path, account: Account) -> bool:
    """Whether ``folder`` is a real folder, of ``account``, closed to everybody else."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    closed = stat.S_IMODE(status.st_mode) & 0o077 == 0
    return stat.S_ISDIR(status.st_mode) and status.st_uid == account.uid and closed


def lend(program: Path, folder: Path, account: Account) -> Path:
    """``program`` where ``account`` can run it: itself, or a copy in ``folder``."""
    if account.reaches(program.parent):
        return program
    copy = folder / program.name
    if not copy.exists():
        draft = copy.with_name(copy.name + ".new")
        shutil.copy2(program, draft)
        account.take(draft)
        draft.rename(copy)
    return copy
