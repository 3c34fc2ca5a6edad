"""The month in figures: counts of cases by kind and by how they were answered; nobody's data.

Months are those of Asia/Baku. An answer is in time when its day is no later than both deadlines.
A case that its person withdrew, or whose person was never proved, was not answered.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce, Least, TruncDate, TruncMonth

from dsar.models import Case, Kind, Outcome
from emsar.entities.businessdays import BAKU, add_calendar_months

ANSWERED = (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NOTHING_HELD, Outcome.REFUSED)
MONTHS = 12
DAY = timedelta(days=1)


class Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Line:
    """What came in and what was answered of one kind, or in one month; ``late`` of ``answered``."""

    received: int = 0
    answered: int = 0
    late: int = 0

    @property
    def in_time(self) -> int:
        return self.answered - self.late


@dataclass(frozen=True)
class Figures:
    """One month; ``median`` is from receipt to answer, None before the first one.

    ``unanswered`` ended without an answer; ``kinds`` are in the order of the choices, those of
    which nothing came in and nothing was answered left out.
    """

    month: date
    total: Line
    unanswered: int
    median: timedelta | None
    kinds: dict[str, Line]
    months: dict[date, Line]

    @property
    def median_days(self) -> float | None:
        """Calendar days with one decimal."""
        return None if self.median is None else round(self.median / DAY, 1)

    @property
    def share_in_time(self) -> int | None:
        """Per cent of what was answered, rounded down so that 100 is said of all alone."""
        return self.total.in_time * 100 // self.total.answered if self.total.answered else None


def figures_of(month: date) -> Figures:
    """The figures of the month in which a day lies, and of the months before it."""
    first = month.replace(day=1)
    closed, kinds = _closed_in(first), _by_kind(first)
    total = Line(
        received=sum(line.received for line in kinds.values()),
        answered=sum(line.answered for line in kinds.values()),
        late=sum(line.late for line in kinds.values()),
    )
    waited = ExpressionWrapper(F("closed_at") - F("received_at"), output_field=DurationField())
    rest = Case.objects.filter(closed).aggregate(
        unanswered=Count("pk", filter=~Q(outcome__in=ANSWERED)),
        median=Median(waited, filter=Q(outcome__in=ANSWERED)),
    )
    return Figures(first, total, kinds=kinds, months=_by_month(first), **rest)


def is_late() -> Q:
    """Answered after the earlier of both deadlines; needs the column of ``with_closed_day``."""
    earlier = Least(F("promise_due"), Coalesce(F("statutory_due"), F("promise_due")))
    return Q(closed_day__gt=earlier)


_COUNTED: dict[str, Any] = {"answers": Count("pk"), "late": Count("pk", filter=is_late())}


def _by_kind(first: date) -> dict[str, Line]:
    received = _counts(_within("received_at", first), "kind")
    rows = Case.objects.annotate(closed_day=TruncDate("closed_at", tzinfo=BAKU))
    answers = rows.filter(_closed_in(first), outcome__in=ANSWERED).order_by().values_list("kind")
    found = {kind: (count, late) for kind, count, late in answers.annotate(**_COUNTED)}
    return {
        kind: Line(received.get(kind, 0), *found.get(kind, (0, 0)))
        for kind in Kind.values
        if kind in received or kind in found
    }


def _counts(condition: Q, column: str) -> dict[str, int]:
    rows = Case.objects.filter(condition).order_by().values_list(column)
    return dict(rows.annotate(Count("pk")).values_list(column, "pk__count"))


def _by_month(first: date) -> dict[date, Line]:
    """The month and those before it, oldest first; empty ones too."""
    months = [_back(first, back) for back in range(MONTHS - 1, -1, -1)]
    since = Q(received_at__gte=_start(months[0]), received_at__lt=_start(_back(first, -1)))
    arrived = Case.objects.filter(since).annotate(month=TruncMonth("received_at", tzinfo=BAKU))
    received = {moment.date(): count for moment, count in
                arrived.order_by().values_list("month").annotate(Count("pk"))}  # fmt: skip
    answers = _answers_by_month(months[0], _back(first, -1))
    return {day: Line(received.get(day, 0), *answers.get(day, (0, 0))) for day in months}


def _answers_by_month(first: date, until: date) -> dict[date, tuple[int, int]]:
    ended = Q(closed_at__gte=_start(first), closed_at__lt=_start(until), outcome__in=ANSWERED)
    rows = Case.objects.filter(ended).annotate(
        month=TruncMonth("closed_at", tzinfo=BAKU), closed_day=TruncDate("closed_at", tzinfo=BAKU)
    )
    counted = rows.order_by().values_list("month")
    found = counted.annotate(**_COUNTED)
    return {moment.date(): (count, late) for moment, count, late in found}


def _closed_in(first: date) -> Q:
    return _within("closed_at", first)


def _within(column: str, first: date) -> Q:
    """The moments of a column within the month that begins on ``first``."""
    return Q(
        **{f"{column}__gte": _start(first), f"{column}__lt": _start(add_calendar_months(first, 1))}
    )


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), BAKU)


def _back(first: date, months: int) -> date:
    """The first day of the month so many months before; after it for a negative number."""
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
