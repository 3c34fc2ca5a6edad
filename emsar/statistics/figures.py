"""What the page counts: sums over a period of days, and over the period before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet, Sum

from emsar.entities.businessdays import ONE_DAY
from emsar.statistics.connection import property_number
from emsar.statistics.labels import label
from emsar.statistics.models import Dimension, Figure, Snapshot

# Pages are what is looked at; everything else is told of a whole visit.
BY_VIEWS = (Dimension.PAGE,)


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + ONE_DAY * number for number in range(self.length)]

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.first - timedelta(days=self.length), self.first - ONE_DAY)


def ending(last: date, length: int) -> Period:
    """So many days up to ``last``."""
    return Period(last - timedelta(days=length - 1), last)


@dataclass(frozen=True)
class Visits:
    """The snapshots of a period. Days with too few visitors count as none in the sums."""

    period: Period
    known: dict[date, Snapshot]

    @property
    def visits(self) -> int:
        return sum(each.visits or 0 for each in self.known.values())

    @property
    def views(self) -> int:
        return sum(each.views or 0 for each in self.known.values())

    @property
    def missing(self) -> int:
        """How many days were never fetched."""
        return self.period.length - len(self.known)

    @property
    def hidden(self) -> int:
        """How many days had fewer visitors than are stored."""
        return sum(each.users is None for each in self.known.values())

    @property
    def is_whole(self) -> bool:
        """Whether every day is known, so that its sums can be compared."""
        return not self.missing and not self.hidden

    def flagged(self, flag: str) -> int:
        """On how many days Google says so."""
        return sum(getattr(each, flag) for each in self.known.values())

    def by_day(self) -> list[int | None]:
        """Visits a day; None where there is nothing to show."""
        found = (self.known.get(day) for day in self.period.days)
        return [each.visits if each else None for each in found]


@dataclass(frozen=True)
class Ranked:
    """One value of a dimension in words, now and before."""

    label: str
    count: int
    before: int


def snapshots() -> QuerySet[Snapshot]:
    """Those of the property that is connected."""
    return Snapshot.objects.filter(ga_property=property_number())


def newest() -> Snapshot | None:
    """The snapshot of the last day there is."""
    return snapshots().order_by("-day").first()


def visits_of(period: Period) -> Visits:
    """The snapshots of a period, by day."""
    found = snapshots().filter(day__range=(period.first, period.last)).order_by("day")
    return Visits(period, {each.day: each for each in found})


def ranking(period: Period) -> dict[Dimension, list[Ranked]]:
    """Every dimension's values, the greatest first; what reads the same is put together."""
    found: dict[Dimension, dict[str, tuple[int, int]]] = {each: {} for each in Dimension}
    for dimension, value, count, before in _sums(period):
        words = label(dimension, value)
        known = found[dimension].get(words, (0, 0))
        found[dimension][words] = (known[0] + count, known[1] + before)
    return {each: _sorted(values) for each, values in found.items()}


def _sorted(values: dict[str, tuple[int, int]]) -> list[Ranked]:
    ranked = [Ranked(words, *counts) for words, counts in values.items() if counts[0]]
    return sorted(ranked, key=lambda one: (-one.count, one.label))


def _sums(period: Period) -> Iterator[tuple[Dimension, str, int, int]]:
    """Each value's visits and views in this period and the one before, in one statement."""
    both = Q(snapshot__day__range=(period.before.first, period.last))
    now = Q(snapshot__day__gte=period.first)
    rows = (
        Figure.objects.filter(both, snapshot__ga_property=property_number())
        .values_list("dimension", "value")
        .annotate(
            now_visits=Sum("visits", filter=now, default=0),
            now_views=Sum("views", filter=now, default=0),
            old_visits=Sum("visits", filter=~now, default=0),
            old_views=Sum("views", filter=~now, default=0),
        )
        .order_by(F("dimension"))
    )
    for name, value, *counts in rows:
        dimension = Dimension(name)
        place = 1 if dimension in BY_VIEWS else 0
        yield dimension, value, counts[place], counts[place + 2]
