"""``python -m emsar.embedded exec``: one command beside the servers."""

import json
import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest

from emsar.embedded import lend
from emsar.embedded.__main__ import _given, main
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.lend import execute, run_command
from emsar.embedded.postgres import connection_parameters
from emsar.embedded.register import Register
from tests.embedded.conftest import is_running, wait_until

DUMP = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
WAIT = "import sys, time; print('ready', flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def nothing_given(clean_environment: dict[str, str], monkeypatch) -> None:
    for name in set(os.environ) - set(clean_environment):
        monkeypatch.delenv(name)


def test_the_command_finds_servers_and_keys_and_they_are_gone_after_it(
    data_dir: Path, tmp_path: Path
):
    file = tmp_path / "environment.json"

    assert execute([sys.executable, "-c", DUMP, str(file)], None, data_dir) == 0

    seen = json.loads(file.read_text())
    assert seen["DATABASE_URL"].startswith("postgres://emsar_owner:")
    assert seen["SECRET_KEY"]
    assert "DJANGO_SETTINGS_MODULE" not in seen
    assert list((data_dir / "throw-away").iterdir()) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**connection_parameters(seen["DATABASE_URL"]))  # type: ignore[arg-type]


def test_a_named_data_folder_is_kept(data_dir: Path):
    assert execute(["true"], data_dir, Path("/nonexistent")) == 0

    assert (data_dir / "postgres" / "PG_VERSION").exists()


@pytest.mark.parametrize(("command", "code"), [("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_commands(command: str, code: int, monkeypatch, data_dir: Path):
    monkeypatch.setenv("DATABASE_URL", "postgres://o@h/d")
    monkeypatch.setenv("REDIS_URL", "redis://h/1")
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    before = signal.getsignal(signal.SIGTERM)

    try:
        assert main(["exec", "--", "sh", "-c", command]) == code
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_termination_reaches_the_command_and_then_the_servers(embedded, data_dir: Path):
    process = embedded("exec", "--data-dir", str(data_dir), "--", sys.executable, "-c", WAIT)
    assert process.stdout.readline() == "ready\n"
    pids = [entry.pid for entry in Register(data_dir / "processes", data_dir).entries()]
    assert len(pids) == 2

    process.terminate()

    assert process.wait(30) == 143
    assert not any(is_running(pid) for pid in pids)


def test_what_a_killed_exec_left_is_cleared_by_the_next(embedded, data_dir: Path):
    killed = embedded("exec", "--", sys.executable, "-c", WAIT, DATA_DIR=str(data_dir))
    killed.stdout.readline()
    (folder,) = (data_dir / "throw-away").iterdir()
    pids = [entry.pid for entry in Register(folder / "processes", folder).entries()]
    killed.kill()
    killed.wait()
    assert all(is_running(pid) for pid in pids)

    assert embedded("exec", "--", "true", DATA_DIR=str(data_dir)).wait(30) == 0

    wait_until(lambda: not any(is_running(pid) for pid in pids))
    assert not folder.exists()


def test_a_folder_in_use_is_refused_in_one_sentence(embedded, data_dir: Path):
    first = embedded("exec", "--data-dir", str(data_dir), "--", sys.executable, "-c", WAIT)
    first.stdout.readline()

    second = embedded("exec", "--data-dir", str(data_dir), "--", "true")

    assert second.wait(30) == 1
    said = second.stdout.read()
    assert said.startswith(f"emsar: Another run (process {first.pid} running) already uses")
    assert said.count("\n") == 1


def test_a_command_deaf_to_the_request_is_killed(monkeypatch):
    monkeypatch.setattr(lend, "GRACE", 0.3)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    # The alarm stands for the keyboard: it interrupts the wait for the command.
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.7)

    try:
        with pytest.raises(KeyboardInterrupt):
            run_command([sys.executable, "-c", deaf], dict(os.environ))
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_server_may_be_named_by_a_file(monkeypatch, tmp_path: Path):
    (tmp_path / "url").write_text("postgres://db/emsar\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert _given()["DATABASE_URL"] == "postgres://db/emsar"
    assert "DATABASE_URL_FILE" not in _given()

    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "missing"))
    with pytest.raises(EmbeddedError, match="DATABASE_URL_FILE cannot be read"):
        _given()
