"""Snapshots end with the policy's term, counted from their day (E-7.2d)."""

from datetime import UTC, date, datetime

import pytest

from emsar.datamap.rules import rule
from emsar.retention.due import due_rows
from emsar.retention.models import DestructionLine, Sweep
from emsar.retention.sweeps import sweep
from emsar.statistics.models import Dimension, Fetch, Figure, Outcome, RetentionReading, Snapshot
from tests.statistics.snapshots import keep

# 03:00 in Baku.
NIGHT = datetime(2026, 11, 21, 23, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger_file(tmp_path, settings):
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"


def test_snapshots_go_with_their_figures_after_fourteen_months():
    # Fetched again a moment ago, which makes it no younger.
    keep(date(2025, 9, 21), figures={Dimension.PAGE: {"/az/": 20}}, at=NIGHT)
    keep(date(2025, 9, 22), figures={Dimension.PAGE: {"/en/": 20}}, at=NIGHT)

    run = sweep(Sweep.Kind.NIGHT, only="statistics", now=NIGHT)

    assert run.records == 1
    assert [each.day for each in Snapshot.objects.all()] == [date(2025, 9, 22)]
    assert [each.value for each in Figure.objects.all()] == ["/en/"]
    line = DestructionLine.objects.get(rule="statistics")
    assert line.clause == "E-7.2d"
    assert line.counts == {"statistics.snapshot": 1, "statistics.figure": 1}


def test_the_term_is_read_from_the_policy():
    assert (rule("statistics").source, rule("statistics").term) == ("policy", "analytics_retention")


def test_runs_and_readings_end_too():
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    Fetch.objects.create(ga_property="1", started_at=long_ago)
    RetentionReading.objects.create(
        ga_property="1", at=long_ago, outcome=Outcome.OK, verdict="in_order"
    )
    for name in ("statistics_fetches", "analytics_readings"):
        assert due_rows(rule(name), NIGHT).count() == 1
        assert sweep(Sweep.Kind.NIGHT, only=name, now=NIGHT).records == 1
