"""The page of the statistics: Google's aggregates, figures of our own, and the control."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from emsar.entities.businessdays import BAKU, ONE_DAY
from emsar.staff.models import User
from emsar.staff.pages import register_page
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow
from emsar.staff.tabs import let_in
from emsar.statistics import control, notes
from emsar.statistics.connection import is_connected
from emsar.statistics.drawing import Comparison, google_tiles, listings, own_charts, visits_chart
from emsar.statistics.figures import Period, ending, newest, visits_of
from emsar.statistics.models import Outcome, RetentionReading
from emsar.statistics.panels import control_panel, statistics_panel, unwatched_panel
from emsar.statistics.reports import FEWEST_USERS

LENGTHS = (7, 28, 90)
RIGHT = "statistics.view_snapshot"
CONTROL_RIGHT = "statistics.view_retentionreading"
READINGS = 10

allow(("entity_staff", "dpo", "administrator", "auditor"), "statistics.snapshot", "view")
allow(("dpo", "administrator"), "statistics.retentionreading", "view")

for _panel in (statistics_panel, control_panel, unwatched_panel):
    register_panel(_panel)


@require_safe
def statistics_page(request: HttpRequest) -> HttpResponse:
    """``?days=7``, 28 (the default) or 90, ending with the newest day there is; else 404."""
    user = let_in(request, RIGHT)
    length = _length(request.GET.get("days", "28"))
    last = newest()
    yesterday = timezone.localdate(None, BAKU) - ONE_DAY
    period = ending(last.day if last else yesterday, length)
    context = {
        **admin.site.each_context(request),
        "title": _("Statistics"),
        "period": period,
        "length": length,
        "lengths": LENGTHS,
        "own": own_charts(user, ending(yesterday, length), shown=period),
        "least": FEWEST_USERS,
        "is_connected": is_connected(),
        "newest": last,
        "is_stale": notes.is_stale(last),
        **(_google(period) if is_connected() else _how_to_connect()),
        **_control(user),
    }
    return TemplateResponse(request, "admin/statistics/page.html", context)


def _length(text: str) -> int:
    if text not in {str(length) for length in LENGTHS}:
        raise Http404
    return int(text)


def _google(period: Period) -> dict[str, Any]:
    """Google's part; before the first snapshot only how the last attempt went."""
    found = Comparison(visits_of(period), visits_of(period.before))
    attempt = notes.last_attempt()
    if not found.now.known:
        return {"attempt": attempt}
    return {
        "attempt": attempt,
        "fetched": notes.baku_text(found.now.known[max(found.now.known)].fetched_at),
        "tiles": google_tiles(found),
        "chart": visits_chart(found),
        "listings": listings(found),
        "notes": notes.notes(found.now, found.before),
    }


def _how_to_connect() -> dict[str, Any]:
    return {"missing": notes.missing_settings(), "months": control.promised_months()}


def _control(user: User) -> dict[str, Any]:
    """The control's state and what it read, for the officer and the administrator."""
    if not user.has_perm(CONTROL_RIGHT):
        return {}
    state = control.state()
    faults = [control.fault_words(each, state.reading, state.months) for each in state.faults]
    lines = [_line(each) for each in control.readings()[:READINGS]] if is_connected() else []
    return {"control": state, "faults": faults, "readings": lines}


def _line(reading: RetentionReading) -> dict[str, object]:
    return {
        "at": notes.baku_text(reading.at),
        "row": reading,
        "is_read": reading.outcome == Outcome.OK,
        "outcome": Outcome(reading.outcome).label,
    }


register_page("statistics_page", "statistics/", statistics_page)
