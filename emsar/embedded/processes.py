"""Which processes belong to a data folder, and how to stop them.

A process number is soon given to somebody else. So a process is known by its number *and* the
moment it started, and nothing is ever signalled on the number alone.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One running process. ``started`` is opaque text that no later process repeats."""

    pid: int
    session: int
    started: str


def running() -> dict[int, Process]:
    """All running processes by number; those that ended and only wait to be collected are not."""
    found = _from_proc() if (PROC / "self" / "stat").exists() else _from_ps()
    return {process.pid: process for process in found}


def running_one(pid: int) -> Process | None:
    """The running process of this number, or None."""
    if (PROC / "self" / "stat").exists():
        return _read_stat(pid)
    return running().get(pid)


def _from_proc() -> Iterator[Process]:
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (process := _read_stat(int(folder.name))):
            yield process


def _read_stat(pid: int) -> Process | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The program's name stands in brackets and may itself hold spaces and brackets.
    fields = text.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    return Process(pid, int(fields[3]), f"{_boot()}/{fields[19]}")


def _boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def _from_ps() -> Iterator[Process]:
    """For systems without /proc; there a process group stands in for the session."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,state=,lstart="], capture_output=True, text=True, check=True
    )
    for line in listing.stdout.splitlines():
        pid, group, state, started = line.split(maxsplit=3)
        if not state.startswith("Z"):
            yield Process(int(pid), int(group), started.strip())


def works_in(process: Process, folder: Path) -> bool:
    """Whether ``folder`` is the working directory of ``process``; False where none can tell."""
    try:
        return (PROC / str(process.pid) / "cwd").samefile(folder)
    except OSError:
        return False


def send(process: Process, number: signal.Signals) -> None:
    """Signal ``process`` unless it is gone or its number belongs to another one by now."""
    if (current := running_one(process.pid)) and current.started == process.started:
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def wait_gone(processes: Iterable[Process], seconds: float) -> list[Process]:
    """Those of ``processes`` that still run after at most ``seconds``."""
    left = list(processes)
    end = time.monotonic() + seconds
    while True:
        current = running()
        left = [p for p in left if p.pid in current and current[p.pid].started == p.started]
        if not left or time.monotonic() >= end:
            return left
        time.sleep(0.02)


def stop(processes: Iterable[Process], number: signal.Signals, seconds: float) -> None:
    """Ask ``processes`` to end with ``number``; kill those that have not after ``seconds``."""
    wanted = list(processes)
    for process in wanted:
        send(process, number)
    stubborn = wait_gone(wanted, seconds)
    for process in stubborn:
        send(process, signal.SIGKILL)
    wait_gone(stubborn, 5)
