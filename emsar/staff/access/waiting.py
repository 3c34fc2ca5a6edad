"""What is said to somebody who has to wait."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def closed_words(until: datetime) -> str:
    """That there were too many failures, and when it can be tried again (Asia/Baku)."""
    shown = date_format(timezone.localtime(until), "d.m.Y H:i")
    return _("Too many failed attempts. Please try again after %(until)s.") % {"until": shown}
