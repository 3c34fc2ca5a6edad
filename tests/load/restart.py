"""Restarting the PostgreSQL of a running site as an administrator would: fast, then anew."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.stack import Stack


def restart_postgres(stack: Stack) -> float:
    """Stop the server that the site uses and start it with the same words; seconds between."""
    pid_file = stack.data_dir / "postgres" / "postmaster.pid"
    pid = int(pid_file.read_text().split()[0])
    place = Path(f"/proc/{pid}")
    words = (place / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    given = (place / "environ").read_bytes().rstrip(b"\0").split(b"\0")
    environment = dict(entry.decode().split("=", 1) for entry in given)
    folder, owner = (place / "cwd").resolve(), place.stat()
    program = str((place / "exe").readlink())
    begun = time.monotonic()
    os.kill(pid, signal.SIGINT)
    while place.exists() and " Z " not in (place / "stat").read_text():
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
    time.sleep(2)
    with (stack.data_dir / "log" / "restarted.log").open("ab") as log:
        subprocess.Popen(
            [program, *(word.decode() for word in words[1:])],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=owner.st_uid,
            group=owner.st_gid,
            start_new_session=True,
        )
    return time.monotonic() - begun
