"""The erasure ledger outside the database: UUIDs and times, in a file or an object store.

A backup holds what was erased after it was made. After a restore ``replay_erasures`` reads the
ledger from outside and erases again. An entry that could not be shipped is shipped by the next
run, and before each backup.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.audit.sealing import beat
from emsar.datamap.rules import Rule
from emsar.entities.businessdays import BAKU
from emsar.retention.due import first_day_still_kept
from emsar.retention.models import DestructionLine, LedgerEntry, Shipment
from emsar.retention.stores import Store, store_at

logger = logging.getLogger(__name__)

WEB = "web"
COMPARED, REPLAY_MISSING = "ledger", "replay"
SHIP_LOCK = 7_304_011
# After a failure the batches of this process leave the store alone for so long; the catch-up and
# the backup ask it in any case.
REST_SECONDS = 60.0
_resting_until = 0.0
# Never governed as a rule: what it says is only how long a backup can bring something back.
_KEPT = Rule("ledger", LedgerEntry, clause="S-5e", term="backups", since="at")


def enter(line: DestructionLine, records: Sequence[UUID], subjects: Sequence[UUID]) -> None:
    """Note in the caller's transaction what must be forgotten again; it is shipped on commit.

    What the web enters a worker ships within seconds.
    """
    entry = LedgerEntry(
        line=line.uid, rule=line.rule, records=list(records), subjects=list(subjects)
    )
    entry.save()
    transaction.on_commit(_ship_on_commit, robust=True)


def store() -> Store:
    """The place that ``LEDGER_URL`` names."""
    return store_at(settings.LEDGER_URL)


def _ship_on_commit() -> None:
    """Not in the web, which waits for no store and does not reach a file beside the worker."""
    if settings.DATABASE_ROLE == WEB:
        return
    if time.monotonic() >= _resting_until:
        ship_waiting()


def waiting() -> QuerySet[LedgerEntry]:
    """Entries that have not reached their place yet, the oldest first."""
    shipped = Shipment.objects.filter(entry=OuterRef("uid"))
    return LedgerEntry.objects.filter(~Exists(shipped)).order_by("id")


def ship_waiting() -> int:
    """Ship what waits, the oldest first; how many entries.

    A place out of reach is an alarm and leaves the rest for the next run. Not to be called inside
    a transaction: what it has written may still be rolled back.
    """
    global _resting_until
    place, shipped, last = store(), 0, 0
    try:
        while last := _ship_next(place, last):
            shipped += 1
    except OSError as problem:
        _resting_until = time.monotonic() + REST_SECONDS
        logger.critical("the erasure ledger cannot be shipped: %s", words(problem))
    return shipped


@transaction.atomic(durable=True)
def _ship_next(place: Store, after: int) -> int:
    """Ship one entry; its number, 0 when none is left.

    Of several processes one ships at a time, so that nothing is written twice and the older entry
    comes first. A kill between the writing and the note writes a line twice; readers know it by
    its UUID.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SHIP_LOCK])
    entry = waiting().filter(pk__gt=after).first()
    if entry is None:
        return 0
    place.append(entry.pk, as_line(entry))
    Shipment.objects.create(entry=entry.uid)
    return int(entry.pk)


def words(problem: OSError) -> str:
    """What went wrong, without the path or the address."""
    return problem.strerror or str(problem) or type(problem).__name__


def tend() -> None:
    """The hourly work: what waits goes out, and what no backup can bring back goes for good.

    A database that misses what the ledger tells of was restored, and must be told to replay it.
    """
    ship_waiting()
    try:
        prune()
        compare()
    except OSError as problem:
        logger.critical("the erasure ledger cannot be pruned: %s", words(problem))


def prune(now: datetime | None = None) -> int:
    """Take from the place what no backup can bring back any more; how many entries.

    Entries stay for the term ``backups`` of the schedule and a day more, because they are dated
    before their transaction ends. Raises OSError when the place is out of reach.
    """
    today = timezone.localdate(now or timezone.now(), BAKU)
    first_kept = oldest_backup(today - timedelta(days=1))
    left = LedgerEntry.objects.filter(uid=OuterRef("entry"))
    Shipment.objects.filter(~Exists(left)).delete()

    def keep(line: bytes) -> bool:
        entry = parsed(line)
        return entry is None or timezone.localdate(entry.at, BAKU) >= first_kept

    return store().prune(keep)


def compare() -> None:
    """Note whether the database knows of every erasure that was shipped; OSError as above."""
    from emsar.retention.restored import unknown

    entries = [entry for line in store().lines() if (entry := parsed(line)) and entry.intact()]
    beat(COMPARED, REPLAY_MISSING if unknown(entries) else "")


def is_replay_missing() -> bool:
    """Whether the last comparison found erasures that a restored database does not know of."""
    return Heartbeat.objects.filter(job=COMPARED, note=REPLAY_MISSING).exists()


def oldest_backup(today: date) -> date:
    """The day of the oldest backup that may still be there on ``today`` (days of Asia/Baku)."""
    return first_day_still_kept(_KEPT, today)


def as_line(entry: LedgerEntry) -> bytes:
    """One line of the ledger, with the row's HMAC, so that a forged line is noticed."""
    content: dict[str, Any] = {
        "id": entry.pk,
        "uid": str(entry.uid),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "line": str(entry.line),
        "rule": entry.rule,
        "records": [str(number) for number in entry.records],
        "subjects": [str(number) for number in entry.subjects],
        "kid": entry.kid,
        "hmac": bytes(entry.hmac).hex(),
    }
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def parsed(line: bytes) -> LedgerEntry | None:
    """The entry that a line says, whoever wrote it; None for what is no entry."""
    try:
        content = json.loads(line)
        return LedgerEntry(
            id=int(content["id"]),
            uid=UUID(content["uid"]),
            at=datetime.fromisoformat(content["at"]).astimezone(UTC),
            line=UUID(content["line"]),
            rule=str(content["rule"]),
            records=[UUID(text) for text in content["records"]],
            subjects=[UUID(text) for text in content["subjects"]],
            kid=str(content["kid"]),
            hmac=bytes.fromhex(content["hmac"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read(
    lines: Iterable[bytes], broken: Callable[[str], None] | None = None
) -> Iterator[LedgerEntry]:
    """The entries of a shipped ledger.

    What cannot be read, or was not written by us, is told to ``broken`` as a sentence and left
    out; without it ValueError is raised.
    """
    for number, line in enumerate(lines, 1):
        entry = parsed(line)
        if entry is not None and entry.intact():
            yield entry
            continue
        problem = _what_is_wrong(number, entry)
        if broken is None:
            raise ValueError(problem)
        broken(problem)


def _what_is_wrong(number: int, entry: LedgerEntry | None) -> str:
    if entry is None:
        return f"line {number} of the ledger cannot be read"
    return f"line {number} of the ledger is not as it was written under the key {entry.kid[:16]!r}"
