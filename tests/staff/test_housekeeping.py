"""What lives a day goes by itself."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.staff.housekeeping import forget_sessions
from emsar.staff.models import KeyedCount
from emsar.staff.tasks import forget_short_lived

pytestmark = pytest.mark.django_db


def session(key: str, *, ends_in: timedelta) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + ends_in)


def test_ended_sessions_are_forgotten() -> None:
    session("ended", ends_in=-timedelta(seconds=1))
    session("open", ends_in=timedelta(minutes=1))
    assert forget_sessions() == 1
    assert [row.session_key for row in Session.objects.all()] == ["open"]


def test_task_forgets_both_and_leaves_a_heartbeat() -> None:
    session("ended", ends_in=-timedelta(seconds=1))
    old = timezone.now() - timedelta(days=3)
    KeyedCount.objects.create(key=b"k", count=1, started_at=old)
    forget_short_lived()
    assert not Session.objects.exists()
    assert not KeyedCount.objects.exists()
    assert Heartbeat.objects.filter(job="forget_short_lived").exists()
