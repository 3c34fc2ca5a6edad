"""Alive, and ready."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.site import health
from emsar.site.health import Health, expect_job, register_check

pytestmark = pytest.mark.urls("tests.site.urls")


@pytest.fixture(autouse=True)
def _own_registers(monkeypatch):
    """The registers without what other apps put there, and put back after the test."""
    monkeypatch.setattr(health, "_checks", {})
    monkeypatch.setattr(health, "_jobs", {})


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response.headers["Cache-Control"]


TOKEN = "only-for-tests-" + "0123456789abcdefghij"


@pytest.fixture
def monitor(client, settings):
    """Whoever may know what is wrong."""
    settings.READYZ_TOKEN = TOKEN
    return lambda: client.get("/readyz", headers={"authorization": f"Bearer {TOKEN}"})


def test_readyz_is_ready(db, monitor):
    response = monitor()
    assert response.status_code == 200
    assert response.json() == {"ok": True, "checks": {"database": {"ok": True}}}


@pytest.mark.parametrize(
    "given",
    [
        *(None, "", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"),
        *(f"Basic {TOKEN}", f"Bearer {TOKEN.upper()}", "Bearer ə", f"Bearer {TOKEN} {TOKEN}"),
    ],
)
@pytest.mark.parametrize(("ok", "status", "word"), [(True, 200, "ok"), (False, 503, "failing")])
def test_readyz_tells_strangers_good_or_bad(db, client, settings, given, ok, status, word):
    settings.READYZ_TOKEN = TOKEN
    register_check("queue", lambda: Health(ok=ok, detail="secret"))
    headers = {} if given is None else {"authorization": given}
    response = client.get("/readyz", headers=headers)
    assert (response.status_code, response.json()) == (status, {"status": word})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", f"Bearer {TOKEN}"])
def test_readyz_tells_nobody_more_where_there_is_no_token(db, client, settings, given):
    settings.READYZ_TOKEN = ""
    assert client.get("/readyz", headers={"authorization": given}).json() == {"status": "ok"}


def test_readyz_takes_the_scheme_in_any_letters(db, client, settings):
    settings.READYZ_TOKEN = TOKEN
    assert client.get("/readyz", headers={"authorization": f"bearer {TOKEN}"}).json()["ok"] is True


def test_readyz_names_what_is_not_in_order(db, monitor):
    register_check("queue", lambda: Health(ok=False, detail=3600))
    register_check("disk", lambda: Health(ok=True))
    response = monitor()
    assert response.status_code == 503
    assert response.json() == {
        "ok": False,
        "checks": {
            "database": {"ok": True},
            "disk": {"ok": True},
            "queue": {"ok": False, "detail": 3600},
        },
    }


def test_readyz_says_that_the_database_is_away_and_asks_nothing_else(monitor, monkeypatch):
    def away() -> Health:
        raise OperationalError("connection to /secret/socket failed")

    monkeypatch.setattr(health, "check_database", away)
    register_check("queue", lambda: pytest.fail("must not be asked"))
    response = monitor()
    assert response.status_code == 503
    database = {"ok": False, "detail": "OperationalError"}
    assert response.json() == {"ok": False, "checks": {"database": database}}


def test_later_check_of_the_same_name_takes_its_place(db):
    register_check("queue", lambda: Health(ok=False))
    register_check("queue", lambda: Health(ok=True))
    assert health.run_checks()["queue"] == Health(ok=True)


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (600, True), (601, False)])
def test_mail_that_waits_too_long_is_not_in_order(monkeypatch, seconds, ok):
    monkeypatch.setattr(health, "queue_age", lambda: timedelta(seconds=seconds))
    assert health.check_queue() == Health(ok=ok, detail=seconds)


@pytest.fixture
def started_long_ago(monkeypatch):
    monkeypatch.setattr(health, "_started", timezone.now() - timedelta(days=2))


def beat(job: str, ago: timedelta) -> None:
    Heartbeat.objects.create(job=job, at=timezone.now() - ago)


def test_job_is_late_when_its_heartbeat_is_old(db, started_long_ago):
    expect_job("seal", within=timedelta(minutes=10))
    expect_job("sweep", within=timedelta(days=1))
    beat("seal", timedelta(minutes=11))
    beat("sweep", timedelta(hours=23))
    assert health.check_jobs() == Health(ok=False, detail="seal")


def test_job_that_never_ran_is_late_once_its_time_has_passed_since_the_start(
    db, started_long_ago, monkeypatch
):
    expect_job("seal", within=timedelta(minutes=10))
    assert health.check_jobs() == Health(ok=False, detail="seal")
    monkeypatch.setattr(health, "_started", timezone.now())
    assert health.check_jobs() == Health(ok=True)


def test_job_has_its_time_to_run_after_a_night_off(db, monkeypatch):
    expect_job("seal", within=timedelta(minutes=10))
    beat("seal", timedelta(days=1))
    monkeypatch.setattr(health, "_started", timezone.now() - timedelta(minutes=9))
    assert health.check_jobs() == Health(ok=True)


def test_site_registers_the_queue_and_the_seal(monkeypatch):
    from django.apps import apps

    apps.get_app_config("site").ready()
    assert set(health._checks) == {"mail queue", "jobs", "retention"}
    assert set(health._jobs) == {"seal", "statistics", "analytics_retention"}


def test_jobs_of_the_statistics_are_expected_only_of_a_connected_site(
    db, started_long_ago, settings
):
    from django.apps import apps

    apps.get_app_config("site").ready()
    beat("seal", timedelta(0))
    settings.GA_PROPERTY_ID = settings.GA_CREDENTIALS_FILE = ""
    assert health.check_jobs() == Health(ok=True)

    settings.GA_PROPERTY_ID, settings.GA_CREDENTIALS_FILE = "123456", "key.json"
    monitored = Health(ok=False, detail="analytics_retention")
    beat("statistics", timedelta(hours=48))
    beat("analytics_retention", timedelta(hours=4))
    assert health.check_jobs() == monitored
    Heartbeat.objects.update(at=timezone.now())
    assert health.check_jobs() == Health(ok=True)
