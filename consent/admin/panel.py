"""Consents on the admin's first page: the running week, and the way to the overview."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.admin.frame import OVERVIEW
from consent.overview import cells, total, weeks_until_now
from emsar.staff.acting import acting_user
from emsar.staff.panels import Panel


def consents_panel(request: HttpRequest) -> Panel | None:
    """Numbers about nobody, for the officer and the auditor."""
    if not acting_user(request).has_perm(OVERVIEW.right):
        return None
    context: dict[str, object] = {
        "total": total(cells(weeks_until_now(1))),
        "address": reverse("admin:consent_overview"),
    }
    return Panel(_("Consents: this week"), "admin/consent/panel.html", context)
