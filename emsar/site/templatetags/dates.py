from datetime import date, datetime

from django import template
from django.utils import timezone

from emsar.entities.wording import moment_text
from emsar.site import dates

register = template.Library()


@register.filter
def long_date(value: date | datetime | None) -> str:
    """``{{ version.effective_date|long_date }}``; empty for no date."""
    return dates.long_date(value) if value else ""


@register.filter
def long_moment(value: datetime | None) -> str:
    """The day in words and the hour, in Asia/Baku; empty for none."""
    return moment_text(timezone.localtime(value)) if value else ""
