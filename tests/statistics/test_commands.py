"""The jobs by hand and by beat."""

from datetime import timedelta
from io import StringIO

import grpc
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from emsar.celery import app
from emsar.entities.businessdays import BAKU
from emsar.statistics import control, fetching
from emsar.statistics.models import Fetch, RetentionReading, Snapshot
from tests.connections import as_role

pytestmark = pytest.mark.django_db
GOOD = {"event_data_retention": "TWO_MONTHS", "user_data_retention": "TWO_MONTHS"}


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def yesterday():
    return timezone.localdate(None, BAKU) - timedelta(days=1)


def test_fetching_by_hand_fetches_what_is_due_or_one_day(google):
    assert said("fetch_statistics") == "fetched"
    assert Snapshot.objects.count() == 7

    day = yesterday() - timedelta(days=20)
    assert said("fetch_statistics", "--day", day.isoformat()) == "fetched"
    assert Snapshot.objects.filter(day=day).exists()


def test_fetching_by_hand_says_why_it_did_not(google, settings):
    with pytest.raises(CommandError, match="not over yet"):
        said("fetch_statistics", "--day", (yesterday() + timedelta(days=1)).isoformat())
    google.errors = [grpc.StatusCode.RESOURCE_EXHAUSTED]
    with pytest.raises(CommandError, match="stopped: quota"):
        said("fetch_statistics")
    Fetch.objects.create(ga_property="123456")
    with pytest.raises(CommandError, match="Another run"):
        said("fetch_statistics")
    settings.GA_PROPERTY_ID = ""
    assert said("fetch_statistics").startswith("not connected")


def test_the_control_by_hand_says_its_state(google, settings):
    google.retention = GOOD
    assert said("check_analytics_retention") == "in_order"
    google.retention = GOOD | {"event_data_retention": "FIFTY_MONTHS"}
    with pytest.raises(CommandError, match="broken: events"):
        said("check_analytics_retention")
    settings.GA_PROPERTY_ID = ""
    assert said("check_analytics_retention") == "not_configured"


@pytest.mark.parametrize(
    ("entry", "service"),
    [
        ("fetch statistics", (fetching, "fetch_due")),
        ("check what Google keeps", (control, "check_due")),
    ],
)
def test_beat_has_the_jobs_and_their_tasks_call_the_service(monkeypatch, entry, service):
    called = []
    monkeypatch.setattr(*service, lambda: called.append(entry))
    app.loader.import_default_modules()
    app.tasks[app.conf.beat_schedule[entry]["task"]]()

    assert called == [entry]


def test_jobs_without_google_do_nothing():
    for name in ("fetch statistics", "check what Google keeps"):
        app.loader.import_default_modules()
        app.tasks[app.conf.beat_schedule[name]["task"]]()

    assert not Snapshot.objects.exists()
    assert not RetentionReading.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_web_shows_and_only_the_worker_writes(filled_db):
    tables = ("snapshot", "figure", "fetch", "retentionreading")
    for table in tables:
        with as_role("emsar_web") as web:
            web.execute(f"SELECT FROM statistics_{table}")
            with pytest.raises(Exception, match="permission denied"):
                web.execute(f"DELETE FROM statistics_{table}")
        with as_role("emsar_worker") as worker:
            worker.execute(f"DELETE FROM statistics_{table}")
