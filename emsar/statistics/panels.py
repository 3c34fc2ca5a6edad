"""Statistics on the admin's first page: the last week, and an alarm when Google keeps too long."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.entities.businessdays import BAKU
from emsar.staff.acting import acting_user
from emsar.staff.charts import spaced
from emsar.staff.panels import Panel
from emsar.statistics import control
from emsar.statistics.connection import is_connected
from emsar.statistics.figures import ending, newest, visits_of
from emsar.statistics.notes import is_stale

WEEK = 7


def statistics_panel(request: HttpRequest) -> Panel | None:
    """The visits of the last seven days there are, and the way to the page."""
    if not acting_user(request).has_perm("statistics.view_snapshot"):
        return None
    last = newest()
    found = visits_of(ending(last.day, WEEK)) if last else None
    context: dict[str, object] = {
        "address": reverse("admin:statistics_page"),
        "visits": spaced(found.visits) if found else "",
        "last": last.day if last else None,
        "is_connected": is_connected(),
        "is_stale": is_stale(last, timezone.localdate(None, BAKU)),
    }
    return Panel(_("Statistics"), "admin/statistics/panel.html", context)


def control_panel(request: HttpRequest) -> Panel | None:
    """Red as long as it is not proved that Google keeps no longer than is promised (E-7.2d)."""
    if not acting_user(request).has_perm("statistics.view_retentionreading"):
        return None
    state = control.state()
    if not state.is_red:
        return None
    address = f"{reverse('admin:statistics_page')}#control"
    words = [control.fault_words(each, state.reading, state.months) for each in state.faults]
    context: dict[str, object] = {"lines": [(line, address) for line in words]}
    return Panel(_("Google Analytics: retention"), "admin/panels/reminders.html", context, "alarm")
