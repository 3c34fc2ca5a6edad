"""The server itself: closed to the network and to strangers, and never lost by a kill."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from emsar.embedded import postgres as servers
from emsar.embedded.account import Account, choose_account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.place import Place
from emsar.embedded.postgres import DATABASE, OWNER, Postgres, connection_parameters
from emsar.embedded.servers import Claim, claimed
from tests.embedded.conftest import is_running, wait_until


def make(claim: Claim) -> Postgres:
    account = choose_account(claim.data_dir / "postgres")
    sockets = Place(claim.data_dir, account).open()
    log = claim.data_dir / "postgres.log"
    folder = claim.data_dir / "postgres"
    return Postgres(folder, sockets, log, account, claim.register, durable=False)


@contextmanager
def running_server(claim: Claim) -> Iterator[Postgres]:
    made = make(claim)
    made.create("root-word")
    made.start()
    made.prepare("root-word", "owner-word")
    yield made
    made.stop()


@pytest.fixture
def server(claim: Claim) -> Iterator[Postgres]:
    """A fresh server, running."""
    with running_server(claim) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for the tests that only look at it."""
    with claimed(tmp_path_factory.mktemp("shared")) as claim, running_server(claim) as made:
        yield made


def connect(server: Postgres, **changes: str) -> psycopg.Connection:
    parameters = connection_parameters(server.url(OWNER, "owner-word"))
    return psycopg.connect(**(parameters | changes), autocommit=True)  # type: ignore[arg-type]


def ask(server: Postgres, question: str) -> object:
    with connect(server) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def postmaster(server: Postgres) -> int:
    return int((server.folder / "postmaster.pid").read_text().splitlines()[0])


def test_it_serves_the_owner_of_an_empty_database(shared: Postgres):
    assert ask(shared, "SELECT current_user || '@' || current_database()") == "emsar_owner@emsar"
    assert ask(shared, "SHOW server_encoding") == "UTF8"


def test_it_listens_on_no_network_address(shared: Postgres):
    assert ask(shared, "SHOW listen_addresses") == ""


@pytest.mark.parametrize("password", ["", "wrong"])
@pytest.mark.parametrize("user", [OWNER, "postgres"])
def test_nobody_enters_without_the_password(shared: Postgres, user: str, password: str):
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(shared, user=user, password=password)


def test_passwords_are_stored_as_scram(shared: Postgres):
    assert ask(shared, "SHOW password_encryption") == "scram-sha-256"
    rules = (shared.folder / "pg_hba.conf").read_text()
    methods = {r.split()[-1] for r in rules.splitlines() if r and not r.startswith("#")}
    assert methods == {"scram-sha-256"}


def test_the_owner_is_no_superuser_but_makes_databases_and_roles(shared: Postgres):
    rights = "rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
    with connect(shared) as connection:
        row = connection.execute(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user")
        assert row.fetchone() == (False, True, True, False, False)
        connection.execute("CREATE DATABASE test_of_owner")
        connection.execute("CREATE ROLE emsar_web LOGIN PASSWORD 'x'")


def test_it_runs_as_an_unprivileged_account_with_private_folders(shared: Postgres):
    processes = subprocess.run(
        ["stat", "-c", "%u", f"/proc/{postmaster(shared)}"], capture_output=True, text=True
    )

    assert int(processes.stdout) == shared.account.uid != 0
    assert shared.folder.stat().st_mode & 0o077 == 0
    assert shared.sockets.stat().st_mode & 0o077 == 0


def test_statements_and_their_values_do_not_reach_the_log(shared: Postgres):
    with connect(shared) as connection:
        connection.execute("CREATE TABLE t (a text UNIQUE)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO t VALUES ('canary-value')")
            except psycopg.errors.UniqueViolation:
                continue

    log = shared.log.read_text()
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


@pytest.fixture
def out_of_reach(claim: Claim, monkeypatch, tmp_path: Path) -> Postgres:
    """A server whose programs lie in a folder that is closed to its account."""
    closed = tmp_path / "closed"
    servers.copy_programs(servers.find_programs(), closed)
    home = next(closed.glob("*/pginstall*"))
    closed.chmod(0o700)
    monkeypatch.setattr(servers, "find_programs", lambda: home)
    reaches = Account.reaches
    monkeypatch.setattr(
        Account, "reaches", lambda me, path: closed not in path.parents and reaches(me, path)
    )
    return make(claim)


def test_programs_out_of_reach_are_copied_beside_the_sockets(out_of_reach: Postgres):
    out_of_reach.create("root-word")
    out_of_reach.start()
    out_of_reach.prepare("root-word", "owner-word")

    assert out_of_reach._programs().is_relative_to(out_of_reach.sockets / "programs")
    assert ask(out_of_reach, "SELECT 1") == 1
    out_of_reach.stop()


def test_an_address_leads_back_to_its_parts(shared: Postgres):
    assert connection_parameters(shared.url("ay", "p/w:@%é")) == {
        "host": str(shared.sockets),
        "user": "ay",
        "password": "p/w:@%é",
        "dbname": DATABASE,
    }
