"""The keeper: a program that falls is started again, one that is told to stop stops once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emsar.embedded import keep as keepers
from emsar.embedded.keep import Keeper, describe, helpers
from emsar.embedded.register import Register
from tests.embedded.conftest import is_running, wait_until

COUNT = """
import os, signal, sys, time
file = open(sys.argv[1], "a")
file.write(f"{os.getpid()}\\n"); file.flush()
signal.signal(signal.SIGTERM, lambda *_: (file.write("told\\n"), file.flush(), sys.exit(3)))
time.sleep(60)
"""


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    """Where the kept program notes its starts and what it was told."""
    path = tmp_path / "diary"
    path.touch()
    return path


@pytest.fixture
def kept(embedded, register: Register, diary: Path) -> Iterator[subprocess.Popen[str]]:
    """A keeper with its program, in a session of its own as honcho starts it."""
    process = embedded(
        *("keep", "web", str(register.folder), "--", sys.executable, "-c", COUNT, str(diary)),
        DATA_DIR=str(register.data_dir),
    )
    wait_until(diary.read_text)
    yield process
    register.forget("web")


def starts(diary: Path) -> list[int]:
    return [int(line) for line in diary.read_text().split() if line.isdigit()]


def test_a_killed_program_is_started_again(kept, diary: Path):
    first = starts(diary)[0]

    os.kill(first, signal.SIGKILL)

    wait_until(lambda: len(starts(diary)) == 2)
    assert is_running(starts(diary)[1])
    assert kept.stdout.readline() == "web ended (killed by SIGKILL)\n"


def test_the_program_is_told_once_and_the_end_is_orderly(kept, diary: Path):
    os.killpg(kept.pid, signal.SIGTERM)

    assert kept.wait(10) == 0
    assert diary.read_text().count("told") == 1
    assert len(starts(diary)) == 1


def test_the_keyboards_interrupt_is_left_to_the_run(kept, diary: Path):
    os.kill(kept.pid, signal.SIGINT)
    time.sleep(0.2)

    assert kept.poll() is None
    assert "told" not in diary.read_text()


def test_the_keeper_is_noted_with_the_one_who_waits_for_it(kept, register: Register):
    (entry,) = register.entries()

    assert (entry.name, entry.pid, entry.keeper_pid) == ("web", kept.pid, os.getpid())


def test_program_and_keeper_are_found_even_after_the_keeper_was_killed(
    kept, register: Register, diary: Path
):
    (entry,) = register.entries()
    kept.kill()
    kept.wait()

    assert [process.pid for process in register.members(entry)] == starts(diary)
    os.kill(starts(diary)[0], signal.SIGKILL)


@pytest.fixture
def handlers() -> Iterator[None]:
    """Puts back what Keeper.run does to this process's signals."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    signal.signal(signal.SIGTERM, before[0])
    signal.signal(signal.SIGINT, before[1])


@pytest.fixture
def no_helpers(monkeypatch) -> None:
    """This process may lead a session with others in it, which are none of the keeper's."""
    monkeypatch.setattr(keepers, "helpers", list)


def test_a_program_that_never_runs_for_long_is_given_up(handlers, no_helpers, monkeypatch, capfd):
    monkeypatch.setattr(keepers, "FALLS", 2)

    assert Keeper("beat", ["sh", "-c", "exit 4"]).run() == 4

    assert capfd.readouterr().err == "beat ended (exit code 4)\n" * 2


def test_a_program_that_ran_for_long_is_not_counted_as_broken(handlers, monkeypatch):
    monkeypatch.setattr(keepers, "FALLS", 2)
    steady = keepers.STEADY_SECONDS + 1
    lives = [(1, 0.1), (1, steady), (1, 0.1), (7, 0.1)]
    keeper = Keeper("beat", [])
    monkeypatch.setattr(keeper, "_once", lambda: lives.pop(0))

    assert keeper.run() == 7

    assert lives == []


def test_a_request_that_comes_before_the_program_started_is_not_lost(handlers, no_helpers):
    keeper = Keeper("web", ["sleep", "60"])
    keeper._told_to_stop(signal.SIGTERM, None)

    code, seconds = keeper._once()

    assert code == -signal.SIGTERM
    assert seconds < 5


def test_what_a_fallen_program_left_behind_is_found():
    code = (
        "import os, subprocess; os.setsid(); from emsar.embedded.keep import helpers; "
        "child = subprocess.Popen(['sleep', '60']); "
        "print([p.pid for p in helpers()] == [child.pid]); child.kill(); child.wait()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout == "True\n"
    assert os.getpid() not in [process.pid for process in helpers()]


def test_an_end_is_described():
    assert describe(3) == "exit code 3"
    assert describe(-9) == "killed by SIGKILL"
