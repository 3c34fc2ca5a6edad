"""What staff and visitors leave behind for a short time: counters and ended sessions."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from emsar.datamap import terms
from emsar.staff.models import KeyedCount


def forget_counters(now: datetime | None = None) -> int:
    """Delete counters older than the schedule's days; the number of them."""
    days = terms.value("schedule", "rate_counters")
    end = (now or timezone.now()) - timedelta(days=days)
    return KeyedCount.objects.filter(started_at__lt=end).delete()[0]


def forget_sessions(now: datetime | None = None) -> int:
    """Delete sessions that have ended; the number of them."""
    return Session.objects.filter(expire_date__lt=now or timezone.now()).delete()[0]
