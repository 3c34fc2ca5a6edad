"""Which rows have to go: a rule's end, what waits, and what a hold keeps, as one query.

The night after the last day kept begins with the next day of Asia/Baku, so a row is due when its
last day lies before today.
"""

from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from emsar.datamap import terms
from emsar.datamap.declarations import declaration_of
from emsar.datamap.rules import Governed, Rule, Source
from emsar.datamap.terms import Unit
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail, Status
from emsar.retention.models import Clearance, LegalHold

ONE_DAY = timedelta(days=1)
# A technical limit: the outbox gives a mail up after three days.
UNDER_WAY = timedelta(days=4)


def due_rows(rule: Rule, now: datetime | None = None) -> QuerySet[Any]:
    """The rows that must go now: ended, held by nothing, waiting for nobody, no mail under way."""
    moment = now or timezone.now()
    rows = ended_rows(rule, moment)
    for held in holds_on(rule):
        rows = rows.exclude(Exists(held))
    if is_of_persons(rule):
        rows = rows.exclude(Exists(mails_under_way(moment).filter(about=OuterRef("pk"))))
    return rows.exclude(_waiting(rule, moment)) if rule.waits else rows


def is_of_persons(rule: Rule) -> bool:
    """Whether the rule destroys records of persons, which a restored backup must forget again."""
    return bool(rule.last_day) and not rule.empties


def mails_under_way(now: datetime) -> QuerySet[OutboundMail]:
    """Mails that may still be sent: a reply of the last minute keeps its request until it is out,
    and what a mailbox is about to get needs its order. The outbox gives up before this does."""
    return OutboundMail.objects.filter(
        status__in=[Status.QUEUED, Status.SENDING], created_at__gte=now - UNDER_WAY
    )


def ended_rows(rule: Rule, now: datetime) -> QuerySet[Any]:
    """The rows whose term is over, whatever keeps them."""
    return rule.model._base_manager.filter(rule.where).filter(_ended(rule, now))


def held_rows(rule: Rule, now: datetime) -> QuerySet[Any]:
    """The rows whose term is over and that a legal hold keeps."""
    found = [Q(Exists(held)) for held in holds_on(rule)]
    return ended_rows(rule, now).filter(reduce(or_, found))


def waiting_rows(rule: Rule, now: datetime) -> QuerySet[Any]:
    """The rows whose term is over and that wait for the officer."""
    rows = ended_rows(rule, now)
    return rows.filter(_waiting(rule, now)) if rule.waits else rows.none()


def _ended(rule: Rule, now: datetime) -> Q:
    today = timezone.localdate(now, BAKU)
    if rule.last_day:
        return Q(**{f"{rule.last_day}__lt": today})
    if rule.until:
        return Q(**{f"{rule.until}__lt": now})
    try:
        first_kept = first_day_still_kept(rule, today)
    except LookupError:
        return Q(pk__in=[])  # the sweep refuses such a rule, and the alarm names it
    return Q(**{f"{rule.since}__lt": datetime.combine(first_kept, time(), BAKU)})


def first_day_still_kept(rule: Rule, today: date) -> date:
    """The first day on which something can have begun whose term is not over before ``today``."""
    value, unit = term_of(rule)
    months = {Unit.CALENDAR_MONTHS: value, Unit.YEARS: value * 12}.get(unit)
    if months is None:
        return today - timedelta(days=value)
    # Months differ in length, so the day is looked for from a little before.
    day = add_calendar_months(today, -months) - timedelta(days=4)
    while add_calendar_months(day, months) < today:
        day += ONE_DAY
    return day


def term_of(rule: Governed) -> tuple[int, Unit]:
    """The value in force of a rule's term; LookupError when nobody answers for it."""
    if rule.source is Source.SCHEDULE:
        return terms.value("schedule", rule.term), Unit(registry().term("schedule", rule.term).unit)
    declared = terms.policy_term(rule.term)
    if declared is None:
        raise LookupError(f"no rule reads a term {rule.term!r}")
    return terms.value("policy", rule.term), declared.unit


def terms_of(rule: Rule) -> list[tuple[Source, str]]:
    """The terms that a rule reads: its own, and the one for which it waits."""
    own = [(rule.source, rule.term)] if rule.term else []
    return [*own, (Source.SCHEDULE, rule.waits.term)] if rule.waits else own


def missing_term(rule: Rule) -> str:
    """What is wrong with the terms of a rule; empty when each of them has a value."""
    try:
        for source, name in terms_of(rule):
            terms.value(source.value, name)
    except LookupError as problem:
        return str(problem.args[0]) if problem.args else "missing"
    return ""


def _waiting(rule: Rule, now: datetime) -> Q:
    """Waits for the officer's word, but not longer than the schedule allows.

    Only for the day that the row had when the officer said it.
    """
    assert rule.waits  # noqa: S101 - asked by the callers
    said = Clearance.objects.filter(record=OuterRef("pk"), last_day=OuterRef(rule.last_day))
    waits = rule.waits.where & ~Q(Exists(said))
    try:
        days = timedelta(days=terms.value("schedule", rule.waits.term))
    except LookupError:
        return waits  # without a limit the officer is asked, however long it takes
    patience = timezone.localdate(now, BAKU) - days
    return waits & Q(**{f"{rule.last_day}__gte": patience})


def holds_on(rule: Rule, active: QuerySet[LegalHold] | None = None) -> list[QuerySet[LegalHold]]:
    """For each way in which a hold can reach a row of the rule the holds that do.

    ``active`` are the holds to look at: all that are in force, when nothing else is said.
    """
    line = declaration_of(rule.model)
    active = LegalHold.objects.filter(released_at__isnull=True) if active is None else active
    found = [active.filter(kind=LegalHold.Kind.RULE, code=rule.name)]
    if line is None:
        return found
    if line.subject:
        found.append(active.filter(kind=LegalHold.Kind.SUBJECT, target=OuterRef(line.subject)))
    if rule.last_day or line.record:
        record = OuterRef(line.record or "pk")
        found.append(active.filter(kind=LegalHold.Kind.RECORD, target=record))
    if line.held_with:
        with_it = OuterRef(line.held_with)
        found.append(active.filter(kind=LegalHold.Kind.RECORD, target=with_it))
    if line.company:
        found.append(active.filter(kind=LegalHold.Kind.COMPANY, code=OuterRef(line.company)))
    return found
