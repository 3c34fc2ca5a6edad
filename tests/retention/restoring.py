"""Dumps, and databases restored from them: real pg_dump, real pg_restore, commands by processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from emsar.embedded.errors import EmbeddedError
from emsar.embedded.postgres import find_programs
from emsar.retention.management.commands.backup_database import environment
from tests.connections import second_connection

# What a replay itself writes, or dates: the certificate of the replay, its audit, the chain.
WRITTEN_BY_REPLAY = {
    "audit_auditevent",
    "audit_heartbeat",
    "audit_seal",
    "retention_destructionline",
    "retention_deletionorder",
    "retention_shipment",
    "retention_sweep",
}


def program(name: str) -> str:
    """PostgreSQL's program: the one beside the embedded server, else that on PATH."""
    try:
        return str(find_programs() / "bin" / name)
    except EmbeddedError:
        found = shutil.which(name)
        assert found, f"the tests need {name}"
        return found


def dump(target: Path) -> None:
    """What docs/operations.md says, of the test database as it is now."""
    command = [program("pg_dump"), "--format=custom", "--file", str(target)]
    subprocess.run(command, env=environment(), check=True)


@contextmanager
def restored(source: Path) -> Iterator[str]:
    """A new database with the dump in it; its name."""
    name = f"emsar_restored_{os.getpid()}"
    with second_connection(autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        try:
            command = [program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
            subprocess.run([*command, "--dbname", name, str(source)], env=environment(), check=True)
            yield name
        finally:
            _drop(server, name)


def _drop(server: psycopg.Connection, name: str) -> None:
    """Nobody of ours may end the server's own vacuum; it is over in a moment."""
    until = time.monotonic() + 30
    while True:
        try:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def manage(name: str, *command: str, role: str = "worker") -> "subprocess.CompletedProcess[str]":
    """``manage.py`` in the database ``name``, under the login of ``role``."""
    variables = ("DATABASE_URL", "DATABASE_URL_WEB", "DATABASE_URL_WORKER")
    addresses = {key: os.environ[key].rpartition("/")[0] + f"/{name}" for key in variables}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=os.environ
        | addresses
        | {
            "DATABASE_ROLE": role,
            "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
            "LEDGER_URL": settings.LEDGER_URL,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def contents(name: str = "") -> dict[str, bytes]:
    """Every table as COPY writes it, rows in the order of their first column."""
    given = connection.get_connection_params()
    login = {key: given[key] for key in ("host", "port", "user", "password") if given.get(key)}
    with psycopg.connect(**login, dbname=name or given["dbname"]) as session:
        found = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {table: _copied(session, table) for (table,) in sorted(found.fetchall())}


def _copied(session: psycopg.Connection, table: str) -> bytes:
    statement = sql.SQL("COPY (SELECT * FROM {} ORDER BY 1) TO STDOUT").format(
        sql.Identifier(table)
    )
    with session.cursor().copy(statement) as copy:
        return b"".join(bytes(part) for part in copy)


def rows_of(name: str, statement: str) -> list[tuple[object, ...]]:
    given = connection.get_connection_params()
    login = {key: given[key] for key in ("host", "port", "user", "password") if given.get(key)}
    with psycopg.connect(**login, dbname=name) as session:
        return session.execute(statement).fetchall()
