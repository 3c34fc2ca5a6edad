"""Servers in place of Google's: gRPC over a loopback port, the real clients in front of them."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import grpc
from google.analytics.admin_v1beta import types as admin_types
from google.analytics.data_v1beta import types

from emsar.statistics.models import Dimension
from emsar.statistics.reports import FEWEST_USERS, NAMES

DATA = "google.analytics.data.v1beta.BetaAnalyticsData"
ADMIN = "google.analytics.admin.v1beta.AnalyticsAdminService"
# Of each page's address, which a real property would name without it.
TOLD = "the secret account 4711"
Row = tuple[str, int, int, int]


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

    def fill(self, day: date, seed: int, rows: int = 300) -> None:
        """Random rows for a day: in each dimension some are below the threshold."""
        chance = random.Random(seed)  # noqa: S311 - the same rows in every run
        found = {NAMES[each]: _rows(chance, each, rows) for each in Dimension}
        found[""] = [("", *_counts(chance, 5_000, 9_000))]
        self.days[day.isoformat()] = found

    def stored(self, day: date, dimension: Dimension) -> dict[str, tuple[int, int, int]]:
        """What of a day's rows may be kept."""
        rows = self.days[day.isoformat()][NAMES[dimension]]
        return {value: (u, v, w) for value, u, v, w in rows if u >= FEWEST_USERS}

    def total(self, day: date) -> tuple[int, int, int]:
        return self.days[day.isoformat()][""][0][1:]

    def run_report(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.asked.append(request)
        self.arrived.set()
        if self.gate:
            self.gate.wait(10)
        self._fail(context)
        self.answered += 1
        name = request.dimensions[0].name if request.dimensions else ""
        rows = self.days.get(request.date_ranges[0].start_date, {}).get(name, [])
        rows = sorted(rows, key=lambda row: (-row[1], row[0]))
        part = rows[request.offset : request.offset + request.limit]
        return types.RunReportResponse(
            rows=[_row(row, bool(name)) for row in part],
            row_count=len(rows),
            metadata=types.ResponseMetaData(**self.metadata),
        )

    def retention_settings(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.asked.append(request)
        self._fail(context)
        return admin_types.DataRetentionSettings(name=request.name, **self.retention)

    def _fail(self, context: grpc.ServicerContext) -> None:
        if self.errors:
            context.abort(self.errors.pop(0), TOLD)
        if self.ends_after and self.answered >= self.ends_after[0]:
            context.abort(self.ends_after[1], TOLD)


def _rows(chance: random.Random, dimension: Dimension, rows: int) -> list[Row]:
    users = [chance.randint(1, 400) for _ in range(rows)]
    # The edge itself is always among them.
    users[:2] = [FEWEST_USERS - 1, FEWEST_USERS]
    return [(f"{dimension}-{n}", *_counts(chance, most, most)) for n, most in enumerate(users)]


def _counts(chance: random.Random, least: int, most: int) -> tuple[int, int, int]:
    users = chance.randint(least, most)
    visits = users + chance.randint(0, users)
    return users, visits, visits + chance.randint(0, visits)


def _row(row: Row, with_value: bool) -> Any:
    return types.Row(
        dimension_values=[types.DimensionValue(value=row[0])] if with_value else [],
        metric_values=[types.MetricValue(value=str(number)) for number in row[1:]],
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
