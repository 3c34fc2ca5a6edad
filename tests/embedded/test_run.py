"""``make run`` from outside: it starts, tells, stops, and comes back after a kill."""

import json
import os
import signal
import smtplib
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from emsar.embedded.processes import wait_gone
from tests.embedded.conftest import wait_until
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running copy for the tests that only look."""
    with running_stack(tmp_path_factory.mktemp("run") / "data") as stack:
        wait_until(lambda: "The site is up" in stack.log.read_text())
        yield stack


def test_the_addresses_and_logins_are_written_down_for_their_owner_alone(running: Stack):
    path = running.data_dir / "development.json"

    assert list(running.development) == ["site", "admin", "mail", "logins"]
    assert running.development["site"] == running.origin
    assert running.development["admin"] == f"{running.origin}/admin/"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for login in running.development["logins"]:
        assert set(login) == {"role", "username", "password", "totp_secret"}


def test_there_is_a_login_for_each_company_the_dpo_and_an_administrator(running: Stack):
    roles = [login["role"] for login in running.development["logins"]]

    assert sorted(roles) == ["administrator", "dpo", "entity_staff", "entity_staff"]


def test_the_addresses_and_logins_are_printed_once_the_site_answers(running: Stack):
    said = running.log.read_text()

    for address in (running.origin, f"{running.origin}/admin/", running.development["mail"]):
        assert address in said
    for login in running.development["logins"]:
        assert login["username"] in said
        assert login["password"] in said
        assert login["totp_secret"] in said


def test_the_mail_sink_is_ready_and_its_viewer_shows_what_came(running: Stack):
    viewer = urlsplit(running.development["mail"])
    environment = [p for p in running.descendants() if _environment(p.pid).get("EMAIL_URL")]
    smtp = urlsplit(_environment(environment[0].pid)["EMAIL_URL"])

    with smtplib.SMTP("127.0.0.1", smtp.port or 0, timeout=10) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: Yoxlama\r\n\r\nSalam")

    assert "Yoxlama" in [mail["Subject"] for mail in running.mails()]
    copy = Stack(running.data_dir, viewer.port or 0)
    assert copy.answers("/")


def test_each_program_has_the_database_role_of_its_work(running: Stack):
    roles = {_name(p.pid): _environment(p.pid).get("DATABASE_ROLE") for p in running.descendants()}

    assert roles["web"] == "web"
    assert roles["worker"] == roles["beat"] == "worker"


def test_a_second_run_in_the_same_folder_is_refused_in_one_sentence(running: Stack):
    second = Stack(running.data_dir)
    second.start()

    assert second.process
    assert second.process.wait(30) == 1
    said = running.log.read_text()
    assert f"emsar: Another run (process {running.process and running.process.pid} running)" in said
    assert running.answers()


def test_a_taken_port_is_refused_and_nothing_stays_behind(running: Stack, tmp_path: Path):
    second = Stack(tmp_path / "data", running.port)
    second.start()

    assert second.process
    assert second.process.wait(30) == 1
    assert second.log.read_text() == (
        f"emsar: Port {running.port} is taken by another program. "
        f"Choose another: make run PORT={running.port + 1}\n"
    )


def test_two_copies_run_side_by_side(running: Stack, tmp_path: Path):
    with running_stack(tmp_path / "data") as other:
        assert other.answers()
        assert running.answers()
        assert other.development["mail"] != running.development["mail"]


def test_a_killed_worker_is_replaced_and_the_site_stays_up(running: Stack):
    (worker,) = [p for p in running.descendants() if _is_main(p.pid, "worker")]

    os.kill(worker.pid, signal.SIGKILL)

    wait_until(lambda: [p for p in running.descendants() if _is_main(p.pid, "worker")], 30)
    assert wait_gone([worker], 0) == []
    assert running.answers()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the copies that are stopped and killed; whose set-up is made once."""
    return tmp_path_factory.mktemp("kept") / "data"


@pytest.fixture
def stack(kept: Path) -> Iterator[Stack]:
    """A copy for a test that stops it or kills it; not started yet."""
    made = Stack(kept)
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


def test_it_stops_by_interrupt_and_finds_its_data_and_logins_again(stack: Stack):
    stack.start()
    stack.wait_ready()
    logins = stack.development["logins"]
    assert stack.stop(signal.SIGINT) == 0

    stack.start()
    stack.wait_ready()

    assert stack.development["logins"] == logins
    assert stack.stop(signal.SIGTERM) == 0


def test_a_killed_run_is_cleared_up_by_the_next_on_the_same_port(stack: Stack):
    stack.start()
    stack.wait_ready()
    survivors = stack.kill()
    assert len(survivors) > 8

    stack.start()
    wait_until(lambda: "stopped what a killed run had left" in stack.log.read_text(), 30)

    assert wait_gone(survivors, 5) == []
    stack.wait_ready()
    assert stack.stop() == 0


def test_it_stops_in_the_middle_of_the_set_up(tmp_path: Path):
    stack = Stack(tmp_path / "data")
    stack.start()
    wait_until(lambda: "set-up: migrate" in stack.log.read_text(), 60)

    assert stack.stop() == 143

    assert not (stack.data_dir / "development.json").exists()


def test_it_ends_with_the_process_that_started_it_when_asked_to(stack: Stack):
    starter = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-m', 'emsar.embedded', 'run', '--with-parent'],"
        " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
        "time.sleep(600)"
    )
    stack.start([sys.executable, "-c", starter])
    stack.wait_ready()

    left = stack.kill()

    assert wait_gone(left, 30) == []


@pytest.mark.parametrize("port", ["none", "70000"])
def test_a_port_that_is_none_is_refused(embedded, data_dir: Path, port: str):
    process = embedded("run", PORT=port, DATA_DIR=str(data_dir))

    assert process.wait(20) == 1
    assert process.stdout.read().startswith("emsar: PORT must be a number")


def test_a_data_folder_out_of_reach_is_refused_without_a_trace(embedded, tmp_path: Path):
    (tmp_path / "file").touch()
    process = embedded("run", DATA_DIR=str(tmp_path / "file" / "data"))

    assert process.wait(20) == 1
    assert process.stdout.read().count("\n") == 1


def _environment(pid: int) -> dict[str, str]:
    try:
        content = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    return dict(line.partition("=")[::2] for line in content.split("\0") if "=" in line)


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def _name(pid: int) -> str:
    """Which of our programs a process belongs to."""
    words = _words(pid)
    return next((name for name in ("web", "worker", "beat", "mail") if name in words), "")


def _is_main(pid: int, name: str) -> bool:
    """Whether it is the program itself: not its keeper, not one of its children."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # It ended since it was listed.
        return False
    return name in _words(pid) and "keep" not in _words(pid) and "keep" in _words(parent)


def test_json_of_a_run_holds_nothing_else(running: Stack):
    secrets = json.loads((running.data_dir / "secrets.json").read_text())

    assert not set(secrets.values()) & set(json.dumps(running.development).split('"'))
