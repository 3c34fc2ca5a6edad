"""The whole site as ``make run`` starts it, for tests that look at it from outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from emsar.embedded.ports import choose
from emsar.embedded.processes import Process, running, running_one, wait_gone

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90.0
STOP_SECONDS = 45.0
# What a stack must not inherit from the run of the tests.
FOREIGN = ("DATABASE_", "REDIS_", "EMAIL_", "DJANGO_", "SITE_", "COV_", "COVERAGE_", "FORM_")
KEYS = ("SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS", "READYZ_TOKEN")
KEYS += ("DATA_DIR", "STATIC_ROOT")
RUN = (sys.executable, "-m", "emsar.embedded", "run")


class Stack:
    """One running copy of the site with its own data folder and port."""

    def __init__(
        self, data_dir: Path, port: int = 0, root: Path = ROOT, **environment: str
    ) -> None:
        self.data_dir = data_dir
        self.port = port or choose()
        self.root = root
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """Where the site answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """All that the run printed."""
        return self.data_dir.with_name(self.data_dir.name + ".log")

    @property
    def development(self) -> dict[str, Any]:
        """Addresses and logins, as the run wrote them down."""
        content: dict[str, Any] = json.loads((self.data_dir / "development.json").read_text())
        return content

    def start(self, command: Sequence[str] = RUN) -> None:
        """Start it without waiting for it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        kept = {name: value for name, value in kept.items() if name not in KEYS}
        own = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.root,
                env=kept | own | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Wait until the site answers; the test fails with the run's own words otherwise."""
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.process, "start() comes first"
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def answers(self, path: str = "/healthz") -> bool:
        """Whether the site serves ``path`` with 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def mails(self) -> list[EmailMessage]:
        """Every mail sent so far, in the order of arrival."""
        files = sorted((self.data_dir / "mail").glob("*.eml"))
        return [BytesParser(EmailMessage, policy=default).parsebytes(f.read_bytes()) for f in files]

    def wait_for_mail(
        self, wanted: Callable[[EmailMessage], bool], seconds: float = 10
    ) -> EmailMessage:
        """The first mail that is ``wanted``; the test fails when none comes in time."""
        end = time.monotonic() + seconds
        while True:
            for mail in self.mails():
                if wanted(mail):
                    return mail
            assert time.monotonic() < end, [(m["To"], m["Subject"]) for m in self.mails()]
            time.sleep(0.1)

    def mail_to(self, address: str, seconds: float = 10) -> EmailMessage:
        """The first mail to ``address``."""
        return self.wait_for_mail(lambda mail: address in str(mail["To"]), seconds)

    def descendants(self) -> list[Process]:
        """The run itself and every process that it started, directly or not."""
        assert self.process, "start() comes first"
        found, parents = {self.process.pid}, dict(_parents())
        while grown := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= grown
        processes = (running_one(pid) for pid in found)
        return [process for process in processes if process]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop it with ``number`` and make sure that nothing it started is left; its exit code."""
        assert self.process, "start() comes first"
        everything = self.descendants()
        self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS)
        left = wait_gone(everything, 5)
        assert not left, f"left behind: {left}\n{self.log.read_text()}"
        return code

    def kill(self) -> list[Process]:
        """Kill the run alone, as a crash would; what it leaves behind."""
        assert self.process, "start() comes first"
        everything = self.descendants()
        self.process.kill()
        self.process.wait()
        return [process for process in everything if process.pid in running()]


def _parents() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield int(stat.parent.name), int(fields[1])


@contextmanager
def running_stack(data_dir: Path, **environment: str) -> Iterator[Stack]:
    """A stack that answers; stopped at the end, with nothing left."""
    stack = Stack(data_dir, **environment)
    stack.start()
    try:
        stack.wait_ready()
        yield stack
    finally:
        if stack.process and stack.process.poll() is None:
            stack.stop()
