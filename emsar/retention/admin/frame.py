"""What the pages of retention have in common: tabs by right, titles, and links to acts."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from emsar.staff.tabs import Tab, below, cut, let_in, permitted
from emsar.staff.verbpage import CONFLICT, UNPROCESSABLE

__all__ = ["CONFLICT", "UNPROCESSABLE", "Tab", "act_address", "cut", "frame", "let_in", "tabs_of"]

OVERVIEW = Tab("retention_overview", _("Rules"), "retention.view_rule")
LEAVING = Tab("retention_leaving", _("Leaving soon"), "retention.view_leaving")
HOLDS = Tab("retention_legalhold_changelist", _("Legal holds"), "retention.view_legalhold")
ORDERS = Tab(
    "retention_deletionorder_changelist", _("Deletion orders"), "retention.view_deletionorder"
)
REVIEWS = Tab(
    "retention_necessityreview_changelist", _("Reviews"), "retention.view_necessityreview"
)
SWEEPS = Tab("retention_sweep_changelist", _("Sweeps"), "retention.view_sweep")
LINES = Tab(
    "retention_destructionline_changelist",
    _("Lines of destruction"),
    "retention.view_destructionline",
)
TABS = (OVERVIEW, LEAVING, HOLDS, ORDERS, REVIEWS, SWEEPS, LINES)


def tabs_of(user: Any) -> list[Tab]:
    """The pages that somebody may open, in their order."""
    return permitted(TABS, user)


def frame(request: HttpRequest, tab: Tab, title: object, **more: Any) -> dict[str, Any]:
    """The context of a page below a tab."""
    return below(request, TABS, tab, title, **more)


def act_address(scope: str, key: str) -> str:
    """Where an act of destruction is printed ("sweep" or "month"); empty when nobody prints it."""
    try:
        return reverse("admin:retention_act", args=[scope, key])
    except NoReverseMatch:
        return ""
