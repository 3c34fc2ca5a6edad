"""Real servers, real processes, real kills; nothing is replaced by a double."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from emsar.embedded.processes import running_one
from emsar.embedded.register import Register
from emsar.embedded.servers import Claim, claimed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder with a short path, open enough for the account of the servers."""
    parent = Path(tempfile.mkdtemp(prefix="t-"))
    parent.chmod(0o755)
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def claim(data_dir: Path) -> Iterator[Claim]:
    """The data folder, held by this test."""
    with claimed(data_dir) as held:
        yield held


@pytest.fixture
def register(claim: Claim) -> Register:
    """The register of the held data folder."""
    return claim.register


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """This process's environment without addresses of servers and keys."""
    given = ("DATABASE_", "REDIS_", "EMAIL_", "DATA_DIR", "DJANGO_", "SITE_", "COV_", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(given)}
    keys = ("SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS", "READYZ_TOKEN")
    keys += ("PORT", "FORM_LIMIT")
    return {name: value for name, value in kept.items() if name not in keys}


@pytest.fixture
def embedded(
    clean_environment: dict[str, str], data_dir: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``python -m emsar.embedded …``; what still runs at the end of the test is stopped.

    It asks for the data folder so that the folder goes away later than what runs in it.
    """
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "emsar.embedded", *arguments],
            cwd=ROOT,
            env=clean_environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(60)
        # A command outlives an exec that was killed.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait until ``condition`` holds; the test fails when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process of this number runs (one that only waits to be collected does not)."""
    return running_one(pid) is not None
