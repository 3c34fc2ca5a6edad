"""``make run``: the servers, the set-up, then web, worker, beat and the mail sink together."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from honcho.manager import Manager

from emsar.embedded import ports
from emsar.embedded.announce import announce
from emsar.embedded.files import read_json, write_json
from emsar.embedded.keep import RANK
from emsar.embedded.postgres import connection_parameters
from emsar.embedded.processes import running, stop
from emsar.embedded.programs import Addresses, common_environment, programs
from emsar.embedded.servers import Claim, claimed, servers
from emsar.embedded.setup import ROOT, set_up

# What honcho returns when it was told to stop.
ORDERLY = {128 + signal.SIGINT, 128 + signal.SIGTERM}


class Site(Manager):  # type: ignore[misc] # honcho has no types
    """honcho's manager, with three things of ours.

    A signal that comes while programs are still being started is kept until they are; nothing is
    printed from within a signal handler; ``each_turn`` is called about ten times a second.
    """

    def __init__(self, *, started: Callable[[], None], each_turn: Callable[[], None]) -> None:
        super().__init__()
        self._once = [started]
        self._each_turn = each_turn
        self._told_early = False

    def _system_print(self, data: str) -> None:
        """Say nothing: honcho calls this from its signal handler too."""

    def terminate(self) -> None:
        """Stop the programs, now or as soon as all have been started."""
        if super()._all_started():
            super().terminate()
        else:
            self._told_early = True

    def kill(self) -> None:
        """End what did not stop in time, with all that it started."""
        leaders = {p["pid"] for p in self._processes.values() if "returncode" not in p}
        stop([p for p in running().values() if p.session in leaders], signal.SIGKILL, 1)

    def _all_started(self) -> bool:
        if not super()._all_started():
            return False
        if self._told_early:
            self._told_early = False
            super().terminate()
        while self._once:
            self._once.pop()()
        self._each_turn()
        return True


def run(port: int, data_dir: Path, given: Mapping[str, str], *, with_parent: bool) -> int:
    """Run the site until it is told to stop; the exit code, 0 after an orderly stop.

    ``with_parent`` also stops it when the process that started it goes away.
    """
    parent = os.getppid() if with_parent else 0
    signal.signal(signal.SIGHUP, _as_termination)
    with claimed(data_dir) as claim:
        if claim.survivors:
            print(f"stopped what a killed run had left: {', '.join(claim.survivors)}", flush=True)
        ports.insist_on_free(port)
        addresses = choose_addresses(port, given)
        (claim.data_dir / "development.json").unlink(missing_ok=True)
        with servers(claim, given) as added:
            environment = common_environment(given, added, addresses)
            Path(environment["STATIC_ROOT"]).mkdir(exist_ok=True)
            logins = _prepare(claim, addresses, environment, added)
            return _serve(claim, addresses, environment, logins, partial(_mind, parent))


def choose_addresses(port: int, given: Mapping[str, str]) -> Addresses:
    """The ports of this run; the mail viewer stands 25 above the site where that is free."""
    origin = given.get("SITE_ORIGIN") or f"http://{ports.HOST}:{port}"
    if given.get("EMAIL_URL"):
        return Addresses(port, 0, 0, origin)
    viewer = ports.choose(port + ports.VIEWER_OFFSET, avoid=(port,))
    return Addresses(port, ports.choose(avoid=(port, viewer)), viewer, origin)


def _prepare(
    claim: Claim, addresses: Addresses, environment: Mapping[str, str], added: Mapping[str, str]
) -> list[dict[str, str]]:
    """Set the database up and write development.json; the logins."""
    ours = added.get("DATABASE_URL")
    set_up(environment, claim.data_dir, connection_parameters(ours) if ours else None)
    logins: list[dict[str, str]] = read_json(claim.data_dir / "logins.json")["logins"]
    content: dict[str, Any] = {**addresses.public, "logins": logins}
    write_json(claim.data_dir / "development.json", content)
    return logins


def _serve(
    claim: Claim,
    addresses: Addresses,
    environment: Mapping[str, str],
    logins: list[dict[str, str]],
    each_turn: Callable[[], None],
) -> int:
    """Run the programs until one gives up or we are told to stop."""
    say = partial(print, flush=True)
    telling = threading.Thread(target=announce, args=(addresses, logins, say), daemon=True)
    site = Site(started=telling.start, each_turn=each_turn)
    for program in programs(addresses, claim.data_dir):
        line = program.kept(claim.register.folder)
        site.add_process(
            program.name, line, env={**environment, **program.environment}, cwd=str(ROOT)
        )
    try:
        site.loop()
    finally:
        claim.register.clear(RANK)
    return 0 if site.returncode in ORDERLY else int(site.returncode or 1)


def _mind(parent: int) -> None:
    """Stop when the process that started us is gone; 0 means that we do not depend on it."""
    if parent and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _as_termination(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
