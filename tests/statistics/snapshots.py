"""Snapshots without a server, for tests of what is shown."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from emsar.statistics.fetching import store
from emsar.statistics.models import Dimension, Snapshot
from emsar.statistics.reports import Day, Flags, Line

# 12:00 in Baku.
NOON = datetime(2026, 11, 22, 8, tzinfo=UTC)
YESTERDAY = date(2026, 11, 21)


def day_before(number: int) -> date:
    return YESTERDAY - timedelta(days=number)


def keep(
    day: date,
    visits: int | None = 100,
    *,
    figures: dict[Dimension, dict[str, int]] | None = None,
    at: datetime = NOON,
    **flags: Any,
) -> Snapshot:
    """A day with so many visits, twice as many page views, and half as many visitors."""
    rows = {
        dimension: {value: _line(count) for value, count in values.items()}
        for dimension, values in (figures or {}).items()
    }
    total = None if visits is None else _line(visits)
    return store(Day(day, total, rows, Flags(**{"time_zone": "Asia/Baku", **flags})), at)


def _line(visits: int) -> Line:
    return Line(max(visits // 2, 10), visits, visits * 2)
