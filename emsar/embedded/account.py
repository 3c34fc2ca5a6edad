"""The operating-system account of the servers.

PostgreSQL refuses to run as root. Started as root, we borrow an account that exists already; none
is added and no folder outside the data folder changes its rights.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from emsar.embedded.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody", "daemon")


class Identification(TypedDict, total=False):
    """The arguments of ``subprocess`` that switch to an account; empty for our own."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """Who the servers run as. ``borrowed`` means: not the account that started us."""

    uid: int
    gid: int
    borrowed: bool

    @property
    def switch(self) -> Identification:
        """What to pass to ``subprocess`` so that the program runs as this account."""
        if not self.borrowed:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Make this account the owner of ``path``, which must lie in a folder of ours."""
        if self.borrowed:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def reaches(self, path: Path) -> bool:
        """Whether every folder on the way to ``path`` lets this account through."""
        if not self.borrowed:
            return True
        place = path.resolve()
        return all(self._passes(folder.stat()) for folder in (place, *place.parents))

    def _passes(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def choose_account(existing: Path) -> Account:
    """Our own account; for root the owner of ``existing`` data, else an unprivileged one.

    The owner comes first because a machine may gain a better candidate between two starts.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), borrowed=False)
    if existing.exists() and (owner := existing.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, borrowed=True)
    return _unprivileged()


def _unprivileged() -> Account:
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, borrowed=True)
    raise EmbeddedError(
        "PostgreSQL does not run as root and this machine has no account to lend it "
        f"({', '.join(CANDIDATES)}). Start as an ordinary user."
    )
