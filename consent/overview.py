"""How often consents were given and withdrawn, and cookies refused: numbers, and nobody.

Weeks are those of ISO 8601 in Asia/Baku, named by their Monday. A refusal of cookies has no event
(E-10a), only a daily number; whoever does not send the form has refused nothing. What colleagues
undertake (E-9d) is nobody's consent and is not counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from consent.models import ConsentEvent, RefusalCount
from consent.notices import COOKIE_CHOICE, OF_STAFF
from consent.services import PURPOSES
from emsar.entities.businessdays import BAKU

K = TypeVar("K")

WEEK = timedelta(days=7)
_GIVEN = Count("id", filter=Q(kind=ConsentEvent.Kind.GIVEN))
_WITHDRAWN = Count("id", filter=Q(kind=ConsentEvent.Kind.WITHDRAWN))


@dataclass(frozen=True)
class Span:
    """Whole weeks, from the Monday of the first to that of the last; both included."""

    first: date
    last: date

    @property
    def weeks(self) -> list[date]:
        count = (self.last - self.first).days // 7 + 1
        return [self.first + number * WEEK for number in range(count)]


def weeks_until_now(count: int) -> Span:
    """So many weeks, the one that is running included."""
    today = timezone.localdate(timezone=BAKU)
    monday = today - timedelta(days=today.weekday())
    return Span(monday - (count - 1) * WEEK, monday)


@dataclass(frozen=True)
class Tally:
    """Three counts that are added up."""

    given: int = 0
    withdrawn: int = 0
    refused: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.given + other.given,
            self.withdrawn + other.withdrawn,
            self.refused + other.refused,
        )


@dataclass(frozen=True)
class Cell:
    """What happened in a week to one form under one version in one language."""

    week: date
    form: str
    purposes: tuple[str, ...]
    version: str
    language: str
    tally: Tally


def cells(span: Span, form: str = "") -> list[Cell]:
    """Every count of the span, of one form or of all; counted by the database."""
    found = [*_events(span, form)]
    if form in {"", COOKIE_CHOICE}:
        found += _refusals(span)
    return sorted(found, key=lambda cell: (cell.week, cell.form, cell.version, cell.language))


def _events(span: Span, form: str) -> Iterator[Cell]:
    begins, ends = (datetime.combine(day, time(), BAKU) for day in (span.first, span.last + WEEK))
    rows = ConsentEvent.objects.filter(at__gte=begins, at__lt=ends).exclude(form__in=OF_STAFF)
    if form:
        rows = rows.filter(form=form)
    groups = (
        rows.annotate(week=TruncWeek("at", tzinfo=BAKU))
        .order_by()
        .values("week", "form", "purposes", "version", "language")
    )
    for row in groups.annotate(given=_GIVEN, withdrawn=_WITHDRAWN):
        yield _cell(row, row["week"].date(), Tally(row["given"], row["withdrawn"]))


def _refusals(span: Span) -> Iterator[Cell]:
    rows = RefusalCount.objects.filter(day__gte=span.first, day__lt=span.last + WEEK)
    groups = rows.annotate(week=TruncWeek("day")).values("week", "version", "language")
    asked = {"form": COOKIE_CHOICE, "purposes": PURPOSES[COOKIE_CHOICE]}
    for row in groups.annotate(refused=Sum("count")):
        yield _cell(row | asked, row["week"], Tally(refused=row["refused"]))


def _cell(row: dict[str, Any], week: date, tally: Tally) -> Cell:
    return Cell(week, row["form"], tuple(row["purposes"]), row["version"], row["language"], tally)


def total(found: Iterable[Cell]) -> Tally:
    return sum((cell.tally for cell in found), Tally())


def grouped(found: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Tally]:
    """The sums by something that a cell says, in the order of their first appearance."""
    sums: defaultdict[K, Tally] = defaultdict(Tally)
    for cell in found:
        sums[key(cell)] += cell.tally
    return dict(sums)


def by_purpose(found: Iterable[Cell]) -> dict[str, Tally]:
    """The sums by purpose: a consent to three purposes counts for each of them."""
    return grouped(each_purpose(found), lambda cell: cell.purposes[0])


def each_purpose(found: Iterable[Cell]) -> list[Cell]:
    """The cells again, one for each of their purposes, as the table for a sheet has them.

    Forms ask for the same purposes at different times, so equal lines are added up.
    """
    lines: defaultdict[tuple[date, str, str, str, str], Tally] = defaultdict(Tally)
    for cell in found:
        for purpose in cell.purposes:
            lines[cell.week, cell.form, purpose, cell.version, cell.language] += cell.tally
    return [
        Cell(week, form, (purpose,), version, language, tally)
        for (week, form, purpose, version, language), tally in lines.items()
    ]
