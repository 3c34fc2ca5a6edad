"""Requests sent by the form, a day: a figure of our own beside Google's."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from emsar.entities.businessdays import BAKU, ONE_DAY
from emsar.staff.models import Role, User
from emsar.statistics.registry import register_figure
from emsar.subjects.models import outside_block
from requests_inbox.models import CloseReason, ConsultationRequest, Source


def requests_sent(user: User, first: date, last: date) -> Mapping[date, int] | None:
    """What ``user`` may see of them, without spam; None for roles that see no requests."""
    if user.role not in {Role.DPO, Role.ENTITY_STAFF}:
        return None
    # What is blocked is no statistics either, for the officer too (E-8h).
    rows = ConsultationRequest.objects.visible_to(user).filter(outside_block("registered_at"))
    found = (
        rows.filter(source=Source.FORM)
        .exclude(close_reason=CloseReason.SPAM)
        .filter(received_at__gte=_start_of(first), received_at__lt=_start_of(last + ONE_DAY))
        .annotate(sent_on=TruncDate("received_at", tzinfo=BAKU))
        .values_list("sent_on")
        .annotate(Count("pk"))
        .order_by("sent_on")
    )
    return dict(found)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), BAKU)


register_figure("requests", _("Requests sent"), requests_sent)
