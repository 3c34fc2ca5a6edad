"""200 visitors on mixed pages and forms for a minute; then again while PostgreSQL is restarted.

python -m tests.load.run [--clients 200] [--seconds 60]
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg

from emsar.embedded.postgres import connection_parameters
from tests.load.restart import restart_postgres
from tests.load.visitors import Seen, Visitor
from tests.stack import Stack, running_stack

LIMITS = {"FORM_LIMIT": "1000000", "COOKIE_LIMIT": "1000000"}
RESTART_AFTER = 0.4
# How long the database is away, and how long the pools take to notice that it is back.
GAP_SECONDS = 20.0


async def crowd(
    port: int, clients: int, seconds: float, beside: Callable[[], Awaitable[None]]
) -> Seen:
    """All visitors at once, and what happens beside them."""
    seen, until = Seen(), time.monotonic() + seconds
    visitors = [Visitor(port, number, seen) for number in range(clients)]
    await asyncio.gather(*(visitor.stay(until) for visitor in visitors), beside())
    return seen


async def nothing() -> None:
    """Nothing happens."""


def told(name: str, seen: Seen, seconds: float) -> None:
    """The figures of a run: requests a second, times in milliseconds."""
    times = sorted(value for values in seen.times.values() for value in values)
    share = {f"p{part}": times[int(len(times) * part / 100)] * 1000 for part in (50, 95, 99)}
    counts = ", ".join(f"{status}: {len(found)}" for status, found in sorted(seen.times.items()))
    print(f"{name}: {len(times)} requests, {len(times) / seconds:.0f}/s; {counts}")
    print("  " + ", ".join(f"{part} {value:.0f} ms" for part, value in share.items()))
    print(f"  acknowledged {len(seen.acknowledged)}, faults {len(seen.faults)} {seen.faults[:3]}")


def lost(stack: Stack, seen: Seen) -> list[str]:
    """References that were shown and are not in the database."""
    environment = _environment(stack)
    login = connection_parameters(environment["DATABASE_URL_WORKER"])
    with psycopg.connect(**login) as connection:
        rows = connection.execute("SELECT reference FROM requests_inbox_consultationrequest")
        known = {reference for (reference,) in rows}
    return [reference for reference in seen.acknowledged if reference not in known]


def _environment(stack: Stack) -> dict[str, str]:
    """That of one of the site's processes."""
    for process in stack.descendants():
        content = Path(f"/proc/{process.pid}/environ").read_bytes().decode()
        found = dict(entry.split("=", 1) for entry in content.split("\0") if "=" in entry)
        if "DATABASE_URL_WORKER" in found:
            return found
    raise LookupError("no process of the site knows its database")


def undisturbed(stack: Stack, clients: int, seconds: float) -> list[str]:
    """What went wrong in a run in which nothing may go wrong."""
    seen = asyncio.run(crowd(stack.port, clients, seconds, nothing))
    told("undisturbed", seen, seconds)
    wrong = [f"status {status}" for status in seen.times if status not in {200, 303}]
    return [*wrong, *seen.faults, *(f"lost {one}" for one in lost(stack, seen))]


def restarted(stack: Stack, clients: int, seconds: float) -> list[str]:
    """While PostgreSQL is restarted: 503 in the gap alone, and nothing acknowledged is lost."""
    gap: list[float] = []

    async def restart() -> None:
        await asyncio.sleep(seconds * RESTART_AFTER)
        gap.append(time.monotonic())
        await asyncio.to_thread(restart_postgres, stack)

    seen = asyncio.run(crowd(stack.port, clients, seconds, restart))
    told("restarted", seen, seconds)
    if seen.refused_at:
        first, last = seen.refused_at[0] - gap[0], seen.refused_at[-1] - gap[0]
        print(f"  503 from {first:.1f} s to {last:.1f} s after the stop")
    late = [at for at in seen.refused_at if not 0 <= at - gap[0] <= GAP_SECONDS]
    wrong = [f"status {status}" for status in seen.times if status not in {200, 303, 503}]
    return [*wrong, *(f"503 outside the gap: {len(late)}" for _ in late[:1]), *seen.faults] + [
        f"lost {one}" for one in lost(stack, seen)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "data", **LIMITS) as stack,
    ):
        wrong = undisturbed(stack, given.clients, given.seconds)
        wrong += restarted(stack, given.clients, given.seconds)
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
