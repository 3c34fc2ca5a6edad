"""Evidence past its own term leaves a month at a time, by the owner's function (idea 6)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg.sql import Composed

from emsar.audit.leaving import ZONE, certify, ends_in
from emsar.audit.models import Seal
from emsar.datamap import terms
from emsar.datamap.rules import EvidenceRule, Trigger
from emsar.datamap.terms import Unit
from emsar.entities.businessdays import ONE_DAY, add_calendar_months
from emsar.entities.registry import registry
from emsar.retention.evidence_sql import FUNCTION, months_with_rows
from emsar.retention.models import DestructionLine, Sweep

MONTHS = {Unit.CALENDAR_MONTHS: 1, Unit.YEARS: 12}


def forget_evidence(
    run: Sweep,
    rule: EvidenceRule,
    now: datetime | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Let go every month that is past the rule's term, each in a transaction; how many rows.

    The months that are left when time ``is_over`` are for the next run.

    The function refuses what the database's own clock does not know as past, so it is not asked
    to. Raises LookupError for a term that is missing or switched off.
    """
    moment = min(now or timezone.now(), _clock_of_the_database())
    months = takewhile(lambda month: not is_over(), sorted(months_to_go(rule, moment)))
    return sum(forget_month(run, rule, month) for month in months)


def months_to_go(rule: EvidenceRule, now: datetime) -> dict[date, int]:
    """The months of Asia/Baku, by their first days, that have rows to go, and how many."""
    with connection.cursor() as cursor:
        cursor.execute(months_query(rule, now))
        return dict(cursor.fetchall())


def months_query(rule: EvidenceRule, now: datetime) -> Composed:
    """The query that finds these months; LookupError when the term is missing."""
    return months_with_rows(rule, oldest_kept(rule, now))


@transaction.atomic
def forget_month(run: Sweep, rule: EvidenceRule, month: date) -> int:
    """Let the rows of a month go and certify it; how many, 0 when somebody was faster.

    Raises DatabaseError when the month is not past its term.
    """
    ends = ends_in(month) if rule.model is Seal else []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FUNCTION}(%s, %s)", [rule.name, month])
        (gone,) = cursor.fetchone()
    if gone:
        line = _line(run, rule, month, gone)
        line.save()
        Sweep.objects.filter(pk=run.pk).update(records=F("records") + gone)
        certify(rule, month, gone, obj=line, ends=ends)
    return int(gone)


def _line(run: Sweep, rule: EvidenceRule, month: date, gone: int) -> DestructionLine:
    """A month goes as a whole, so all of its rows have the same last day kept."""
    last = _end_of_term(rule, add_calendar_months(month, 1)) - ONE_DAY
    return DestructionLine(
        sweep=run.pk,
        rule=rule.name,
        clause=rule.clause,
        trigger=Trigger.PERIOD,
        records=gone,
        counts={rule.model._meta.label_lower: gone},
        first_day=last,
        last_day=last,
    )


def oldest_kept(rule: EvidenceRule, now: datetime) -> datetime:
    """The beginning of the first month that is not past its term at ``now``.

    The term counts from the end of the month. LookupError when it is missing or switched off, or
    counts in days that a month of evidence has not.
    """
    value, unit = _term(rule)
    today = timezone.localdate(now, ZONE)
    if unit in MONTHS:
        first = add_calendar_months(today.replace(day=1), -value * MONTHS[unit])
    else:
        first = (today - timedelta(days=value)).replace(day=1)
    return datetime.combine(first, time(), ZONE)


def _end_of_term(rule: EvidenceRule, day: date) -> date:
    value, unit = _term(rule)
    if unit in MONTHS:
        return add_calendar_months(day, value * MONTHS[unit])
    return day + timedelta(days=value)


def _term(rule: EvidenceRule) -> tuple[int, Unit]:
    unit = Unit(registry().term("schedule", rule.term).unit)
    if unit is Unit.BUSINESS_DAYS:
        raise LookupError(f"the term {rule.term!r} of evidence cannot count business days")
    return terms.value("schedule", rule.term), unit


def _clock_of_the_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)  # noqa: S101 - for the type
    return moment
