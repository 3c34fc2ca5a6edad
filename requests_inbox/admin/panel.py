"""The requests on the admin's first page: mine, due today, overdue; for the DPO by company."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.entities.registry import registry
from emsar.site.languages import active_language
from emsar.staff.acting import acting_user
from emsar.staff.models import Role, User
from emsar.staff.panels import Panel
from emsar.subjects.models import outside_block
from requests_inbox.admin.figures import figures, is_open, is_overdue
from requests_inbox.admin.filters import NOBODY
from requests_inbox.models import ConsultationRequest, Message, RequestQuerySet

ROLES = (Role.DPO, Role.ENTITY_STAFF)


def requests_panel(request: HttpRequest) -> Panel | None:
    """None for roles that see no requests."""
    user, now = acting_user(request), timezone.now()
    if user.role not in ROLES:
        return None
    rows = ConsultationRequest.objects.visible_to(user)
    found = figures(rows, now)
    context: dict[str, object] = {
        "figures": found,
        "mine": rows.filter(is_open() & outside_block("registered_at"), assigned_to=user).count(),
        "undelivered": _undelivered(user),
        "overdue": _overdue_by_company(rows, now) if user.is_dpo and found.overdue else [],
    }
    tone = "alarm" if found.overdue else "info"
    return Panel(_("Requests"), "admin/inbox/panel.html", context, tone)


def _undelivered(user: User) -> list[Message]:
    """Replies that could not be delivered to their persons."""
    failed = Message.objects.visible_to(user).filter(state=Message.State.FAILED)
    waiting = failed.filter(mail__status="failed").select_related("request")
    return list(waiting.only("at", "request__reference").order_by("-at")[:10])


def _overdue_by_company(rows: RequestQuerySet, now: Any) -> list[dict[str, object]]:
    """How many replies each company owes, in the order of the companies."""
    late = rows.filter(is_overdue(now)).order_by().values_list("entity")
    counts: dict[Any, int] = dict(late.annotate(Count("pk")).values_list("entity", "pk__count"))
    companies = [
        (entity.slug, entity.name.get(active_language())) for entity in registry().entities
    ]
    lines = [(slug, name, counts.get(slug, 0)) for slug, name in companies]
    lines.append((NOBODY, _("no company yet"), counts.get(None, 0)))
    return [{"slug": slug, "name": name, "count": count} for slug, name, count in lines]
