"""The set-up of the database: each step is one of ``manage.py``'s commands, as on a real server."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from emsar.embedded.errors import EmbeddedError

ROOT = Path(__file__).resolve().parents[2]
PROFILE = ROOT / "emsar" / "entities" / "profiles" / "emsargroup.toml"
SOURCES = ("emsar", "policies", "consent", "requests_inbox", "locale", "templates")
SUFFIXES = {".py", ".toml", ".md", ".po", ".html", ".txt"}
# What the result depends on beside the files.
VARIABLES = ("ORGANISATION_PROFILE", "SITE_ORIGIN", "FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS")


def steps(profile: str, logins: Path) -> list[list[str]]:
    """The commands, in their order."""
    return [
        ["compile_messages"],
        ["migrate", "--no-input"],
        ["setup_roles"],
        ["register_keys"],
        ["load_organisation", profile],
        ["publish_policies"],
        ["create_demo_logins", "--json", str(logins)],
    ]


def set_up(environment: Mapping[str, str], data_dir: Path, database: dict[str, str] | None) -> None:
    """Bring the database up to date as its owner; quick when nothing changed.

    ``database`` are the connection parameters of our own server. It carries the mark of the last
    set-up itself, so that a new or restored database is never taken for a finished one. On a
    foreign server (None) no mark is left and every step is done each time.
    """
    logins = data_dir / "logins.json"
    profile = environment.get("ORGANISATION_PROFILE") or str(PROFILE)
    mark = fingerprint(environment, Path(profile))
    if database and logins.exists() and read_mark(database) == mark:
        return
    for step in steps(profile, logins):
        _manage(step, {**environment, "DATABASE_ROLE": "owner"}, data_dir / "log" / "setup.log")
    if database:
        write_mark(database, mark)


def _manage(step: list[str], environment: Mapping[str, str], log: Path) -> None:
    print(f"set-up: {step[0]}", flush=True)
    log.parent.mkdir(mode=0o700, exist_ok=True)
    command = [sys.executable, str(ROOT / "manage.py"), *step]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with log.open("a") as file:
        file.write(f"--- {datetime.now(UTC):%F %T} {step[0]}\n{done.stdout}")
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise EmbeddedError(f"the set-up step {step[0]} failed:\n{tail}\nAll of it: {log}")


def fingerprint(environment: Mapping[str, str], profile: Path) -> str:
    """A digest of all that the set-up depends on; the day is in it because calendars move."""
    digest = hashlib.sha256(f"{datetime.now(UTC):%F}".encode())
    for name in VARIABLES:
        digest.update(f"\0{name}={environment.get(name, '')}".encode())
    for path in sorted({profile, *_sources()}):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"\0{path}={content}".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        for folder, _folders, files in os.walk(ROOT / name):
            for file in files:
                if (path := Path(folder, file)).suffix in SUFFIXES:
                    yield path


def read_mark(database: dict[str, str]) -> str | None:
    """The mark of the last complete set-up of this database."""
    with psycopg.connect(make_conninfo("", **database)) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
    return str(row[0]) if row and row[0] else None


def write_mark(database: dict[str, str], mark: str) -> None:
    """Note in the database itself that its set-up is complete."""
    name = sql.Identifier(database["dbname"])
    with psycopg.connect(make_conninfo("", **database)) as connection:
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(mark)))
