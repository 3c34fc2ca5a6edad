"""Destroying what is due among many requests: our sweep beside hand-written SQL, batch by batch.

After that what visitors notice of a sweep at the pace of the day.

python -m emsar.embedded exec --data-dir var/bench -- python -m tests.bench.retention
    [--requests 1000000] [--due 200000] [--size 2000]
"""

import argparse
import os
import statistics
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from consent.notices import FREE_CONSULTATION, notice
from emsar.datamap.rules import rule
from emsar.retention.batches import destroy_batch
from emsar.retention.due import due_rows
from emsar.retention.models import DestructionLine, LedgerEntry, Sweep
from tests.bench import paced
from tests.bench.filling import end_more, fill
from tests.bench.run import Post, prepare, server

RULE = "consultation"


@dataclass
class Way:
    """One way of destroying, and how long each batch took."""

    name: str
    seconds: list[float] = field(default_factory=list)
    rows: int = 0

    @property
    def rate(self) -> float:
        return self.rows / sum(self.seconds)

    def note(self, rows: int, seconds: float) -> None:
        self.rows += rows
        self.seconds.append(seconds)


def by_hand(sweep: Sweep, today: date, size: int) -> int:
    """What somebody who knows the tables would write: the same rows, orders and evidence."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, subject_id FROM requests_inbox_consultationrequest"
            " WHERE destroy_after < %s AND status <> 'withdrawn'"
            " AND close_reason NOT IN ('spam', 'duplicate')"
            " ORDER BY destroy_after LIMIT %s FOR UPDATE SKIP LOCKED",
            [today, size],
        )
        found = cursor.fetchall()
        keys, people = [row[0] for row in found], [row[1] for row in found]
        if not keys:
            return 0
        line = DestructionLine(
            sweep=sweep.pk, rule=RULE, clause="E-7.2a", trigger="S-5a", records=len(keys)
        )
        line.save()
        cursor.execute(
            "WITH gone AS (DELETE FROM outbox_mailcopy WHERE about = ANY(%s)"
            " RETURNING mailbox, message_id, reference, at)"
            " INSERT INTO retention_deletionorder (line, mailbox, message_id, reference,"
            " copied_at, created_at, method)"
            " SELECT %s, mailbox, message_id, reference, at, now(), '' FROM gone",
            [keys, line.uid],
        )
        for table, column in (
            ("requests_inbox_message", "request_id"),
            ("requests_inbox_historyentry", "request_id"),
            ("subjects_mailedlink", "record"),
            ("outbox_outboundmail", "about"),
            ("requests_inbox_consultationrequest", "id"),
        ):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [keys])
        cursor.execute(
            "DELETE FROM subjects_subjectidentifier WHERE subject_id = ANY(%s)", [people]
        )
        cursor.execute("DELETE FROM subjects_datasubject WHERE id = ANY(%s)", [people])
        LedgerEntry(line=line.uid, rule=RULE, records=keys, subjects=people).save()
    return len(keys)


def memory() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def measure(size: int) -> tuple[Way, Way, int]:
    """Both ways in turn until nothing is due; how much memory ours took from first to last."""
    ours, hand = Way("sweep"), Way("hand-written SQL")
    run = Sweep.objects.create(kind=Sweep.Kind.BY_HAND)
    each, now = rule(RULE), timezone.now()
    first = 0
    while True:
        start = time.perf_counter()
        done = destroy_batch(each, run, now, size)
        if not done:
            break
        ours.note(done, time.perf_counter() - start)
        first = first or memory()
        start = time.perf_counter()
        done = by_hand(run, timezone.localdate(now), size)
        if done:
            hand.note(done, time.perf_counter() - start)
    return ours, hand, memory() - first


def report(ours: Way, hand: Way, grown: int) -> None:
    for way in (ours, hand):
        middle = statistics.median(way.seconds)
        print(f"{way.name:24}{way.rate:>10.0f} requests/s   median batch {middle:.3f} s")
    print(f"{'sweep / hand-written SQL':24}{ours.rate / hand.rate:>10.2f}   aim 0.40")
    print(f"{'memory, first to last':24}{grown / 1e6:>10.1f} MB   aim below 20")
    print(f"left due: {due_rows(rule(RULE)).count()}")


def visitors(due: int) -> None:
    """Form submissions while nothing is destroyed, and while a sweep goes on."""
    end_more(due, timezone.localdate() - timedelta(days=1))
    words = notice(FREE_CONSULTATION, "en")
    connection.close()
    with server() as port:
        idle, busy = paced.measure(port, Post(words), RULE)
    swept = due - due_rows(rule(RULE)).count()
    ratio = busy.share(0.99) / idle.share(0.99)
    print(idle, busy, sep="\n")
    print(
        f"{'p99 sweeping / idle':24}{ratio:>8.2f}   aim 3.00   {swept:,} requests swept meanwhile"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=2_000)
    options = parser.parse_args()
    prepare()
    settings.LEDGER_URL = f"file://{settings.DATA_DIR}/bench-ledger.jsonl"
    start = time.perf_counter()
    fill(options.requests, options.due, timezone.localdate() - timedelta(days=1))
    print(f"filled {options.requests:,} requests in {time.perf_counter() - start:.0f} s")
    print(f"due: {due_rows(rule(RULE)).count():,}")
    report(*measure(options.size))
    visitors((options.requests - options.due) // 2)


if __name__ == "__main__":
    main()
