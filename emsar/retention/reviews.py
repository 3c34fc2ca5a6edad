"""The yearly question whether what a rule keeps is still needed (S-5d), signed by the officer."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from emsar.audit import record
from emsar.datamap.rules import EvidenceRule, Governed, evidence_rules, rules
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.retention.leaving import today_in_baku
from emsar.retention.models import NecessityReview
from emsar.staff.models import User

MONTHS_BETWEEN = 12


class ReviewError(Exception):
    """The review cannot be signed; the text is a sentence for the officer."""


@dataclass(frozen=True)
class ReviewState:
    """A rule, its last review if there was one, and the day from which the next is due."""

    rule: Governed
    last: NecessityReview | None
    today: date

    @property
    def due_on(self) -> date | None:
        """None: it was never reviewed, so it is due now."""
        if self.last is None:
            return None
        signed = timezone.localdate(self.last.signed_at, BAKU)
        return add_calendar_months(signed, MONTHS_BETWEEN)

    @property
    def is_due(self) -> bool:
        return self.due_on is None or self.due_on <= self.today


def reviewed() -> tuple[Governed, ...]:
    """Everything that keeps something, evidence too."""
    return (*rules(), *evidence_rules())


def states(today: date | None = None) -> list[ReviewState]:
    """Every rule with its last review, those that are due first."""
    day = today or today_in_baku()
    signed = NecessityReview.objects.order_by("rule", "-signed_at").distinct("rule")
    last = {review.rule: review for review in signed}
    found = [ReviewState(rule, last.get(rule.name), day) for rule in reviewed()]
    return sorted(found, key=lambda state: not state.is_due)


@transaction.atomic
def sign(rule: Governed, outcome: str, *, by: User) -> NecessityReview:
    """Write the officer's answer for this year; once a year and rule."""
    if not by.is_dpo:
        raise ReviewError(_("Only the data protection officer signs reviews."))
    if outcome not in NecessityReview.Outcome.values:
        raise ReviewError(_("Choose one of the two answers."))
    review, is_new = NecessityReview.objects.get_or_create(
        rule=rule.name,
        year=today_in_baku().year,
        defaults={"outcome": outcome, "records": governed(rule), "signed_by": by.pk},
    )
    if not is_new:
        raise ReviewError(_("This rule was reviewed this year."))
    detail: dict[str, str | int] = {"rule": rule.name, "outcome": outcome}
    record("retention.review", actor=by.pk, obj=review, detail=detail)
    return review


def governed(rule: Governed) -> int:
    """How many rows a rule keeps now."""
    if not isinstance(rule, EvidenceRule):
        return rule.model._base_manager.filter(rule.where).count()
    counting = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(
        sql.Identifier(rule.model._meta.db_table), sql.SQL(rule.where)
    )
    with connection.cursor() as cursor:
        cursor.execute(counting)
        (number,) = cursor.fetchone()
    return int(number)
