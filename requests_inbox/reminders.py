"""Mail to staff before a reply is due, when it is due, and to the DPO each day after (E-4a)."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from emsar.entities.calendar import current_calendar
from emsar.outbox.notices import notify
from emsar.staff.models import Role, User
from emsar.subjects.models import outside_block, outside_suspension
from requests_inbox.models import ConsultationRequest

HOURS_BEFORE = 2
LOOK_AHEAD = timedelta(days=30)  # the longest row of days off is shorter
OUTAGES = (InterfaceError, OperationalError)

logger = logging.getLogger(__name__)


class RemindersMissedError(Exception):
    """Some reminders could not be queued, the others were; the log says which, and of what kind."""


def remind(now: datetime | None = None) -> int:
    """Queue the reminders that are due; each is sent once, however often this runs.

    A request or a reader with which something is wrong costs nobody else a reminder; only then is
    RemindersMissedError raised. An outage of the database ends it at once.
    """
    moment = now or timezone.now()
    soon = ConsultationRequest.objects.open().filter(reply_due_at__lt=moment + LOOK_AHEAD)
    free = outside_block("registered_at") & outside_suspension("registered_at")
    waiting = soon.filter(free).select_related("entity")
    # What no reminder says is left alone, so that it cannot be in the way either.
    rows = waiting.only("reference", "reply_due_at", "entity", "subject").order_by("reply_due_at")
    counts = [_remind_safely(request, moment) for request in rows]
    missed = counts.count(None)
    if missed:
        raise RemindersMissedError(f"reminders of {missed} requests")
    return sum(count or 0 for count in counts)


def _remind_safely(request: ConsultationRequest, now: datetime) -> int | None:
    """The number of people reminded; None when somebody could not be."""
    try:
        return _remind_one(request, now)
    except OUTAGES:
        raise
    except Exception as problem:  # noqa: BLE001 - one request must not keep the others waiting
        logger.error("no reminder of request %s: %s", request.pk, type(problem).__name__)
        return None


def _remind_one(request: ConsultationRequest, now: datetime) -> int | None:
    stage = stage_of(request.reply_due_at, now)
    if stage is None:
        return 0
    # The due moment is part of the key: a new message starts a new row of reminders.
    key = f"request:{request.pk}:{request.reply_due_at:%Y%m%d%H%M}:{stage}"
    template = stage.partition(":")[0]
    readers = _dpo() if template == "reply_overdue" else _staff(request)
    told = [_tell(reader, request, template, key) for reader in readers]
    return sum(told) if all(told) else None


def _tell(reader: User, request: ConsultationRequest, template: str, key: str) -> bool:
    """Queue one reader's reminder; whether that was possible."""
    try:
        with transaction.atomic():
            notify(
                [reader],
                template,
                _context(request),
                key=key,
                reference=request.reference,
                subject_id=request.subject_id,
                about=request.pk,
            )
    except OUTAGES:
        raise
    except Exception as problem:  # noqa: BLE001 - one reader must not keep the others waiting
        kind = type(problem).__name__
        logger.error("no reminder of request %s to %s: %s", request.pk, reader.pk, kind)
        return False
    return True


def stage_of(due: datetime, now: datetime) -> str | None:
    """``reply_due_soon``, ``reply_due`` or ``reply_overdue:<day>``; None when it is too early."""
    days_late = (timezone.localdate(now) - timezone.localdate(due)).days
    if days_late > 0:
        return f"reply_overdue:{timezone.localdate(now):%Y%m%d}"
    if now >= due:
        return "reply_due"
    if now >= current_calendar().business_hours_before(due, HOURS_BEFORE):
        return "reply_due_soon"
    return None


def _staff(request: ConsultationRequest) -> list[User]:
    """The company's staff; for a request of nobody's, the staff of every company."""
    return list(User.objects.reachable(Role.ENTITY_STAFF, request.entity))


def _dpo() -> list[User]:
    return list(User.objects.reachable(Role.DPO))


def _context(request: ConsultationRequest) -> dict[str, object]:
    name = "admin:requests_inbox_consultationrequest_change"
    return {
        "reference": request.reference,
        "due": timezone.localtime(request.reply_due_at),
        "url": f"{settings.SITE_ORIGIN}{reverse(name, args=[request.pk])}",
    }
