"""One command beside the two servers: what tests, checks and measurements run in."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from emsar.embedded.servers import claimed, servers, throw_away_folder

GRACE = 15


def execute(
    command: list[str],
    data_dir: Path | None,
    default: Path,
    given: Mapping[str, str] = os.environ,
) -> int:
    """Run ``command`` with the servers' addresses and the keys in its environment.

    Without ``data_dir`` the servers are fresh, quick rather than durable, and thrown away. Returns
    the command's exit code (128 + number when a signal ended it).
    """
    with ExitStack() as stack:
        folder = data_dir or stack.enter_context(throw_away_folder(default / "throw-away"))
        claim = stack.enter_context(claimed(folder))
        added = stack.enter_context(servers(claim, given, durable=bool(data_dir)))
        code = run_command(command, {**given, **added})
    return code if code >= 0 else 128 - code


def run_command(command: list[str], environment: dict[str, str]) -> int:
    """Run ``command`` to its end; if we are told to stop, it is told first and given time."""
    child = subprocess.Popen(command, env=environment)
    try:
        return child.wait()
    except BaseException:
        # The keyboard's interrupt has reached it as well; a termination has reached us alone.
        _end(child)
        raise


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
