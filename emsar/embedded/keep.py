"""The keeper of one program: starts it again when it falls, ends it when told to.

It leads a session of its own, so that whatever the program starts can be found by that session
even after the program was killed.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from emsar.embedded.processes import Process, running, stop
from emsar.embedded.register import Register

RANK = 2
# A program that falls this often without ever running for STEADY_SECONDS is broken, not unlucky.
FALLS = 5
STEADY_SECONDS = 10.0


class Keeper:
    """Runs ``command`` until it ends by itself or the keeper is told to stop."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def run(self) -> int:
        """The exit code: 0 when we were told to stop, the program's own when we give up."""
        signal.signal(signal.SIGTERM, self._told_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        falls, code = 0, 0
        while not self.stopping and falls < FALLS:
            code, seconds = self._once()
            falls = 0 if seconds > STEADY_SECONDS else falls + 1
            if not self.stopping:
                print(f"{self.name} ended ({describe(code)})", file=sys.stderr, flush=True)
                time.sleep(min(0.2 * falls, 1))
        return 0 if self.stopping else abs(code) or 1

    def _once(self) -> tuple[int, float]:
        began = time.monotonic()
        # A group of its own: a signal to our group reaches the program once, through us.
        self.child = subprocess.Popen(self.command, process_group=0)
        if self.stopping:
            self.child.terminate()
        code = self.child.wait()
        stop(helpers(), signal.SIGTERM, 3)
        return code, time.monotonic() - began

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
        if self.child:
            self.child.terminate()


def helpers() -> list[Process]:
    """What the program left behind: the others of our session."""
    me = os.getpid()
    return [p for p in running().values() if p.session == me and p.pid != me]


def describe(code: int) -> str:
    """An exit code in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def keep(name: str, register: Path, command: list[str]) -> int:
    """Note ourselves in the register at ``register``, then keep ``command`` running."""
    Register(register, Path(os.environ["DATA_DIR"])).note_myself(name, rank=RANK)
    return Keeper(name, command).run()
