"""The server itself: closed to the network and to strangers, and never lost by a kill."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from emsar.embedded import postgres as servers
from emsar.embedded.account import Account, choose_account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.place import Place
from emsar.embedded.postgres import DATABASE, OWNER, Postgres, connection_parameters
from emsar.embedded.servers import Claim
from tests.embedded.conftest import is_running, wait_until


def make(claim: Claim) -> Postgres:
    account = choose_account(claim.data_dir / "postgres")
    sockets = Place(claim.data_dir, account).open()
    log = claim.data_dir / "postgres.log"
    folder = claim.data_dir / "postgres"
    return Postgres(folder, sockets, log, account, claim.register, durable=False)


@pytest.fixture
def server(claim: Claim) -> Iterator[Postgres]:
    """A fresh server, running."""
    made = make(claim)
    made.create("root-word")
    made.start()
    made.prepare("root-word", "owner-word")
    yield made
    made.stop()


def connect(server: Postgres, **changes: str) -> psycopg.Connection:
    parameters = connection_parameters(server.url(OWNER, "owner-word"))
    return psycopg.connect(**(parameters | changes), autocommit=True)  # type: ignore[arg-type]


def ask(server: Postgres, question: str) -> object:
    with connect(server) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def postmaster(server: Postgres) -> int:
    return int((server.folder / "postmaster.pid").read_text().splitlines()[0])


def test_it_serves_the_owner_of_an_empty_database(server: Postgres):
    assert ask(server, "SELECT current_user || '@' || current_database()") == "emsar_owner@emsar"
    assert ask(server, "SHOW server_encoding") == "UTF8"


def test_it_listens_on_no_network_address(server: Postgres):
    assert ask(server, "SHOW listen_addresses") == ""


@pytest.mark.parametrize("password", ["", "wrong"])
@pytest.mark.parametrize("user", [OWNER, "postgres"])
def test_nobody_enters_without_the_password(server: Postgres, user: str, password: str):
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(server, user=user, password=password)


def test_passwords_are_stored_as_scram(server: Postgres):
    assert ask(server, "SHOW password_encryption") == "scram-sha-256"
    rules = (server.folder / "pg_hba.conf").read_text()
    methods = {r.split()[-1] for r in rules.splitlines() if r and not r.startswith("#")}
    assert methods == {"scram-sha-256"}


def test_the_owner_is_no_superuser_but_makes_databases_and_roles(server: Postgres):
    rights = "rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
    with connect(server) as connection:
        row = connection.execute(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user")
        assert row.fetchone() == (False, True, True, False, False)
        connection.execute("CREATE DATABASE test_of_owner")
        connection.execute("CREATE ROLE emsar_web LOGIN PASSWORD 'x'")


def test_it_runs_as_an_unprivileged_account_with_private_folders(server: Postgres):
    processes = subprocess.run(
        ["stat", "-c", "%u", f"/proc/{postmaster(server)}"], capture_output=True, text=True
    )

    assert int(processes.stdout) == server.account.uid != 0
    assert server.folder.stat().st_mode & 0o077 == 0
    assert server.sockets.stat().st_mode & 0o077 == 0


def test_statements_and_their_values_do_not_reach_the_log(server: Postgres):
    with connect(server) as connection:
        connection.execute("CREATE TABLE t (a text UNIQUE)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO t VALUES ('canary-value')")
            except psycopg.errors.UniqueViolation:
                continue

    log = server.log.read_text()
    assert "duplicate key" in log
    assert "canary-value" not in log


def test_a_second_start_finds_the_data_again(server: Postgres):
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept (a int)")
    server.stop()

    server.create("another word")
    server.start()
    server.prepare("root-word", "owner-word")

    assert ask(server, "SELECT count(*) FROM kept") == 0


def test_the_owners_password_follows_the_secrets(server: Postgres):
    server.prepare("root-word", "new-word")

    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(server)
    connect(server, password="new-word").close()


def test_a_killed_server_starts_again_with_its_data(server: Postgres):
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept (a int)")
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    assert (server.folder / "postmaster.pid").exists()

    server.register.clear()
    server.start()

    assert ask(server, "SELECT count(*) FROM kept") == 0


def test_a_process_file_whose_number_belongs_to_another_process_now_does_not_hinder(
    server: Postgres,
):
    server.stop()
    with subprocess.Popen(["sleep", "60"], **server.account.switch) as stranger:
        trace = server.folder / "postmaster.pid"
        trace.write_text(f"{stranger.pid}\n/proc/self/cwd\n0\n5432\n{server.sockets}\n\n\nready\n")

        server.start()

        assert stranger.poll() is None
        assert postmaster(server) != stranger.pid
        stranger.kill()


def test_a_server_started_in_the_moment_of_the_kill_is_found_and_stopped(server: Postgres):
    pid = postmaster(server)
    (server.register.folder / "postgres.json").unlink()

    server.start()

    assert not is_running(pid)
    assert postmaster(server) != pid


def test_a_survivor_is_stopped_by_the_register(server: Postgres):
    pid = postmaster(server)

    assert server.register.clear() == ["postgres"]
    assert not is_running(pid)


def test_a_half_made_cluster_of_a_killed_run_is_made_again(claim: Claim):
    half = claim.data_dir / "postgres-draft-killed"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    server = make(claim)

    server.create("word")

    assert not half.exists()
    assert (server.folder / "global" / "pg_control").exists()
    assert not (server.sockets / "password").exists()


def test_a_failing_program_is_quoted(claim: Claim):
    server = make(claim)

    with pytest.raises(EmbeddedError, match=r"initdb failed: .*encoding"):
        server._call(server.sockets, "initdb", "--encoding", "no-such-encoding")


def test_a_server_that_does_not_start_points_to_its_log(claim: Claim):
    server = make(claim)
    server.create("word")
    (server.folder / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match=r"did not start; .*postgres\.log says why"):
        server.start()

    assert "PG_VERSION" in server.log.read_text() or "incompatible" in server.log.read_text()


def test_a_missing_wheel_is_said_plainly(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    with pytest.raises(EmbeddedError, match="set DATABASE_URL to a server of your own"):
        servers.find_programs()


def test_programs_out_of_reach_are_copied_beside_the_sockets(
    server: Postgres, monkeypatch, tmp_path: Path
):
    server.stop()
    closed = tmp_path / "closed"
    for part in servers.NEEDED:
        shutil.copytree(servers.find_programs() / part, closed / part, symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(servers, "find_programs", lambda: closed)
    # Only a borrowed account can be out of reach; an ordinary user owns what it installed.
    account = replace(server.account, borrowed=True)
    monkeypatch.setattr(Account, "reaches", lambda _self, path: closed not in path.parents)
    server = replace(server, account=account if os.geteuid() == 0 else server.account)

    assert server._programs() == server.sockets / "programs" / "bin"
    server.start()

    assert ask(server, "SELECT 1") == 1


def test_an_address_leads_back_to_its_parts(server: Postgres):
    assert connection_parameters(server.url("ay", "p/w:@%é")) == {
        "host": str(server.sockets),
        "user": "ay",
        "password": "p/w:@%é",
        "dbname": DATABASE,
    }


def test_no_tcp_port_is_opened(server: Postgres):
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 5432)) != 0 or ask(server, "SHOW port") != "5432"
