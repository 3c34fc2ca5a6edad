import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emsar.embedded import lock as locks
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.lock import STOPPING, locked

HOLDER = """
import os, sys, time
from pathlib import Path
from emsar.embedded.lock import locked
with locked(Path(sys.argv[1])) as lock:
    if "fork" in sys.argv and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    if "stopping" in sys.argv:
        lock.say("stopping")
    print("held", flush=True)
    time.sleep(1.5 if "stopping" in sys.argv else 60)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.2)


def hold(folder: Path, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), *words],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    process.stdout.readline()
    return process


def end(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_second_run_is_refused_and_told_who_holds_the_folder(tmp_path: Path):
    holder = hold(tmp_path)

    with pytest.raises(EmbeddedError) as refusal, locked(tmp_path):
        pass

    assert str(refusal.value) == (
        f"Another run (process {holder.pid} running) already uses {tmp_path}. "
        "Stop it first, or give this one its own DATA_DIR and PORT."
    )
    end(holder)


def test_a_killed_run_holds_nothing(tmp_path: Path):
    end(hold(tmp_path))

    with locked(tmp_path):
        assert f"process {os.getpid()} running" in (tmp_path / "lock").read_text()


def test_a_forked_child_that_outlives_the_run_holds_nothing(tmp_path: Path):
    holder = hold(tmp_path, "fork")
    holder.kill()
    holder.wait()

    with locked(tmp_path):
        pass

    end(holder)


def test_a_run_that_is_stopping_is_waited_for(tmp_path: Path):
    holder = hold(tmp_path, STOPPING)

    with locked(tmp_path):
        assert holder.wait(5) == 0

    holder.communicate()
