"""Google's reports of one day: one dimension each, page by page, cut down to what may be kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from emsar.statistics.connection import property_number
from emsar.statistics.google import Budget, ask
from emsar.statistics.models import Dimension, Figure

# Who were fewer could be told apart: the smallest town with one visitor is a person. Ten is also
# about where Google itself begins to leave rows out.
FEWEST_USERS = 10
# Rows an answer: small enough that one lost answer costs little.
PAGE_SIZE = 250
# A technical limit: addresses can be made up by anybody who knows the tag's number, and the
# greatest figures come first.
MOST_ROWS = 2_500
METRICS = ("totalUsers", "sessions", "screenPageViews")
NAMES = {
    Dimension.HOST: "hostName",
    Dimension.PAGE: "pagePath",
    Dimension.COUNTRY: "countryId",
    Dimension.CITY: "city",
    Dimension.LANGUAGE: "languageCode",
    Dimension.DEVICE: "deviceCategory",
    Dimension.SOURCE: "sessionSource",
}
_VALUE_LENGTH = int(Figure._meta.get_field("value").max_length or 0)
# The greatest number of a column; more is no count of people.
_MOST = 2**31 - 1
_NUMBER = re.compile(r"[0-9]{1,20}")
OTHERS = "(other)"
_SOURCES_OF_GOOGLE = {"", "(direct)", "(none)", "(not set)", "(data not available)", OTHERS}
# The source is whatever an address says in "utm_source": a name of a site or a word is kept, with
# a letter in it and without digits enough for a telephone.
_SOURCE = re.compile(r"(?:https?://)?(?P<name>[a-z0-9._-]{1,60})(?:/.*)?", re.DOTALL)
_DIGITS = re.compile(r"[0-9](?:[._-]*[0-9]){5}")


@dataclass
class Line:
    """What was counted for one value of a dimension."""

    users: int
    visits: int
    views: int

    def add(self, other: "Line") -> None:
        self.users = min(self.users + other.users, _MOST)
        self.visits = min(self.visits + other.visits, _MOST)
        self.views = min(self.views + other.views, _MOST)


@dataclass
class Flags:
    """What Google says about its own figures, over all reports of a day."""

    thresholded: bool = False
    sampled: bool = False
    other_row: bool = False
    time_zone: str = ""

    def add(self, metadata: Any) -> None:
        self.thresholded |= metadata.subject_to_thresholding
        self.sampled |= bool(metadata.sampling_metadatas)
        self.other_row |= metadata.data_loss_from_other_row or bool(
            metadata.data_truncation_reasons
        )
        self.time_zone = metadata.time_zone[:60] or self.time_zone


@dataclass
class Day:
    """One day's aggregates; ``total`` is None when there were fewer visitors than are kept."""

    day: date
    total: Line | None = None
    figures: dict[Dimension, dict[str, Line]] = field(default_factory=dict)
    flags: Flags = field(default_factory=Flags)


def read_day(client: Any, day: date, budget: Budget) -> Day:
    """Ask for the totals, then for each dimension. Raises StoppedError."""
    found = Day(day)
    for _value, line in _rows(client, found, None, budget):
        found.total = line
    for dimension in Dimension:
        # A row that moved to a later page meanwhile comes twice: the later one holds.
        raw = dict(_rows(client, found, dimension, budget))
        found.figures[dimension] = _merged(dimension, raw)
    return found


def _merged(dimension: Dimension, raw: Mapping[str, Line]) -> dict[str, Line]:
    """What is the same once it is cleaned is one line."""
    lines: dict[str, Line] = {}
    for value, line in raw.items():
        lines.setdefault(_cleaned(dimension, value), Line(0, 0, 0)).add(line)
    return lines


def _rows(
    client: Any, found: Day, dimension: Dimension | None, budget: Budget
) -> Iterator[tuple[str, Line]]:
    """The rows of one report that may be kept, page after page."""
    offset = 0
    while True:
        request = _request(found.day, dimension, offset)
        answer = ask(client.run_report, budget, request=request)
        found.flags.add(answer.metadata)
        yield from _kept(answer.rows, found.flags)
        offset += len(answer.rows)
        if not answer.rows or offset >= answer.row_count:
            return
        if offset >= MOST_ROWS:
            found.flags.other_row = True
            return


def _kept(rows: Any, flags: Flags) -> Iterator[tuple[str, Line]]:
    for row in rows:
        line = _line(row)
        if line is None:
            flags.other_row = True
        elif line.users >= FEWEST_USERS:
            yield row.dimension_values[0].value if row.dimension_values else "", line


def _line(row: Any) -> Line | None:
    """None for a row whose numbers are none."""
    numbers = [metric.value for metric in row.metric_values]
    if len(numbers) != len(METRICS) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    return Line(*(min(int(number), _MOST) for number in numbers))


def _cleaned(dimension: Dimension, value: str) -> str:
    """As it is stored: an address without its query, which may carry anything about anybody."""
    if dimension is Dimension.PAGE:
        value = value.split("?")[0].split("#")[0]
    if dimension is Dimension.SOURCE:
        return _source(value)
    return value.replace("\0", "")[:_VALUE_LENGTH]


def _source(value: str) -> str:
    """A site or a word; an e-mail address, a number, a query or a password is none (E-4f)."""
    if value in _SOURCES_OF_GOOGLE:
        return value
    found = _SOURCE.fullmatch(value.lower())
    name = found["name"] if found else ""
    is_named = any(letter.isalpha() for letter in name) and not _DIGITS.search(name)
    return name if is_named else OTHERS


def _request(day: date, dimension: Dimension | None, offset: int) -> Any:
    from google.analytics.data_v1beta import types

    name = NAMES[dimension] if dimension else ""
    return types.RunReportRequest(
        property=f"properties/{property_number()}",
        date_ranges=[types.DateRange(start_date=day.isoformat(), end_date=day.isoformat())],
        dimensions=[types.Dimension(name=name)] if name else [],
        metrics=[types.Metric(name=metric) for metric in METRICS],
        dimension_filter=_our_hosts(types),
        metric_filter=_enough_users(types) if name else None,
        order_bys=_order(types, name) if name else [],
        offset=offset,
        limit=PAGE_SIZE,
    )


def _our_hosts(types: Any) -> Any:
    """Anybody can send visits under any host; only our own are counted."""
    hosts = types.Filter.InListFilter(values=list(settings.PROFILE.hosts))
    return types.FilterExpression(filter=types.Filter(field_name="hostName", in_list_filter=hosts))


def _enough_users(types: Any) -> Any:
    """What is not kept is not even sent."""
    least = types.Filter.NumericFilter(
        operation=types.Filter.NumericFilter.Operation.GREATER_THAN_OR_EQUAL,
        value=types.NumericValue(int64_value=FEWEST_USERS),
    )
    return types.FilterExpression(filter=types.Filter(field_name=METRICS[0], numeric_filter=least))


def _order(types: Any, name: str) -> Any:
    """The greatest first, and never two ways: pages follow each other without gap or double."""
    users = types.OrderBy.MetricOrderBy(metric_name=METRICS[0])
    value = types.OrderBy.DimensionOrderBy(dimension_name=name)
    return [types.OrderBy(metric=users, desc=True), types.OrderBy(dimension=value)]


def columns_of(line: Line | None) -> Mapping[str, int | None]:
    """A line as columns of a row."""
    if line is None:
        return {"users": None, "visits": None, "views": None}
    return {"users": line.users, "visits": line.visits, "views": line.views}
