"""What stands above the list and on the first page: counted in SQL over the rows one may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.utils import timezone

from emsar.subjects.models import outside_block
from requests_inbox.models import OPEN, RequestQuerySet

# The median says how work goes now, not how it went last year.
MEDIAN_DAYS = 90


class Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Figures:
    """``median`` is the time from arrival to the first reply; None before the first one."""

    open: int
    due_today: int
    overdue: int
    median: timedelta | None


def is_open() -> Q:
    return Q(status__in=OPEN)


def is_overdue(now: datetime) -> Q:
    """Open, due before ``now``, and not suspended by a block."""
    return is_open() & outside_block("registered_at") & Q(reply_due_at__lt=now)


def is_due_today(now: datetime) -> Q:
    """Open and due between ``now`` and midnight in Asia/Baku."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(reply_due_at__gte=now, reply_due_at__lt=start + timedelta(days=1))
    return is_open() & outside_block("registered_at") & today


def figures(rows: RequestQuerySet, now: datetime) -> Figures:
    """The figures of ``rows``, in one statement."""
    waited = ExpressionWrapper(
        F("first_replied_at") - F("received_at"), output_field=DurationField()
    )
    recent = Q(first_replied_at__gte=now - timedelta(days=MEDIAN_DAYS))
    # What is blocked is no statistics either, for the officer too (E-8h).
    recent &= outside_block("registered_at")
    found = rows.order_by().aggregate(
        open=Count("pk", filter=is_open() & outside_block("registered_at")),
        due_today=Count("pk", filter=is_due_today(now)),
        overdue=Count("pk", filter=is_overdue(now)),
        median=Median(waited, filter=recent),
    )
    return Figures(**found)
