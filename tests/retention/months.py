"""Months of the past, as the database's clock counts them, and evidence of long ago."""

from datetime import date, datetime, timedelta

from django.db import connection

from emsar.audit.leaving import ZONE
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import add_calendar_months
from emsar.retention.models import Sweep


def month_ago(months: int) -> date:
    """The first day of the month so many months before this one."""
    return add_calendar_months(datetime.now(ZONE).date().replace(day=1), -months)


def begins(month: date) -> datetime:
    return datetime(month.year, month.month, month.day, tzinfo=ZONE)


def within(month: date) -> datetime:
    return begins(month) + timedelta(days=9, hours=5)


def event_of(month: date, action: str = "a.view", **fields: object) -> AuditEvent:
    """An event of the tenth of a month, written late but signed."""
    return event_at(within(month), action, **fields)


def event_at(at: datetime, action: str = "a.view", **fields: object) -> AuditEvent:
    event = AuditEvent(action=action, at=at, **fields)
    event.save()
    return event


def a_run() -> Sweep:
    return Sweep.objects.create(kind=Sweep.Kind.BY_HAND)


def forget(kind: str | None, month: object) -> int:
    """Call the owner's function on the test's own connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_forget(%s::text, %s::date)", [kind, month])
        return int(cursor.fetchone()[0])
