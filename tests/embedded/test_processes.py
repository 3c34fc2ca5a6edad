import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emsar.embedded import processes
from emsar.embedded.processes import Process, running, running_one, send, stop, wait_gone, works_in


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"], start_new_session=True, cwd="/") as process:
        yield process
        process.kill()


def known(process: subprocess.Popen[bytes]) -> Process:
    found = running_one(process.pid)
    assert found
    return found


def test_a_process_is_known_by_number_session_and_start(sleeper):
    assert known(sleeper) == running()[sleeper.pid]
    assert known(sleeper).session == sleeper.pid
    assert known(sleeper).started != running()[1].started


def test_a_number_given_to_another_process_is_not_signalled(sleeper):
    earlier = Process(sleeper.pid, sleeper.pid, "an earlier moment")

    send(earlier, signal.SIGKILL)
    stop([earlier], signal.SIGKILL, 0.2)

    assert sleeper.poll() is None


def test_a_process_that_ended_but_was_not_collected_counts_as_gone(sleeper):
    process = known(sleeper)

    sleeper.kill()

    assert wait_gone([process], 5) == []
    assert running_one(sleeper.pid) is None
    send(process, signal.SIGTERM)


def test_a_process_that_stays_is_reported(sleeper):
    assert wait_gone([known(sleeper)], 0.1) == [known(sleeper)]


def test_a_process_deaf_to_the_request_is_killed():
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; time.sleep(60)"], stdout=subprocess.PIPE
    ) as deaf:
        assert deaf.stdout
        deaf.stdout.readline()

        stop([known(deaf)], signal.SIGTERM, 0.2)

        assert deaf.wait(5) == -signal.SIGKILL


def test_the_working_directory_tells_whose_process_it_is(sleeper, tmp_path: Path):
    assert works_in(known(sleeper), Path("/"))
    assert not works_in(known(sleeper), tmp_path)
    assert not works_in(Process(2**22 + 1, 0, ""), tmp_path)


def test_a_program_with_brackets_in_its_name_is_read_correctly(tmp_path: Path):
    odd = tmp_path / "a) S (b"
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([odd, "60"], start_new_session=True) as process:
        assert known(process).session == process.pid
        process.kill()


def test_without_proc_the_listing_of_ps_is_read(monkeypatch, tmp_path: Path):
    listing = "  1   1 Ss  Sun Nov 22 03:10:00 2026\n 77  70 Z+  Sun Nov 22 03:11:00 2026\n"
    monkeypatch.setattr(processes, "PROC", tmp_path)
    monkeypatch.setattr(
        subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, listing)
    )

    assert running() == {1: Process(1, 1, "Sun Nov 22 03:10:00 2026")}
    assert running_one(1) == Process(1, 1, "Sun Nov 22 03:10:00 2026")
    assert running_one(77) is None


def test_we_find_ourselves():
    assert running_one(os.getpid())
