"""Redis stops answering: the form does not notice, and no mail is lost (idea 7)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.visitor import send_request
from tests.stack import ROOT, Stack

pytestmark = pytest.mark.stack


def _command(pid: int) -> str:
    """Empty for a process that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _pids(stack: Stack, words: str) -> list[int]:
    return [p.pid for p in stack.descendants() if words in _command(p.pid)]


@contextmanager
def frozen(stack: Stack, words: str) -> Iterator[None]:
    """The processes whose command line has these words stand still, and go on afterwards."""
    pids = _pids(stack, words)
    assert pids, words
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def environment_of(stack: Stack, words: str) -> dict[str, str]:
    """What one of the stack's processes was started with."""
    content = Path(f"/proc/{_pids(stack, words)[0]}/environ").read_bytes().decode()
    return dict(entry.split("=", 1) for entry in content.split("\0") if "=" in entry)


def test_frozen_redis_delays_no_visitor_and_run_due_sends(stack: Stack) -> None:
    environment = environment_of(stack, "beat --loglevel")
    person = "while-redis-sleeps@example.com"
    with frozen(stack, "redis-server"):
        before = time.monotonic()
        answer = send_request(stack.origin, "en", name="A B", email=person, service="hr")
        took = time.monotonic() - before - 3.1
        subprocess.run(
            [sys.executable, "manage.py", "run_due"],
            cwd=ROOT,
            env=environment,
            check=True,
            timeout=60,
            capture_output=True,
        )
        stack.mail_to(person)

    assert answer.status == 303
    assert took < 5


def test_mail_goes_out_once_redis_is_back(stack: Stack) -> None:
    person = "after-redis-wakes@example.com"
    with frozen(stack, "redis-server"):
        send_request(stack.origin, "en", name="A B", email=person, service="hr")

    stack.mail_to(person, seconds=60)
    time.sleep(4)
    to_person = [mail for mail in stack.mails() if person in str(mail["To"])]
    assert len(to_person) == 1
