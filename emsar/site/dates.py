"""Dates as people read them: 22 noyabr 2026, 22 November 2026, 22 ноября 2026 г."""

from datetime import date, datetime

from babel.dates import format_date
from django.utils import timezone

from emsar.site.languages import active_language

# Django's Azerbaijani months begin with a capital letter, which running text does not want.
LONG = {"az": "d MMMM y", "en": "d MMMM y", "ru": "d MMMM y 'г.'"}


def long_date(value: date | datetime, language: str | None = None) -> str:
    """The day in ``language`` or the active one; an instant is shown as its day in Asia/Baku."""
    code = language or active_language()
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return format_date(day, LONG[code], locale=code)
