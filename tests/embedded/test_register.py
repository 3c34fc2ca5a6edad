"""Clearing up after a run: only what it started, all of what it started."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emsar.embedded import register as registers
from emsar.embedded.register import Register
from tests.embedded.conftest import is_running, wait_until

HELPED = """
import subprocess, time
helper = subprocess.Popen(["sleep", "60"], process_group=0, stdout=subprocess.DEVNULL)
print(helper.pid, flush=True)
time.sleep(60)
"""


def start(data_dir: Path, *command: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATA_DIR": str(data_dir)}
    return subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_what_is_noted_is_stopped_and_forgotten(register: Register):
    process = start(register.data_dir, "sleep", "60")
    register.note("web", process, rank=2)

    assert register.clear() == ["web"]
    assert process.wait(5) == -signal.SIGTERM
    assert register.entries() == []
    assert register.clear() == []
    end(process)


def test_higher_ranks_are_stopped_first_and_lower_ones_left_on_request(register: Register):
    base, web = (start(register.data_dir, "sleep", "60") for _ in range(2))
    register.note("postgres", base, rank=0, number=signal.SIGINT)
    register.note("web", web, rank=2)

    assert [entry.name for entry in register.entries()] == ["web", "postgres"]
    assert register.clear(2) == ["web"]
    assert base.poll() is None
    assert register.clear() == ["postgres"]
    assert base.wait(5) == -signal.SIGINT
    for process in (base, web):
        end(process)


def test_helpers_of_a_killed_program_are_stopped(register: Register):
    process = start(register.data_dir, sys.executable, "-c", HELPED)
    assert process.stdout
    helper = int(process.stdout.readline())
    register.note("worker", process, rank=2)
    end(process)
    assert is_running(helper)

    assert register.clear() == ["worker"]
    wait_until(lambda: not is_running(helper))


def test_a_helper_of_another_data_folder_is_left_alone(register: Register, tmp_path: Path):
    process = start(tmp_path, sys.executable, "-c", HELPED)
    assert process.stdout
    helper = int(process.stdout.readline())
    register.note("worker", process, rank=2)
    end(process)

    assert register.clear() == []
    assert is_running(helper)
    os.kill(helper, signal.SIGKILL)


def test_a_number_that_belongs_to_another_process_by_now_is_left_alone(register: Register):
    process = start(register.data_dir, "sleep", "60")
    register.note("web", process, rank=2)
    note = register.folder / "web.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"started": "before"}))

    assert register.clear() == []
    assert process.poll() is None
    assert register.entries() == []
    end(process)


def test_the_process_that_waits_for_a_program_is_ended_too(register: Register):
    code = """
import subprocess, sys, time
from pathlib import Path
inner = (
    "import os, sys, time; from pathlib import Path; "
    "from emsar.embedded.register import Register; os.setsid(); "
    "Register(Path(sys.argv[1]), Path(sys.argv[2])).note_myself('web', rank=2); "
    "print(os.getpid(), flush=True); time.sleep(60)"
)
subprocess.Popen([sys.executable, "-c", inner, *sys.argv[1:]])
time.sleep(60)
"""
    keeper = start(
        register.data_dir,
        *(sys.executable, "-c", code, str(register.folder), str(register.data_dir)),
    )
    assert keeper.stdout
    program = int(keeper.stdout.readline())

    register.clear()

    wait_until(lambda: not is_running(program))
    assert keeper.wait(5) == -signal.SIGKILL
    end(keeper)


def test_a_deaf_program_is_killed_after_the_grace(register: Register, monkeypatch):
    monkeypatch.setattr(registers, "GRACE", 0.2)
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    deaf = start(register.data_dir, sys.executable, "-c", f"{code}; time.sleep(60)")
    assert deaf.stdout
    deaf.stdout.readline()
    register.note("web", deaf, rank=2)

    register.clear()

    assert deaf.wait(5) == -signal.SIGKILL
    end(deaf)


def test_a_program_that_ended_at_once_is_not_noted(register: Register):
    process = start(register.data_dir, "true")
    process.communicate()

    register.note("web", process, rank=2)

    assert register.entries() == []


@pytest.mark.parametrize("content", ["", "null"])
def test_a_half_written_note_is_passed_over(register: Register, content: str):
    (register.folder / "web.json").write_text(content)

    assert register.entries() == []
