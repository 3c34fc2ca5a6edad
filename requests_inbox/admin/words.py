"""Spans of time and deadlines in words; each has a tone, which is never the only sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_inbox.models import STOPPED, ConsultationRequest, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wording:
    """Words with a tone: overdue, today, later, done, late or quiet."""

    text: str
    tone: str


def span_words(span: timedelta, *, fine: bool = False) -> str:
    """``12 min``, ``3 h``, ``2 days``; ``fine`` adds the minutes to less than a day's hours."""
    if span >= DAY:
        return ngettext("%(count)d day", "%(count)d days", span.days) % {"count": span.days}
    hours, rest = divmod(max(span, timedelta()), HOUR)
    minutes = rest // timedelta(minutes=1)
    if not hours:
        return _("%(count)d min") % {"count": minutes}
    words = _("%(count)d h") % {"count": hours}
    return f"{words} {_('%(count)d min') % {'count': minutes}}" if fine and minutes else words


def due_words(request: ConsultationRequest, now: datetime) -> Wording:
    """How a request stands to its promise (E-4a): due, overdue, replied, or no longer owed."""
    if request.status in STOPPED:
        return Wording(_("processing stopped"), "quiet")
    if request.status == Status.CLOSED:
        return Wording(_("closed: %(reason)s") % {"reason": closing_words(request)}, "quiet")
    if request.status == Status.REPLIED:
        return _replied(request)
    if request.subject.block_covers(request.registered_at):
        return Wording(_("suspended"), "quiet")
    return _overdue(request, now) if request.is_overdue(now) else _due(request, now)


def closing_words(request: ConsultationRequest) -> str:
    return request.get_close_reason_display()


def _replied(request: ConsultationRequest) -> Wording:
    """How long the person has waited: for the first reply, or after having written again."""
    again = request.waiting_since > request.received_at
    at = (request.replied_at if again else request.first_replied_at) or request.waiting_since
    span = {"span": span_words(at - request.waiting_since)}
    if at > request.reply_due_at:
        return Wording(_("replied late, in %(span)s") % span, "late")
    return Wording(_("replied in %(span)s") % span, "done")


def _overdue(request: ConsultationRequest, now: datetime) -> Wording:
    late = now - request.reply_due_at
    days = (timezone.localdate(now) - timezone.localdate(request.reply_due_at)).days
    # Whole days as people count them: due on Friday evening, on Monday that is three days.
    span = timedelta(days=days) if days else late
    return Wording(_("overdue by %(span)s") % {"span": span_words(span)}, "overdue")


def _due(request: ConsultationRequest, now: datetime) -> Wording:
    due = timezone.localtime(request.reply_due_at)
    days = (due.date() - timezone.localdate(now)).days
    time = {"time": f"{due:%H:%M}"}
    if days == 0:
        return Wording(_("due today %(time)s") % time, "today")
    if days == 1:
        return Wording(_("due tomorrow %(time)s") % time, "later")
    same_year = due.year == timezone.localdate(now).year
    words = date_format(due, "d.m H:i" if same_year else "d.m.Y H:i")
    return Wording(_("due %(moment)s") % {"moment": words}, "later")
