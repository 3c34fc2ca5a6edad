"""Evidence that leaves by the month once its term is over, and the certificates that it did.

Whoever takes a month out certifies it in the same transaction. Verification holds the rows that it
misses against these certificates, so nobody can take more out than left by its term, and nothing
that is younger. The room that knows the terms registers itself here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Max, Min

from emsar.audit.models import AuditEvent, Seal
from emsar.audit.recording import record
from emsar.datamap.rules import EvidenceRule, evidence_rules

# A month of evidence must never mean another one because a setting changed.
ZONE = ZoneInfo("Asia/Baku")
LEFT = "evidence.left"
# More ends of one month do not fit into an event: the clock would have jumped back over midnight
# of its last day as often.
MOST_ENDS = 7

OldestKept = Callable[[EvidenceRule, datetime], datetime]
_OLDEST_KEPT: list[OldestKept] = []


def register_oldest_kept(oldest_kept: OldestKept) -> None:
    """``oldest_kept`` gives the first moment whose month is not past a rule's term at a moment.

    It raises LookupError for a rule whose term nobody states any more.
    """
    _OLDEST_KEPT[:] = [oldest_kept]


def month_of(moment: datetime) -> str:
    """The month of Asia/Baku in which a moment lies, as "2026-11"."""
    return moment.astimezone(ZONE).strftime("%Y-%m")


def certify(
    rule: EvidenceRule, month: date, rows: int, *, obj: models.Model, ends: Sequence[str] = ()
) -> AuditEvent:
    """Certify that ``rows`` of a month left under a rule; ``ends`` are those of the chain."""
    detail: dict[str, str | int] = {"rule": rule.name, "month": f"{month:%Y-%m}", "records": rows}
    if ends:
        detail["ends"] = ",".join(ends[:MOST_ENDS])
    return record(LEFT, actor=None, obj=obj, detail=detail)


def ends_in(month: date) -> list[str]:
    """The digests, in hex, of the seals of a month that a seal of another one follows.

    There is one, unless the clock was set back over the end of the month while sealing.
    """
    name = f"{month:%Y-%m}"
    begins = datetime(month.year, month.month, 1, tzinfo=ZONE)
    following = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=ZONE)
    inside = Seal.objects.filter(at__gte=begins, at__lt=following)
    numbers = inside.aggregate(first=Min("id"), last=Max("id"))
    if numbers["first"] is None:
        return []
    links = Seal.objects.filter(id__gte=numbers["first"], id__lte=numbers["last"]).order_by("id")
    found = [(month_of(at), bytes(digest)) for at, digest in links.values_list("at", "digest")]
    pairs = pairwise([*found, ("", b"")])
    return [digest.hex() for (its, digest), (after, _) in pairs if its == name != after]


@dataclass
class Left:
    """What is certified to have left: how many rows of a kind and month, and ends of the chain."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    ends: set[str] = field(default_factory=set)

    def unexplained(self, label: str, month: str, missing: int) -> int:
        """How many of the missing rows no certificate explains; each explains a row once."""
        explained = min(missing, self.rows[label, month])
        self.rows[label, month] -= explained
        return missing - explained

    def count(self, event: AuditEvent, rule: EvidenceRule) -> None:
        self.rows[rule.model._meta.label_lower, event.detail["month"]] += event.detail["records"]
        self.ends.update(filter(None, event.detail.get("ends", "").split(",")))


def certified(now: datetime) -> Left:
    """What may be missing now: what is certified to have left, and is past its term indeed."""
    left = Left()
    known = {rule.name: rule for rule in evidence_rules()}
    for event in _certificates():
        rule = known.get(event.detail["rule"])
        if rule is not None and event.detail["month"] < _oldest_month(rule, now):
            left.count(event, rule)
    return left


def _certificates() -> Iterator[AuditEvent]:
    """The certificates that are as they were written; the others are named as broken rows."""
    events: Iterable[AuditEvent] = AuditEvent.objects.filter(action=LEFT).order_by("id")
    return (event for event in events if event.intact())


def _oldest_month(rule: EvidenceRule, now: datetime) -> str:
    """The first month that must be whole; a later one than any where no term says so any more."""
    try:
        return month_of(_OLDEST_KEPT[0](rule, now)) if _OLDEST_KEPT else ""
    except LookupError:
        return "9999-99"
