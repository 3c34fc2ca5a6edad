"""What an act says, without words: gathered from the lines of a sweep, a case or a month."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from emsar.datamap.rules import rules
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.retention.models import DeletionOrder, DestructionLine, Sweep

COPIES = "outbox.mailcopy"
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class Scope(StrEnum):
    """What an act is about; its key is a UUID, or a month such as 2026-11."""

    SWEEP = "sweep"
    CASE = "case"
    MONTH = "month"


class NoActError(LookupError):
    """Nothing was destroyed there, or the key is none."""


@dataclass(frozen=True)
class Part:
    """What one rule destroyed; the days are the first and the last of the last days kept."""

    rule: str
    clause: str
    trigger: str
    emptied: bool
    records: int
    counts: tuple[tuple[str, int], ...]
    first_day: date | None
    last_day: date | None
    copies: int
    copies_open: int


@dataclass(frozen=True)
class Act:
    """An act of destruction; moments are in Asia/Baku.

    ``as_of`` is the last thing it tells of, so that it does not change while nothing happens;
    ``changed`` are numbers of lines that are not as they were written.
    """

    scope: Scope
    key: str
    kind: str
    begins: datetime
    ends: datetime
    as_of: datetime
    parts: tuple[Part, ...]
    lines: int
    changed: tuple[int, ...]
    digest: str

    @property
    def number(self) -> str:
        """Its number on paper: the scope's letter, and the month or the beginning of the UUID."""
        key = self.key if self.scope is Scope.MONTH else self.key[:8]
        return f"{self.scope[0].upper()}-{key}"

    @property
    def triggers(self) -> list[str]:
        return sorted({part.trigger for part in self.parts})

    @property
    def records(self) -> int:
        return sum(part.records for part in self.parts)

    @property
    def copies(self) -> int:
        return sum(part.copies for part in self.parts)

    @property
    def copies_open(self) -> int:
        return sum(part.copies_open for part in self.parts)


def act_of(scope: str, key: str) -> Act:
    """The act of a scope; NoActError when there is nothing to certify."""
    rows = lines_of(scope, key)
    lines = list(rows.order_by("id"))
    if not lines:
        raise NoActError(f"nothing was destroyed under {scope} {key}")
    orders = _orders_of(rows)
    moments = [line.at for line in lines]
    done = [order["done"] for order in orders.values() if order["done"]]
    return Act(
        scope=Scope(scope),
        key=key,
        kind=_kind(scope, key),
        begins=min(moments).astimezone(BAKU),
        ends=max(moments).astimezone(BAKU),
        as_of=max(moments + done).astimezone(BAKU),
        parts=tuple(_parts(lines, orders)),
        lines=len(lines),
        changed=tuple(line.pk for line in lines if not line.intact()),
        digest=digest_of(lines),
    )


def lines_of(scope: str, key: str) -> QuerySet[Any]:
    """The lines of a scope; NoActError for a scope or a key that there cannot be."""
    if scope == Scope.MONTH:
        return DestructionLine.objects.filter(within(key))
    if scope in {Scope.SWEEP, Scope.CASE} and _is_uuid(key):
        return DestructionLine.objects.filter(**{scope: UUID(key)})
    raise NoActError(f"there is no {scope} {key}")


def within(month: str, column: str = "at") -> Q:
    """A moment in a month of Asia/Baku, written 2026-11; NoActError for another text."""
    if not _MONTH.fullmatch(month):
        raise NoActError(f"{month} is no month")
    first = date.fromisoformat(f"{month}-01")
    start, end = (
        datetime(day.year, day.month, 1, tzinfo=BAKU).astimezone(UTC)
        for day in (first, add_calendar_months(first, 1))
    )
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def _is_uuid(key: str) -> bool:
    """Only as we write it, so that each act has one address."""
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False


def digest_of(lines: Iterable[DestructionLine]) -> str:
    """SHA-256 over the HMACs of the lines in their order: which evidence this act is about."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(bytes(line.hmac))
    return digest.hexdigest()


def counts_of(line: DestructionLine) -> dict[str, int]:
    """Rows a table; what somebody may have put there instead is left out."""
    counts: Any = line.counts
    found = counts if isinstance(counts, dict) else {}
    return {label: number for label, number in found.items() if type(number) is int}


def _kind(scope: str, key: str) -> str:
    """What kind of sweep it was; empty for other scopes, and when its row is gone."""
    if scope != Scope.SWEEP:
        return ""
    return Sweep.objects.filter(pk=UUID(key)).values_list("kind", flat=True).first() or ""


def _orders_of(lines: QuerySet[Any]) -> dict[UUID, dict[str, Any]]:
    """For each line with copies in mailboxes: how many, how many still open, the last one done."""
    rows = DeletionOrder.objects.filter(line__in=lines.values("uid")).order_by().values("line")
    still = Q(done_at__isnull=True)
    found: Any = rows.annotate(all=Count("id"), open=Count("id", filter=still), done=Max("done_at"))
    return {row["line"]: row for row in found}


def _parts(lines: Sequence[DestructionLine], orders: dict[UUID, dict[str, Any]]) -> Iterable[Part]:
    """A part for each rule, in the order of the rules; one that is no longer known comes last."""
    groups: dict[tuple[str, str, str], list[DestructionLine]] = {}
    for line in lines:
        groups.setdefault((line.rule, line.clause, line.trigger), []).append(line)
    order = [rule.name for rule in rules()]
    known = {name: number for number, name in enumerate(order)}
    for key in sorted(groups, key=lambda key: (known.get(key[0], len(order)), key)):
        yield _part(groups[key], orders)


def _part(lines: Sequence[DestructionLine], orders: dict[UUID, dict[str, Any]]) -> Part:
    counts: dict[str, int] = {}
    for line in lines:
        for label, number in counts_of(line).items():
            counts[label] = counts.get(label, 0) + number
    copies = [orders[line.uid] for line in lines if line.uid in orders]
    first = lines[0]
    return Part(
        rule=first.rule,
        clause=first.clause,
        trigger=first.trigger,
        emptied=any(rule.name == first.rule and rule.empties for rule in rules()),
        records=sum(line.records for line in lines),
        counts=tuple(sorted(counts.items())),
        first_day=min((line.first_day for line in lines if line.first_day), default=None),
        last_day=max((line.last_day for line in lines if line.last_day), default=None),
        copies=sum(row["all"] for row in copies),
        copies_open=sum(row["open"] for row in copies),
    )
