"""Servers in place of Google's: gRPC over a loopback port, the real clients in front of them.

The reports are worked out from what was asked for: dates, names, both filters and the order. The
names stand here once more, as Google writes them, so that a wrong one of ours is found.
"""

import operator
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import grpc
from google.analytics.admin_v1beta import types as admin_types
from google.analytics.data_v1beta import types

from emsar.statistics.models import Dimension

DATA = "google.analytics.data.v1beta.BetaAnalyticsData"
ADMIN = "google.analytics.admin.v1beta.AnalyticsAdminService"
TOLD = "the secret account 4711"
LEAST = 10
METRICS = ("totalUsers", "sessions", "screenPageViews")
DIMENSIONS = {
    Dimension.HOST: "hostName",
    Dimension.PAGE: "pagePath",
    Dimension.COUNTRY: "countryId",
    Dimension.CITY: "city",
    Dimension.LANGUAGE: "languageCode",
    Dimension.DEVICE: "deviceCategory",
    Dimension.SOURCE: "sessionSource",
}
OURS = ("emsargroup.az", "emsarsolutions.az", "emsarconsulting.az")
FOREIGN = "copied.example"
OPERATIONS = {
    "EQUAL": operator.eq,
    "LESS_THAN": operator.lt,
    "LESS_THAN_OR_EQUAL": operator.le,
    "GREATER_THAN": operator.gt,
    "GREATER_THAN_OR_EQUAL": operator.ge,
}
# A value, its visitors, visits and page views, and the host when it is none of ours.
Row = tuple[Any, ...]


class Google:
    """What the servers answer, and what they were asked. ``errors`` are answered first."""

    def __init__(self) -> None:
        self.days: dict[str, dict[str, list[Row]]] = {}
        self.errors: list[grpc.StatusCode] = []
        # Answers after which every other is this error, as a quota does it.
        self.ends_after: tuple[int, grpc.StatusCode] | None = None
        self.metadata: dict[str, Any] = {"time_zone": "Asia/Baku"}
        self.asked: list[Any] = []
        self.answered = 0
        self.gate: threading.Event | None = None
        self.arrived = threading.Event()
        self.retention: dict[str, Any] = {}
        # What happens at Google between two answers.
        self.after_answer: Callable[[Any], object] = lambda request: None
        self.shuffler = random.Random(0)  # noqa: S311 - the same disorder in every run

    def fill(self, day: date, seed: int, rows: int = 300) -> None:
        """Random rows for a day: in each dimension small ones, and some of a foreign host."""
        chance = random.Random(seed)  # noqa: S311 - the same rows in every run
        found = {name: _rows(chance, each, rows) for each, name in DIMENSIONS.items()}
        found["hostName"] = [(host, *_counts(chance, LEAST, 5_000)) for host in (*OURS, FOREIGN)]
        found[""] = [("", *_counts(chance, 5_000, 9_000)), ("", 700, 800, 900, FOREIGN)]
        self.days[day.isoformat()] = found

    def stored(self, day: date, dimension: Dimension) -> dict[str, tuple[int, int, int]]:
        """What of a day's rows may be kept."""
        rows = self.days[day.isoformat()][DIMENSIONS[dimension]]
        ours = [row for row in rows if FOREIGN not in row]
        return {value: (u, v, w) for value, u, v, w in ours if u >= LEAST}

    def total(self, day: date) -> tuple[int, int, int]:
        users, visits, views = self.days[day.isoformat()][""][0][1:]
        return users, visits, views

    def run_report(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.asked.append(request)
        self.arrived.set()
        if self.gate:
            self.gate.wait(10)
        self._fail(context)
        self.answered += 1
        try:
            rows = self._report(request)
        except (LookupError, ValueError):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, TOLD)
        part = rows[request.offset : request.offset + request.limit]
        answer = types.RunReportResponse(
            rows=[_row(row, request) for row in part],
            row_count=len(rows),
            metadata=types.ResponseMetaData(**self.metadata),
        )
        self.after_answer(request)
        return answer

    def _report(self, request: Any) -> list[Row]:
        """Every row of a report, filtered and in order; KeyError for a name that Google lacks."""
        name = request.dimensions[0].name if request.dimensions else ""
        if name not in {"", *DIMENSIONS.values()}:
            raise KeyError(name)
        (span,) = request.date_ranges
        first, last = _day(span.start_date), _day(span.end_date)
        days = [found for day, found in self.days.items() if first <= day <= last]
        rows = _summed([row for found in days for row in found.get(name, [])], name, request)
        rows = [row for row in rows if _passes(row, request.metric_filter.filter)]
        # Without an order each answer has one of its own.
        self.shuffler.shuffle(rows)
        for order in reversed(request.order_bys):
            rows.sort(key=lambda row, by=order: _place(row, by, name), reverse=order.desc)
        return rows

    def retention_settings(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.asked.append(request)
        self._fail(context)
        return admin_types.DataRetentionSettings(name=request.name, **self.retention)

    def _fail(self, context: grpc.ServicerContext) -> None:
        if self.errors:
            context.abort(self.errors.pop(0), TOLD)
        if self.ends_after and self.answered >= self.ends_after[0]:
            context.abort(self.ends_after[1], TOLD)


def _day(text: str) -> str:
    """A day, or Google's word for the one that is not over; ValueError for anything else."""
    return "9999-12-31" if text == "today" else date.fromisoformat(text).isoformat()


def _summed(rows: list[Row], name: str, request: Any) -> list[Row]:
    """One row a value, of the hosts that were asked for; odd numbers are left as they are."""
    only = request.dimension_filter.filter
    if only.field_name not in {"", "hostName"}:
        raise KeyError(only.field_name)
    found: dict[str, Row] = {}
    for value, *counts in rows:
        host = value if name == "hostName" else counts[3] if counts[3:] else OURS[0]
        if not only.field_name or host in only.in_list_filter.values:
            known = found.get(value)
            numbers = [a + b for a, b in zip(known[1:], counts, strict=False)] if known else counts
            found[value] = (value, *numbers[:3])
    return list(found.values())


def _passes(row: Row, least: Any) -> bool:
    if not least.field_name:
        return True
    number = row[1 + METRICS.index(least.field_name)]
    compared = OPERATIONS[least.numeric_filter.operation.name]
    return bool(isinstance(number, str) or compared(number, least.numeric_filter.value.int64_value))


def _place(row: Row, order: Any, name: str) -> Any:
    if order.metric.metric_name:
        number = row[1 + METRICS.index(order.metric.metric_name)]
        return number if isinstance(number, int) else 0
    if order.dimension.dimension_name != name:
        raise KeyError(order.dimension.dimension_name)
    return row[0]


def _rows(chance: random.Random, dimension: Dimension, rows: int) -> list[Row]:
    users = [chance.randint(1, 400) for _ in range(rows)]
    # The edge itself is always among them.
    users[:2] = [LEAST - 1, LEAST]
    found: list[Row] = [
        (f"{dimension}-{n}", *_counts(chance, most, most)) for n, most in enumerate(users)
    ]
    # One value of ours, and one of nobody's.
    return [*found, (f"{dimension}-2", 500, 600, 700, FOREIGN), ("forged", 90, 91, 92, FOREIGN)]


def _counts(chance: random.Random, least: int, most: int) -> tuple[int, int, int]:
    users = chance.randint(least, most)
    visits = users + chance.randint(0, users)
    return users, visits, visits + chance.randint(0, visits)


def _row(row: Row, request: Any) -> Any:
    counts = [row[1 + METRICS.index(metric.name)] for metric in request.metrics]
    return types.Row(
        dimension_values=[types.DimensionValue(value=row[0])] if request.dimensions else [],
        metric_values=[types.MetricValue(value=str(number)) for number in counts],
    )


@contextmanager
def serving(google: Google) -> Iterator[str]:
    """Both services at one address."""
    server = grpc.server(ThreadPoolExecutor(4))
    report = grpc.unary_unary_rpc_method_handler(
        lambda request, context: google.run_report(request, context),
        types.RunReportRequest.deserialize,
        types.RunReportResponse.serialize,
    )
    settings = grpc.unary_unary_rpc_method_handler(
        lambda request, context: google.retention_settings(request, context),
        admin_types.GetDataRetentionSettingsRequest.deserialize,
        admin_types.DataRetentionSettings.serialize,
    )
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(DATA, {"RunReport": report}),
            grpc.method_handlers_generic_handler(ADMIN, {"GetDataRetentionSettings": settings}),
        )
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()
