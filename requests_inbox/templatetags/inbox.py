from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from emsar.entities.wording import day_text
from emsar.staff.viewing import short_moment
from requests_inbox.admin.columns import badge as badge_of
from requests_inbox.admin.columns import status_badge
from requests_inbox.admin.words import Wording, due_words, span_words
from requests_inbox.models import ConsultationRequest

register = template.Library()


@register.filter
def span(value: timedelta | None) -> str:
    """``3 h 20 min``; a dash for none."""
    return span_words(value, fine=True) if value is not None else "—"


@register.filter
def short(value: datetime | None) -> SafeString | str:
    """A moment as ``22.11.2026 18:00`` in Asia/Baku; empty for none."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), short_moment(value))


@register.filter
def day(value: date) -> str:
    """``22 November 2026`` in the active language."""
    return day_text(value)


@register.filter
def status(request: ConsultationRequest) -> SafeString:
    """The status of a request as a badge."""
    return status_badge(request)


@register.filter
def due(request: ConsultationRequest) -> SafeString:
    """How a request stands to its promise, as a badge."""
    return badge_of(due_words(request, timezone.now()))


@register.filter
def badge(text: str, tone: str) -> SafeString:
    """``{{ "blocked"|badge:"overdue" }}``"""
    return badge_of(Wording(text, tone))
