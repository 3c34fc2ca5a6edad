"""The set-up of the database: its steps are ``manage.py``'s commands, as on a real server."""

import hashlib
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from emsar.embedded.errors import EmbeddedError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("emsar", "policies", "consent", "requests_inbox", "locale", "templates")
SUFFIXES = {".py", ".toml", ".md", ".po", ".html", ".txt"}
RUNNER = (sys.executable, "-m", "emsar.embedded.steps")
# Marks the lines that name a step, among all that the commands themselves print.
MARK = "set-up: "
# Stands for the path of the organisation's profile, which the settings know.
PROFILE = "<profile>"
QUOTED_LINES = 20
# What the result depends on beside the files.
VARIABLES = ("ORGANISATION_PROFILE", "SITE_ORIGIN", "FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS")


def steps(logins: Path) -> list[list[str]]:
    """The commands, in their order."""
    return [
        ["compile_messages"],
        ["migrate", "--no-input"],
        ["setup_roles"],
        ["register_keys"],
        ["load_organisation", PROFILE],
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
    mark = fingerprint(environment)
    if database and logins.exists() and read_mark(database) == mark:
        return
    owner = {**environment, "DATABASE_ROLE": "owner"}
    _do(steps(logins), owner, data_dir / "log" / "setup.log")
    if database:
        write_mark(database, mark)


def _do(wanted: list[list[str]], environment: Mapping[str, str], log: Path) -> None:
    """Do the steps in a process of their own; its output goes to ``log``, the names are shown."""
    log.parent.mkdir(mode=0o700, exist_ok=True)
    words: deque[str] = deque(maxlen=QUOTED_LINES)
    process = subprocess.Popen(
        [*RUNNER, json.dumps(wanted)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process, log.open("a") as file:
        try:
            words = _follow(process.stdout or (), file)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise EmbeddedError(f"the set-up failed:\n{''.join(words)}All of it: {log}")


def _follow(lines: Iterable[str], log: TextIO) -> deque[str]:
    """Log all lines, show the names of the steps; the last lines."""
    log.write(f"--- {datetime.now(UTC):%F %T}\n")
    last: deque[str] = deque(maxlen=QUOTED_LINES)
    for line in lines:
        log.write(line)
        last.append(line)
        if line.startswith(MARK):
            print(line, end="", flush=True)
    return last


def fingerprint(environment: Mapping[str, str]) -> str:
    """A digest of all that the set-up depends on; the day is in it because calendars move."""
    digest = hashlib.sha256(f"{datetime.now(UTC):%F}".encode())
    for name in VARIABLES:
        digest.update(f"\0{name}={environment.get(name, '')}".encode())
    profile = environment.get("ORGANISATION_PROFILE")
    for path in sorted({*_sources(), *([Path(profile)] if profile else [])}):
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
