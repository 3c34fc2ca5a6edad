"""PostgreSQL and Redis of one data folder: cleared up, started, lent out, stopped."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from emsar.embedded.account import Account, choose_account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.keys import Secrets, kept_secrets
from emsar.embedded.lock import STOPPING, Lock, locked
from emsar.embedded.place import Place
from emsar.embedded.postgres import OWNER, Postgres
from emsar.embedded.processes import running_one
from emsar.embedded.redis import Redis
from emsar.embedded.register import Register

WEB = "emsar_web"
WORKER = "emsar_worker"


@dataclass(frozen=True)
class Claim:
    """A data folder held by this run alone, with nothing of an earlier run left running."""

    data_dir: Path
    lock: Lock
    register: Register
    survivors: list[str]


@contextmanager
def claimed(data_dir: Path) -> Iterator[Claim]:
    """Hold ``data_dir``, made if missing; stop survivors first and all that was noted at the end.

    Raises EmbeddedError while another run holds it.
    """
    data_dir = data_dir.absolute()
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    with locked(data_dir) as lock:
        register = Register(data_dir / "processes", data_dir)
        claim = Claim(data_dir, lock, register, register.clear())
        try:
            yield claim
        finally:
            lock.say(STOPPING)
            register.clear()


@contextmanager
def servers(
    claim: Claim, given: Mapping[str, str], *, durable: bool = True
) -> Iterator[dict[str, str]]:
    """Start what ``given`` (the caller's environment) does not name already; stop it at the end.

    Yields addresses and keys that ``given`` lacks, under the names that the settings read.
    """
    with ExitStack() as stack:
        yield Start(claim.data_dir, claim.register, stack, given, durable).environment()


@dataclass(frozen=True)
class Start:
    """The start of the servers; what is started is put on ``stack`` to be stopped."""

    data_dir: Path
    register: Register
    stack: ExitStack
    given: Mapping[str, str]
    durable: bool

    def environment(self) -> dict[str, str]:
        """Start what is wanted; addresses and keys that the caller's environment lacks."""
        kept = kept_secrets(self.data_dir)
        values = kept.environment() | self._addresses(kept)
        # The roles' addresses belong to the owner's: on our own server they are ours.
        kept_out = {name for name in values if self.given.get(name)}
        if not self.given.get("DATABASE_URL"):
            kept_out -= {"DATABASE_URL_WEB", "DATABASE_URL_WORKER"}
        missing = {name: value for name, value in values.items() if name not in kept_out}
        return missing | {"DATA_DIR": str(self.data_dir)}

    def _addresses(self, kept: Secrets) -> dict[str, str]:
        addresses: dict[str, str] = {}
        if database := self.given.get("DATABASE_URL"):
            addresses |= role_addresses(database, kept)
        else:
            addresses |= self._postgres(kept)
        if not self.given.get("REDIS_URL"):
            addresses["REDIS_URL"] = self._redis()
        return addresses

    def _postgres(self, kept: Secrets) -> dict[str, str]:
        server = Postgres(*self._setting("postgres"), durable=self.durable)
        server.create(kept.superuser_password)
        self.stack.callback(server.stop)
        server.start()
        server.prepare(kept.superuser_password, kept.owner_password)
        return {
            "DATABASE_URL": server.url(OWNER, kept.owner_password),
            "DATABASE_URL_WEB": server.url(WEB, kept.web_password),
            "DATABASE_URL_WORKER": server.url(WORKER, kept.worker_password),
        }

    def _redis(self) -> str:
        server = Redis(*self._setting("redis"))
        self.stack.callback(server.stop)
        server.start()
        return server.url

    def _setting(self, name: str) -> tuple[Path, Path, Path, Account, Register]:
        """What both servers are given: folder, sockets, log, account and register."""
        logs = self.data_dir / "log"
        logs.mkdir(mode=0o700, exist_ok=True)
        log = logs / f"{name}.log"
        return self.data_dir / name, self._sockets, log, self._account, self.register

    @cached_property
    def _account(self) -> Account:
        return choose_account(self.data_dir / "postgres")

    @cached_property
    def _sockets(self) -> Path:
        place = Place(self.data_dir, self._account)
        self.stack.callback(place.close)
        return place.open()


def role_addresses(owner: str, kept: Secrets) -> dict[str, str]:
    """The addresses of the two roles on the server of ``owner``, with passwords of our own."""
    return {
        "DATABASE_URL_WEB": with_login(owner, WEB, kept.web_password),
        "DATABASE_URL_WORKER": with_login(owner, WORKER, kept.worker_password),
    }


def with_login(url: str, user: str, password: str) -> str:
    """``url`` with another user and password."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}"))


@contextmanager
def throw_away_folder(parent: Path) -> Iterator[Path]:
    """A data folder that goes away at the end; those that killed runs left are removed first."""
    parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    for folder in parent.iterdir():
        remove_abandoned(folder)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(folder: Path) -> None:
    """Remove a throw-away folder and stop its survivors, unless its run is alive.

    The run's number stands in the name, because a new folder is not locked at once.
    """
    if running_one(int(folder.name.partition("-")[0])):
        return
    try:
        with claimed(folder):
            shutil.rmtree(folder, ignore_errors=True)
    except (EmbeddedError, OSError):
        return
