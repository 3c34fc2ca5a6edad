"""The jobs and the page with the rights that worker and web have: none is missing."""

from datetime import date, timedelta

import pytest
import time_machine

from emsar.audit.roles import WEB, WORKER
from emsar.outbox.models import OutboundMail
from emsar.retention.models import Sweep
from emsar.retention.sweeps import sweep
from emsar.statistics.control import check
from emsar.statistics.fetching import fetch_day
from emsar.statistics.models import Dimension, Fetch, Outcome, RetentionReading, Snapshot
from tests.audit.test_roles_at_work import acting_as
from tests.desks import signed_in
from tests.factories import make_user
from tests.statistics.snapshots import NOON, YESTERDAY, keep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger_file(tmp_path, settings):
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"


def test_the_worker_fetches_again_checks_tells_and_forgets(google):
    make_user("dpo")
    google.fill(YESTERDAY, seed=1, rows=20)
    keep(date(2024, 1, 1), figures={Dimension.PAGE: {"/az/": 20}})
    long_ago = NOON - timedelta(days=4_000)
    Fetch.objects.create(ga_property="1", started_at=long_ago)
    RetentionReading.objects.create(ga_property="1", at=long_ago, outcome="ok", verdict="in_order")
    with acting_as(WORKER):
        assert fetch_day(YESTERDAY, NOON) == fetch_day(YESTERDAY, NOON) == Outcome.OK
        assert check(NOON).is_red
        for rule in ("statistics", "statistics_fetches", "analytics_readings"):
            assert sweep(Sweep.Kind.CATCH_UP, only=rule, now=NOON).records == 1

    assert [each.day for each in Snapshot.objects.all()] == [YESTERDAY]
    assert OutboundMail.objects.filter(key__startswith="analytics_retention").count() == 1


def test_the_web_shows_the_page_and_the_first_page(connected):
    keep(YESTERDAY, figures={Dimension.PAGE: {"/az/": 20}})
    client = signed_in(make_user("dpo"))
    with time_machine.travel(NOON, tick=False), acting_as(WEB):
        assert client.get("/admin/statistics/").status_code == 200
        assert client.get("/admin/").status_code == 200
