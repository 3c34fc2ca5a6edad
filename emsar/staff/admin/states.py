"""How far somebody's login has come, in words."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from emsar.staff.access.factors import factor_of
from emsar.staff.access.overtaken import waiting
from emsar.staff.models import User


@dataclass(frozen=True)
class State:
    """``code`` is off, waiting, invited, stale or ready; ``words`` say it to people."""

    code: str
    words: str
    tone: str

    @property
    def badge(self) -> str:
        return format_html('<span class="badge badge--{}">{}</span>', self.tone, self.words)


def state_of(user: User) -> State:
    """Whether somebody can log in, and what is missing if not."""
    if not user.is_active:
        waits = waiting().filter(user=user).exists()
        return State("waiting", _("waits for an officer"), "today") if waits else _off()
    if _has_factor(user):
        return State("ready", _("can log in"), "done")
    lasts: timedelta = settings.STAFF_LINK_LASTS
    if user.invited_at is not None and timezone.now() - user.invited_at < lasts:
        return State("invited", _("invited"), "new")
    return State("stale", _("needs an invitation"), "overdue")


def _off() -> State:
    return State("off", _("switched off"), "plain")


def _has_factor(user: User) -> bool:
    known = getattr(user, "has_factor", None)
    return bool(known) if known is not None else factor_of(user) is not None
