"""How the programs of a run are started and stopped together, without the site itself."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from emsar.embedded import __main__ as command_line
from emsar.embedded import run as running_site
from emsar.embedded.files import write_json
from emsar.embedded.ports import choose
from emsar.embedded.processes import running
from emsar.embedded.programs import Program
from emsar.embedded.run import Site, run
from tests.embedded.conftest import is_running, wait_until

GIVEN = {
    "DATABASE_URL": "postgres://o@h/d",
    "REDIS_URL": "redis://h/1",
    "EMAIL_URL": "smtp://h",
    "PATH": os.environ["PATH"],
}
NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
DEAF = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Puts back what a run does to this process's signals."""
    before = [signal.getsignal(number) for number in NUMBERS]
    yield
    for number, handler in zip(NUMBERS, before, strict=True):
        signal.signal(number, handler)


def nothing() -> None:
    """For what a test is not about."""


def site(*commands: str) -> Site:
    """A site of these shell lines."""
    made = Site(started=nothing, each_turn=nothing)
    for number, command in enumerate(commands):
        made.add_process(f"p{number}", command)
    return made


def test_all_are_stopped_when_one_ends():
    made = site("exit 3", "exec sleep 60")
    began = time.monotonic()

    made.loop()

    assert made.returncode == 3
    assert time.monotonic() - began < 10


def test_a_request_before_all_have_started_is_not_lost():
    made = site("exec sleep 60", "exec sleep 60")
    made.terminate()
    began = time.monotonic()

    made.loop()

    assert time.monotonic() - began < 10


def test_what_does_not_stop_in_time_is_ended_with_its_children(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("honcho.manager.KILL_WAIT", 0.3)
    (tmp_path / "deaf.py").write_text(DEAF)
    pids = tmp_path / "pids"
    waits = f"until test -s {pids}; do sleep 0.05; done"

    site(f"exec {sys.executable} {tmp_path}/deaf.py {pids}", waits).loop()

    deaf, child = map(int, pids.read_text().split())
    wait_until(lambda: not is_running(deaf) and not is_running(child))


def test_each_turn_is_told_to_the_run():
    turns: list[int] = []
    made = Site(started=lambda: turns.append(0), each_turn=lambda: turns.append(1))
    made.add_process("p", "sleep 0.5")

    made.loop()

    assert turns[0] == 0
    assert turns.count(0) == 1
    assert turns.count(1) > 1


@pytest.fixture
def small(monkeypatch, clean_environment: dict[str, str]) -> Mapping[str, str]:
    """A run whose set-up does nothing and whose one program only waits; its environment."""
    programs = [Program("waiter", [sys.executable, "-c", "import time; time.sleep(60)"])]
    monkeypatch.setattr(running_site, "programs", lambda *_: programs)
    monkeypatch.setattr(
        running_site,
        "set_up",
        lambda _environment, folder, _database: write_json(
            folder / "logins.json", {"logins": [{"username": "dpo"}]}
        ),
    )
    return clean_environment | GIVEN


def test_a_run_writes_down_its_addresses_and_ends_orderly(small, data_dir: Path, monkeypatch):
    seen: list[object] = []

    def tell_and_stop(addresses, logins, _say):
        seen.append((data_dir / "development.json").read_text())
        seen.append(logins)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(running_site, "announce", tell_and_stop)
    port = choose()

    assert run(port, data_dir, small, with_parent=False) == 0

    assert f'"site": "http://127.0.0.1:{port}"' in str(seen[0])
    assert seen[1] == [{"username": "dpo"}]
    assert list((data_dir / "processes").iterdir()) == []


def test_a_closed_terminal_ends_the_run_like_a_termination(small, data_dir: Path, monkeypatch):
    monkeypatch.setattr(running_site, "announce", lambda *_: os.kill(os.getpid(), signal.SIGHUP))

    assert run(choose(), data_dir, small, with_parent=False) == 0


def test_a_program_that_is_given_up_ends_the_run_with_its_code(small, data_dir, monkeypatch):
    broken = [Program("broken", ["sh", "-c", "exit 4"])]
    monkeypatch.setattr(running_site, "programs", lambda *_: broken)
    monkeypatch.setattr(running_site, "announce", lambda *_: None)

    assert run(choose(), data_dir, small, with_parent=False) == 4


def test_the_run_notices_that_its_parent_is_gone():
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))

    running_site._mind(0)
    running_site._mind(os.getppid())
    assert told == []

    running_site._mind(os.getppid() + 1)
    assert told == [signal.SIGTERM]


def test_no_thread_and_no_process_stays_behind(small, data_dir: Path, monkeypatch):
    monkeypatch.setattr(running_site, "announce", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    before = {thread.name for thread in threading.enumerate()}
    others = set(running())

    run(choose(), data_dir, small, with_parent=True)

    left = [p for p in running().values() if p.pid not in others and p.session != os.getsid(0)]
    assert [p for p in left if _started_by_us(p.pid, data_dir)] == []
    wait_until(lambda: {thread.name for thread in threading.enumerate()} <= before)


def _started_by_us(pid: int, data_dir: Path) -> bool:
    try:
        return str(data_dir).encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(13, "Permission denied", "/x"), 1, "emsar: Permission denied: /x\n"),
        (running_site.ports.EmbeddedError("why"), 1, "emsar: why\n"),
    ],
)
def test_the_command_line_says_in_one_line_what_is_wrong(
    problem: BaseException, code: int, said: str, monkeypatch, capsys, tmp_path: Path
):
    def fail(*_arguments: object, **_options: object) -> int:
        raise problem

    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setattr(running_site, "run", fail)

    assert command_line.main(["run"]) == code

    assert capsys.readouterr().err == said


def test_an_unexpected_problem_is_not_hidden(monkeypatch):
    def fail(*_arguments: object, **_options: object) -> int:
        raise OSError("no file is named here")

    monkeypatch.setattr(running_site, "run", fail)

    with pytest.raises(OSError, match="no file"):
        command_line.main(["run"])


def test_a_termination_outside_the_loop_ends_the_process():
    with pytest.raises(SystemExit) as ended:
        command_line._end(signal.SIGTERM, None)

    assert ended.value.code == 143
