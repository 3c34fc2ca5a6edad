"""A publication moves stored dates: the better term for each person (idea 1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.entities import publication
from policies import recomputing
from policies.models import PolicyVersion
from policies.publishing import publish
from policies.tasks import JOB, recompute_dates
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)  # a Sunday: the reply is due on Tuesday


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(NOW, tick=True):
        yield


def next_version(shipped, months: int, effective: date) -> PolicyVersion:
    draft = shipped("privacy-policy", "1.1")
    draft.terms = {**draft.terms, "consultation_retention": months}
    draft.save()
    return publish(draft, actor=None, effective=effective)


def last_day(request: ConsultationRequest) -> date | None:
    return ConsultationRequest.objects.get(pk=request.pk).destroy_after


def test_shorter_term_brings_the_last_day_forward(shipped):
    request = make_request()
    assert last_day(request) == date(2027, 11, 24)
    next_version(shipped, 6, timezone.localdate())
    recompute_dates()
    assert last_day(request) == date(2027, 5, 24)


def test_longer_term_does_not_hold_those_who_were_shown_a_shorter_one(shipped):
    request = make_request()
    next_version(shipped, 24, timezone.localdate())
    recompute_dates()
    assert last_day(request) == date(2027, 11, 24)
    assert last_day(make_request()) == date(2028, 11, 24)


def test_term_counts_from_the_day_on_which_the_version_comes_into_force(shipped):
    request = make_request()
    next_version(shipped, 6, date(2026, 12, 1))
    recompute_dates()
    assert last_day(request) == date(2027, 11, 24)
    # Midnight in Baku is 20:00 of the day before in UTC; nothing is published at that moment.
    with time_machine.travel(datetime(2026, 11, 30, 19, 59, tzinfo=UTC), tick=True):
        recompute_dates()
        assert last_day(request) == date(2027, 11, 24)
    with time_machine.travel(datetime(2026, 11, 30, 20, 0, tzinfo=UTC), tick=True):
        recompute_dates()
        assert last_day(request) == date(2027, 5, 24)


def test_job_works_once_a_publication(monkeypatch):
    done: list[int] = []
    monkeypatch.setattr(recomputing, "_RECOMPUTE", {"counted": lambda: done.append(1) or 0})
    for _ in range(3):
        recompute_dates()
    assert len(done) == 1
    publication.bump()
    recompute_dates()
    assert len(done) == 2
    assert "privacy-policy 1.0" in Heartbeat.objects.get(job=JOB).note


def test_job_uses_the_terms_of_the_publication_that_it_saw(shipped):
    """Terms kept in memory from a second before would be used once, and never again."""
    request = make_request()
    next_version(shipped, 6, timezone.localdate())
    publication._look.value -= 1
    publication._look.until += timedelta(minutes=1).total_seconds()
    recompute_dates()
    assert last_day(request) == date(2027, 5, 24)


def test_second_run_changes_nothing():
    make_request()
    assert recomputing.recompute_all() == {"requests": 0}
