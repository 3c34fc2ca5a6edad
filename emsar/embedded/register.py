"""The list of what a run started, kept in the data folder so that the next run can clear up."""

import os
import signal
import subprocess
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from emsar.embedded.files import read_json, write_json
from emsar.embedded.processes import PROC, Process, running, running_one, send, stop, wait_gone

GRACE = 10.0


@dataclass(frozen=True)
class Entry:
    """One program that leads its own session. Higher ``rank`` is stopped first."""

    name: str
    pid: int
    started: str
    rank: int
    signal: int = signal.SIGTERM
    # The process that waits for it, where there is one between us and the program.
    keeper_pid: int = 0
    keeper_started: str = ""

    @property
    def leader(self) -> Process:
        """The program itself."""
        return Process(self.pid, self.pid, self.started)

    @property
    def keeper(self) -> list[Process]:
        """The waiting process, if any."""
        return [Process(self.keeper_pid, 0, self.keeper_started)] if self.keeper_pid else []


class Register:
    """Entries of one data folder, one file each, so that no writer waits for another."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.folder = folder
        self.data_dir = data_dir
        # Our own entries are also kept here, should somebody remove the folder while we run.
        self._mine: dict[str, Entry] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(mode=0o700, exist_ok=True)

    def note(
        self,
        name: str,
        child: subprocess.Popen[bytes],
        *,
        rank: int,
        number: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Remember a program that we started and that is to be stopped by ``number``."""
        self._collect(name)
        self._children[name] = child
        if process := running_one(child.pid):
            self._mine[name] = Entry(name, child.pid, process.started, rank, number)
            self._write(self._mine[name])

    def note_myself(self, name: str, *, rank: int) -> None:
        """Remember the calling process and the one that started it and waits for it."""
        me, keeper = running_one(os.getpid()), running_one(os.getppid())
        if me and keeper:
            entry = Entry(
                name,
                me.pid,
                me.started,
                rank,
                keeper_pid=keeper.pid,
                keeper_started=keeper.started,
            )
            self._write(entry)

    def _write(self, entry: Entry) -> None:
        write_json(self.folder / f"{entry.name}.json", asdict(entry))

    def entries(self) -> list[Entry]:
        """What is noted, in the order of stopping."""
        values = (read_json(path) for path in self.folder.glob("*.json"))
        noted = {value["name"]: Entry(**value) for value in values if value}
        return sorted((self._mine | noted).values(), key=lambda entry: -entry.rank)

    def forget(self, name: str) -> None:
        """Strike off an entry whose program was stopped."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        self._mine.pop(name, None)
        self._collect(name)

    def _collect(self, name: str) -> None:
        """Take the exit code of a child of ours that ended."""
        if child := self._children.pop(name, None):
            child.poll()

    def clear(self, least_rank: int = 0) -> list[str]:
        """Stop what is noted from ``least_rank`` up, rank by rank; names of what still ran."""
        entries = [entry for entry in self.entries() if entry.rank >= least_rank]
        alive = [entry.name for entry in entries if self.members(entry)]
        for _rank, group in groupby(entries, key=lambda entry: entry.rank):
            self._end(list(group))
        return alive

    def stop(self, name: str) -> None:
        """Stop one program and forget it; nothing happens if it is not noted."""
        self._end([entry for entry in self.entries() if entry.name == name])

    def _end(self, entries: list[Entry]) -> None:
        for entry in entries:
            for process in self.members(entry):
                if process.pid == entry.pid:
                    send(process, signal.Signals(entry.signal))
        stop(wait_gone([entry.leader for entry in entries], GRACE), signal.SIGKILL, 5)
        # A leader that was killed leaves its helpers behind.
        helpers = [process for entry in entries for process in self.members(entry)]
        stop(helpers, signal.SIGTERM, GRACE / 5)
        keepers = [keeper for entry in entries for keeper in entry.keeper]
        stop(wait_gone(keepers, 0.5), signal.SIGKILL, 1)
        for entry in entries:
            self.forget(entry.name)

    def members(self, entry: Entry) -> list[Process]:
        """The program and its helpers: every running process of the session it leads."""
        current = running()
        leader = current.get(entry.pid)
        if leader and leader.started != entry.started:
            return []  # the number was given to somebody else: all of ours are gone
        session = [process for process in current.values() if process.session == entry.pid]
        return [process for process in session if process == leader or self._is_ours(process)]

    def _is_ours(self, process: Process) -> bool:
        """Whether a helper inherited this data folder from the run that started it."""
        try:
            environment = (PROC / str(process.pid) / "environ").read_bytes()
        except OSError:
            return False
        return f"DATA_DIR={self.data_dir}".encode() in environment.split(b"\0")
