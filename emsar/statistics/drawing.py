"""The figures as charts, each with its share and its change against the period before."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from emsar.entities.wording import day_text
from emsar.staff.charts import Bars, Columns, Row, Series, bars, columns, spaced
from emsar.staff.models import User
from emsar.statistics.figures import BY_VIEWS, Period, Ranked, Visits, ranking
from emsar.statistics.models import Dimension
from emsar.statistics.registry import own_figures

# More lines than that are read by nobody.
MOST = 10
ORDER = (
    Dimension.PAGE,
    Dimension.LANGUAGE,
    Dimension.COUNTRY,
    Dimension.CITY,
    Dimension.DEVICE,
    Dimension.SOURCE,
    Dimension.HOST,
)
NONE = "–"


@dataclass(frozen=True)
class Tile:
    """A number, and how it changed; ``before`` is the number of the period before.

    ``days`` names its days where they are others than those of the page.
    """

    title: str
    count: str
    before: str
    change: str
    days: str = ""


@dataclass(frozen=True)
class Listing:
    """The greatest values of one dimension; ``more`` is how many are not shown."""

    name: str
    title: str
    chart: Bars
    more: int


@dataclass(frozen=True)
class Comparison:
    """This period and the one before; a change is told only when both are known day by day."""

    now: Visits
    before: Visits

    @property
    def is_fair(self) -> bool:
        return self.now.is_whole and self.before.is_whole

    def change(self, count: int, before: int) -> str:
        return changed(count, before) if self.is_fair else NONE


def changed(count: int, before: int) -> str:
    """The change in hundredths, such as "+12 %"; a dash where there was nothing before."""
    if not before:
        return NONE
    hundredths = round((count - before) * 100 / before)
    sign = "−" if hundredths < 0 else "+" if hundredths else ""
    return f"{sign}{spaced(abs(hundredths))}\N{NO-BREAK SPACE}%"


def google_tiles(found: Comparison) -> list[Tile]:
    """Visits and page views."""
    pairs = (
        # Translators: check: what Google calls sessions
        (_("Visits"), found.now.visits, found.before.visits),
        (_("Page views"), found.now.views, found.before.views),
    )
    return [
        Tile(title, spaced(count), _known(found.before, before), found.change(count, before))
        for title, count, before in pairs
    ]


def _known(visits: Visits, count: int) -> str:
    return spaced(count) if visits.known else NONE


def visits_chart(found: Comparison) -> Columns:
    """Visits by day, beside those of the period before."""
    return _by_day(
        "visits",
        _("Visits by day"),
        found.now.period,
        (found.now.by_day(), found.before.by_day()),
        (spaced(found.now.visits), _known(found.before, found.before.visits)),
    )


def _by_day(
    name: str,
    title: str,
    period: Period,
    values: tuple[Sequence[int | None], Sequence[int | None]],
    sums: tuple[str, str],
) -> Columns:
    facts = {
        "first": day_text(period.first),
        "last": day_text(period.last),
        "count": sums[0],
        "before": sums[1],
    }
    return columns(
        name,
        title,
        _("From %(first)s to %(last)s: %(count)s; in the period before: %(before)s.") % facts,
        _("Day"),
        [f"{day:%d.%m}" for day in period.days],
        [Series(_("this period"), values[0]), Series(_("the period before"), values[1])],
    )


def listings(found: Comparison) -> list[Listing]:
    """The charts of the dimensions, those without any value left out."""
    ranked = ranking(found.now.period)
    return [_listing(each, ranked[each], found) for each in ORDER if ranked[each]]


def _listing(dimension: Dimension, ranked: list[Ranked], found: Comparison) -> Listing:
    is_views = dimension in BY_VIEWS
    total = found.now.views if is_views else found.now.visits
    title = str(dimension.label)
    unit = _("Page views") if is_views else _("Visits")
    rows = [_row(one, total, found) for one in ranked[:MOST]]
    chart = bars("", (title, unit, _("Share"), _("Change")), rows)
    return Listing(dimension.value, title, chart, max(len(ranked) - MOST, 0))


def _row(one: Ranked, total: int, found: Comparison) -> Row:
    return Row(one.label, one.count, (share(one.count, total), found.change(one.count, one.before)))


def share(count: int, total: int) -> str:
    """A part in hundredths of the whole; a little one is not called nothing."""
    if not total:
        return NONE
    hundredths = round(count * 100 / total)
    return (
        f"{hundredths}\N{NO-BREAK SPACE}%"
        if hundredths
        else "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}%"
    )


@dataclass(frozen=True)
class Own:
    """A figure of our own tables: its tile and its chart."""

    tile: Tile
    chart: Columns


def own_charts(user: User, period: Period, *, shown: Period) -> list[Own]:
    """What the rooms count themselves, of what this user may see.

    Our own tables are complete up to yesterday, so ``period`` can end later than the one that is
    ``shown`` for Google's figures.
    """
    found = []
    days = "" if period == shown else f"{day_text(period.first)} – {day_text(period.last)}"
    for figure in own_figures():
        counts = figure.counts(user, period.before.first, period.last)
        if counts is not None:
            now = [counts.get(day, 0) for day in period.days]
            before = [counts.get(day, 0) for day in period.before.days]
            chart = _own_chart(figure.name, str(figure.title), period, now, before)
            found.append(Own(_own_tile(str(figure.title), sum(now), sum(before), days), chart))
    return found


def _own_tile(title: str, count: int, before: int, days: str) -> Tile:
    return Tile(title, spaced(count), spaced(before), changed(count, before), days)


def _own_chart(name: str, title: str, period: Period, now: list[int], before: list[int]) -> Columns:
    return _by_day(name, title, period, (now, before), (spaced(sum(now)), spaced(sum(before))))
