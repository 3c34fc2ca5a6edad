"""Legal holds: placed and released by the officer, each with its ground (E-4g)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.datamap.rules import Rule, rules, rules_of
from emsar.retention.due import ended_rows, holds_on, waiting_rows
from emsar.retention.models import LegalHold
from emsar.staff.models import Role, User


class HoldError(Exception):
    """The hold cannot be placed or released; the text is a sentence for the officer."""


@transaction.atomic
def place(hold: LegalHold, *, by: User) -> LegalHold:
    """Put a hold into force; from the next batch on nothing that it names is destroyed."""
    _guard(by)
    if hold.review_on <= timezone.localdate():
        raise HoldError(_("The day on which the hold is looked at again must be in the future."))
    hold.placed_by = by.pk
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as problem:
        if "one_hold_on_a" not in str(problem):
            raise
        raise HoldError(_("The same hold is in force already.")) from None
    detail = {"kind": hold.kind, "reason": hold.reason}
    subject = hold.target if hold.kind == LegalHold.Kind.SUBJECT else None
    record("hold.place", actor=by.pk, subject=subject, obj=hold, detail=detail)
    return hold


@transaction.atomic
def release(hold: LegalHold, *, by: User) -> None:
    """End a hold; what it kept past its day goes in the next sweep, within the hour."""
    _guard(by)
    active = LegalHold.objects.filter(pk=hold.pk, released_at__isnull=True)
    if active.update(released_at=timezone.now(), released_by=by.pk) != 1:
        raise HoldError(_("This hold was released before."))
    subject = hold.target if hold.kind == LegalHold.Kind.SUBJECT else None
    record("hold.release", actor=by.pk, subject=subject, obj=hold)


def _guard(by: User) -> None:
    if by.role != Role.DPO:
        raise HoldError(_("Only the data protection officer places and releases holds."))


def on_record(row: models.Model) -> list[LegalHold]:
    """The holds in force that keep a record, its person, its company or its rule."""
    found: dict[Any, LegalHold] = {}
    for rule in rules_of(type(row)):
        rows = rule.model._base_manager.filter(rule.where, pk=row.pk)
        for hold in LegalHold.objects.filter(released_at__isnull=True):
            this = LegalHold.objects.filter(pk=hold.pk)
            if rows.filter(reduce(or_, [Q(Exists(one)) for one in holds_on(rule, this)])).exists():
                found[hold.pk] = hold
    return list(found.values())


def ground_words(hold: LegalHold) -> str:
    """Why something is kept, for a person: the reason and the law, in the active language."""
    return f"{hold.get_reason_display()}: {hold.legal_reference}"


def covers_company(slug: str) -> bool:
    """Whether a hold keeps everything of a company."""
    active = LegalHold.objects.filter(released_at__isnull=True)
    return active.filter(kind=LegalHold.Kind.COMPANY, code=slug).exists()


@dataclass(frozen=True)
class Freed:
    """How many rows of a rule nothing but one hold keeps past their day."""

    rule: Rule
    records: int


def freed_by(hold: LegalHold, now: datetime | None = None) -> list[Freed]:
    """What goes in the next sweep when this hold ends; other holds go on keeping theirs."""
    moment = now or timezone.now()
    found = [Freed(rule, _kept_alone(rule, hold, moment).count()) for rule in rules()]
    return [freed for freed in found if freed.records]


def _kept_alone(rule: Rule, hold: LegalHold, now: datetime) -> QuerySet[Any]:
    this = LegalHold.objects.filter(pk=hold.pk)
    others = LegalHold.objects.filter(released_at__isnull=True).exclude(pk=hold.pk)
    rows = ended_rows(rule, now)
    rows = rows.filter(reduce(or_, [Q(Exists(reach)) for reach in holds_on(rule, this)]))
    for other in holds_on(rule, others):
        rows = rows.exclude(Exists(other))
    return rows.exclude(pk__in=waiting_rows(rule, now).values("pk")) if rule.waits else rows


def to_review(today: date) -> QuerySet[LegalHold]:
    """Holds in force whose day to look again has come."""
    return LegalHold.objects.filter(released_at__isnull=True, review_on__lte=today)
