"""Statistics on the admin's first page: the last week, and an alarm when Google keeps too long."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

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
        "is_stale": is_stale(last),
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


def unwatched_panel(request: HttpRequest) -> Panel | None:
    """Google counts the visits, and nobody looks how long it keeps them (E-7.2d)."""
    may_see = acting_user(request).has_perm("statistics.view_retentionreading")
    if not may_see or is_connected() or not settings.GA_MEASUREMENT_ID:
        return None
    # Translators: check: "tag" is Google's own term for its script
    words = _("The pages load Google's tag, but nobody checks how long Google keeps the data.")
    context: dict[str, object] = {"lines": [(words, reverse("admin:statistics_page"))]}
    return Panel(
        _("Google Analytics: retention"), "admin/panels/reminders.html", context, "warning"
    )
