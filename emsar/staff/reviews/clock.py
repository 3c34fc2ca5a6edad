"""When the next review of security is due (E-9e). Days are those of Asia/Baku."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from emsar.audit import record
from emsar.audit.notices import notify_role
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.staff.models import Role, SecurityReview

TERM = "security_review"
SOON = timedelta(days=30)


@dataclass(frozen=True)
class ReviewState:
    """The last review, None before the first one; how the next one stands on ``today``."""

    last: SecurityReview | None
    today: date

    @property
    def is_overdue(self) -> bool:
        """Never reviewed is overdue."""
        return self.last is None or self.last.is_overdue(self.today)

    @property
    def is_soon(self) -> bool:
        return self.last is not None and self.last.next_due <= self.today + SOON


def today_in_baku() -> date:
    return timezone.localdate(timezone=BAKU)


def state() -> ReviewState:
    """How the review stands today: by the one that was held last."""
    return ReviewState(SecurityReview.objects.order_by("-held_on", "-id").first(), today_in_baku())


def months_between() -> int:
    """The term of the schedule, in calendar months."""
    return terms.value("schedule", TERM)


def due_after(held_on: date) -> date:
    """When the review after one of ``held_on`` is due, by the schedule."""
    return add_calendar_months(held_on, months_between())


@transaction.atomic
def tell_officer() -> int:
    """Mail the officer once that the next review is overdue; the number of mails.

    Where none was ever held nothing has become overdue; the first page says so in red.
    """
    found = state()
    if found.last is None or not found.is_overdue:
        return 0
    untold = SecurityReview.objects.filter(pk=found.last.pk, told_at__isnull=True)
    if untold.update(told_at=timezone.now()) != 1:
        return 0
    record("security_review.overdue", actor=None, obj=found.last)
    context = {"held_on": found.last.held_on, "due": found.last.next_due}
    key = f"security_review:{found.last.pk}"
    return notify_role(Role.DPO, "security_review_due", context, key=key)
