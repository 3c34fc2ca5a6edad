"""The night's work by hand and by the clock, and what tells that it went wrong."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from dsar import health
from dsar.models import Intake, ResidualTrace
from dsar.services import deadlines, erasure
from dsar.tasks import run_deadlines
from emsar.audit.models import Heartbeat
from emsar.celery import app
from emsar.outbox.models import OutboundMail
from requests_inbox.models import ConsultationRequest
from tests.dsar.nights import night_of, someone
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_simulation_counts_and_does_nothing() -> None:
    make_user()
    case, out = someone(), StringIO()
    with time_machine.travel(night_of(case.execute_on), tick=False):
        call_command("run_deadlines", "--simulate", stdout=out)
        assert "erased: 1, answered: 0" in out.getvalue()
        assert ConsultationRequest.objects.exists()
        assert not OutboundMail.objects.filter(purpose="staff", key__contains=str(case.pk)).exists()
        assert not Heartbeat.objects.filter(job=deadlines.JOB).exists()
        call_command("run_deadlines", stdout=out)
    assert not ConsultationRequest.objects.exists()
    assert Heartbeat.objects.filter(job=deadlines.JOB).exists()


def test_command_fails_when_a_case_does(monkeypatch) -> None:
    case = someone()
    monkeypatch.setattr(erasure, "destroy", lambda *_: 1 / 0)
    with time_machine.travel(night_of(case.execute_on), tick=False), pytest.raises(CommandError):
        call_command("run_deadlines", stdout=StringIO())


def test_beat_runs_every_job_of_the_rights() -> None:
    app.loader.import_default_modules()
    tasks = {entry["task"] for entry in app.conf.beat_schedule.values()}
    ours = {name for name in app.tasks if name.startswith("dsar.")}
    assert ours <= tasks
    assert "emsar.retention.tasks.ship" in tasks
    night = app.conf.beat_schedule["carry out what is promised for today"]["schedule"]
    assert (night.hour, night.minute) == ({3}, {30})
    run_deadlines()
    assert Heartbeat.objects.filter(job=deadlines.JOB).exists()


def test_faults_tell_what_is_wrong(settings) -> None:
    now = datetime.now(UTC)
    assert health.faults(now) == []
    Intake.objects.create(
        nonce="00000000-0000-4000-8000-000000000001", language="az", email="x@example.com",
        received_at=now - timedelta(minutes=11),
    )  # fmt: skip
    assert health.faults(now) == ["intake"]
    case = someone(received=now, executed_at=now)
    row = ResidualTrace.objects.create(case=case, sealed="{}")
    assert health.faults(now) == ["intake"]
    assert health.faults(now + timedelta(hours=13)) == ["intake", "residual"]
    row.found = {"findings": [{"table": "t", "column": "c", "what": "word", "rows": 1}]}
    row.save()
    assert health.faults(now) == ["intake", "residual"]
    settings.IS_PRODUCTION = True
    assert health.faults(now)[-1] == "officer"
    make_user(is_active=False)
    assert health.faults(now)[-1] == "officer"
    make_user()
    assert health.faults(now)[-1] == "residual"
    assert not health.check_rights().ok


def test_check_of_the_database_warns_in_production_without_an_officer(settings) -> None:
    assert health.there_is_an_officer(None, ["default"]) == []
    settings.IS_PRODUCTION = True
    assert [w.id for w in health.there_is_an_officer(None, ["default"])] == ["dsar.W001"]
    assert health.there_is_an_officer(None) == [], "make check asks no database"
    make_user()
    assert health.there_is_an_officer(None, ["default"]) == []
