"""Rights of persons on the first page: what burns for the officer, counts for the auditor."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dsar.admin.board import Tally, running_cases, tally
from dsar.admin.frame import today_in_baku
from dsar.figures import figures_of
from dsar.services.answers import undelivered
from emsar.staff.acting import acting_user
from emsar.staff.panels import Panel


def cases_panel(request: HttpRequest) -> Panel | None:
    """What is overdue, near, to approve and waiting; for the officer alone."""
    if not acting_user(request).has_perm("dsar.view_case"):
        return None
    found = tally(running_cases(), today_in_baku())
    context: dict[str, object] = {
        "tally": found,
        "undelivered": undelivered().count(),
        "address": reverse("admin:dsar_case_changelist"),
    }
    tone = "alarm" if context["undelivered"] else tone_of(found)
    return Panel(_("Rights of persons"), "admin/dsar/panel.html", context, tone)


def tone_of(found: Tally) -> str:
    """Red once a deadline is broken, amber while one is near or the officer's word is needed."""
    if found.overdue:
        return "alarm"
    return "warning" if found.near or found.approval or found.officer else "info"


def figures_panel(request: HttpRequest) -> Panel | None:
    """The month's counts, for whoever sees the figures but no case."""
    user = acting_user(request)
    if user.has_perm("dsar.view_case") or not user.has_perm("dsar.view_figure"):
        return None
    context: dict[str, object] = {
        "figures": figures_of(today_in_baku()),
        "address": reverse("admin:dsar_figures"),
    }
    return Panel(_("Rights of persons: this month"), "admin/dsar/figures_panel.html", context)


def intake_panel(request: HttpRequest) -> Panel | None:
    """Where company staff open a case; they see nothing of it afterwards."""
    user = acting_user(request)
    if user.has_perm("dsar.view_case") or not user.has_perm("dsar.add_case"):
        return None
    context: dict[str, object] = {"address": reverse("admin:dsar_case_add")}
    return Panel(_("Rights of persons"), "admin/dsar/intake_panel.html", context)
