"""The dead-man's switch: a sweep that did not run, failed, or left something past its day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.datamap.rules import Rule, rules
from emsar.entities.businessdays import BAKU
from emsar.retention import ledger, orders
from emsar.retention.due import due_rows, held_rows, waiting_rows
from emsar.retention.sweeps import JOB, recent_failure

# Technical limits, no promises: the sweep runs at 03:00 and is caught up with every hour.
SILENCE = timedelta(hours=26)
RUN = timedelta(hours=2)
NIGHT_ENDS = 6


@dataclass(frozen=True)
class Left:
    """What one rule has past its day: ``late`` should be gone, the others may stay for now."""

    rule: Rule
    late: int
    held: int
    waiting: int


def left_behind(now: datetime | None = None) -> list[Left]:
    """For each rule what is past its day, told apart by what keeps it."""
    moment = now or timezone.now()
    found = [
        Left(
            rule,
            late=due_rows(rule, moment).count(),
            held=held_rows(rule, moment).count(),
            waiting=waiting_rows(rule, moment).count(),
        )
        for rule in rules()
    ]
    return [left for left in found if left.late or left.held or left.waiting]


def is_night(now: datetime) -> bool:
    """Whether what ended at midnight may still be there: until 06:00 in Baku."""
    return now.astimezone(BAKU).hour < NIGHT_ENDS


def anything_late(now: datetime | None = None) -> list[str]:
    """The rules of records that have something past its day although the night is over."""
    moment = now or timezone.now()
    since = moment - timedelta(days=1) if is_night(moment) else moment
    records = [rule for rule in rules() if rule.last_day]
    return [rule.name for rule in records if due_rows(rule, since).exists()]


def faults(now: datetime | None = None) -> list[str]:
    """What is wrong, as codes; empty when everything that must be forgotten is forgotten."""
    moment = now or timezone.now()
    found = [f"late:{name}" for name in anything_late(moment)]
    beat = Heartbeat.objects.filter(job=JOB).values_list("at", flat=True).first()
    if beat is not None and moment - beat > SILENCE:
        found.append("silent")
    if recent_failure(RUN):
        found.append("failed")
    if orders.overdue_orders().exists():
        found.append("copies")
    if ledger.waiting().exists():
        found.append("ledger")
    if ledger.is_replay_missing():
        found.append("replay")
    return found


__all__ = ["Left", "anything_late", "faults", "left_behind"]
