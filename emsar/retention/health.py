"""The dead-man's switch: a sweep that did not run, failed, or left something past its day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.datamap.rules import EvidenceRule, Rule, evidence_rules, rules
from emsar.entities.businessdays import BAKU
from emsar.retention import ledger, orders
from emsar.retention.due import due_rows, held_rows, missing_term, term_of, waiting_rows
from emsar.retention.evidence import months_to_go
from emsar.retention.sweeps import JOB, failures_since
from emsar.staff import rows

# Technical limits, no promises: the sweep runs at 03:00 and is caught up with every hour.
SILENCE = timedelta(hours=26)
RUN = timedelta(hours=2)
# The next hourly run, and time for it to come to its end.
CATCH_UP = timedelta(hours=1, minutes=15)
NIGHT_ENDS = 6
# What the web enters in the ledger is shipped by a worker, which asks every few seconds.
SHIPPING = timedelta(minutes=1)


@dataclass(frozen=True)
class Left:
    """What one rule has past its day: ``late`` should be gone, the others may stay for now."""

    rule: Rule
    late: int
    held: int
    waiting: int


@rows.counting()
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


@rows.counting()
def anything_late(now: datetime | None = None) -> list[str]:
    """The rules that have something past its day although the night is over.

    What has no day of its own, and evidence, may be a night late: it is caught up with by day.
    """
    moment = now or timezone.now()
    if not had_a_chance(moment):
        return []
    found = [rule.name for rule in rules() if is_late(rule, moment)]
    return [*found, *(rule.name for rule in evidence_rules() if _is_late(rule, moment))]


def had_a_chance(now: datetime) -> bool:
    """Whether a sweep can have run: on a new site the first one comes within the hour."""
    swept = Heartbeat.objects.filter(job=JOB).exists()
    return swept or now - _installed_at(now) > CATCH_UP


def is_late(rule: Rule, now: datetime) -> bool:
    """Whether a rule has rows that the last sweeps should have taken."""
    since = now - timedelta(days=1) if is_night(now) else now
    return due_rows(rule, since if rule.last_day else now - SILENCE).exists()


def _is_late(rule: EvidenceRule, now: datetime) -> bool:
    try:
        return bool(months_to_go(rule, now - SILENCE))
    except LookupError:
        return False  # told as a missing term


def faults(now: datetime | None = None) -> list[str]:
    """What is wrong, as codes; empty when everything that must be forgotten is forgotten."""
    moment = now or timezone.now()
    found = [f"late:{name}" for name in anything_late(moment)]
    found += [f"term:{name}" for name in without_terms()]
    beat = Heartbeat.objects.filter(job=JOB).values_list("at", flat=True).first()
    if moment - (beat or _installed_at(moment)) > SILENCE:
        found.append("silent")
    if failures_since(beat, within=RUN, now=moment).exists():
        found.append("failed")
    if orders.overdue_orders().exists():
        found.append("copies")
    if ledger.waiting().filter(at__lt=moment - SHIPPING).exists():
        found.append("ledger")
    if ledger.is_replay_missing():
        found.append("replay")
    return found


def without_terms() -> list[str]:
    """The rules whose period nobody states, or that was switched off: nothing goes under them."""
    missing = [rule.name for rule in rules() if missing_term(rule)]
    for rule in evidence_rules():
        try:
            term_of(rule)
        except LookupError:
            missing.append(rule.name)
    return missing


def _installed_at(now: datetime) -> datetime:
    """When the tables of this room were made: from then on a sweep is expected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations WHERE app = 'retention'")
        (applied,) = cursor.fetchone()
    return applied or now


__all__ = ["Left", "anything_late", "faults", "left_behind"]
