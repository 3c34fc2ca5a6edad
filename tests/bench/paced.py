"""How long a visitor waits for the form while a sweep goes on at the pace of the day.

Submissions come at fixed instants, whether the one before is answered or not, and each is timed
from the instant at which it should have been sent; idle and sweeping turns alternate.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.bench.load import Make, answer

VISITORS = 4
EACH_SECONDS = 0.2
TURNS = 6
TURN_SECONDS = 15.0


@dataclass
class Waits:
    """Seconds that visitors waited."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def share(self, part: float) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * part)]

    def __str__(self) -> str:
        half, most = self.share(0.5) * 1000, self.share(0.99) * 1000
        return f"{self.name:24}{half:>8.1f} ms median{most:>8.1f} ms p99   {len(self.seconds)} sent"


def measure(port: int, make: Make, rule: str) -> tuple[Waits, Waits]:
    """Idle and sweeping in turn; the first turn, which warms caches, is not counted."""
    idle, busy = Waits("idle"), Waits("while sweeping")
    _turn(port, make, 0)
    for number in range(1, TURNS + 1):
        idle.seconds += _turn(port, make, 2 * number)
        with sweeping(rule):
            busy.seconds += _turn(port, make, 2 * number + 1)
    return idle, busy


@contextmanager
def sweeping(rule: str) -> Iterator[None]:
    """A sweep in a process of its own, in the worker's role; it must go on to the end."""
    command = [sys.executable, "-m", "tests.bench.sweeping", rule]
    process = subprocess.Popen(command, env={**os.environ, "DATABASE_ROLE": "worker"})
    try:
        time.sleep(3)  # it has to load Django first
        yield
        if process.poll() is not None:
            raise RuntimeError("the sweep ended before it was measured")
    finally:
        process.terminate()
        process.wait(20)


def _turn(port: int, make: Make, turn: int) -> list[float]:
    found: list[float] = []
    start = time.monotonic() + 0.2
    threads = [
        threading.Thread(target=_visit, args=(port, make, start, (turn, number), found))
        for number in range(VISITORS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = VISITORS * int(TURN_SECONDS / EACH_SECONDS)
    if len(found) != expected:
        raise RuntimeError(f"{expected - len(found)} submissions were not answered")
    return found


def _visit(port: int, make: Make, start: float, who: tuple[int, int], found: list[float]) -> None:
    turn, visitor = who
    first = 900_000_000 + turn * 100_000 + visitor * 10_000
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for number in range(int(TURN_SECONDS / EACH_SECONDS)):
            request = make(first + number)
            planned = start + (number + visitor / VISITORS) * EACH_SECONDS
            time.sleep(max(0.0, planned - time.monotonic()))
            connection.sendall(request)
            status = answer(connection)
            if status != 303:
                raise RuntimeError(f"answered {status} instead of 303")
            found.append(time.monotonic() - planned)
