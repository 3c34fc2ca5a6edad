"""What the pages of retention have in common: tabs by right, titles, and links to acts."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emsar.staff.acting import acting_user
from emsar.staff.models import User

UNPROCESSABLE = 422
CONFLICT = 409
# Below the number of fields that a form may send (DATA_UPLOAD_MAX_NUMBER_FIELDS).
ROWS = 50


@dataclass(frozen=True)
class Tab:
    """A page of retention and the right that opens it."""

    name: str
    title: str | Promise
    right: str

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.name}")


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
    return [tab for tab in TABS if user.has_perm(tab.right)]


def let_in(request: HttpRequest, right: str) -> User:
    """Whoever acts, with that right; PermissionDenied for everybody else."""
    user = acting_user(request)
    if not user.has_perm(right):
        raise PermissionDenied
    return user


def frame(request: HttpRequest, tab: Tab, title: object, **more: Any) -> dict[str, Any]:
    """The context of a page below a tab."""
    return {
        **admin.site.each_context(request),
        "title": title,
        "tabs": tabs_of(request.user),
        "tab": tab,
        **more,
    }


def cut(rows: QuerySet[Any], request: HttpRequest) -> Page[Any]:
    """The page that was asked for; the nearest for a number that is none."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))


def act_address(scope: str, key: str) -> str:
    """Where an act of destruction is printed ("sweep" or "month"); empty when nobody prints it."""
    try:
        return reverse("admin:retention_act", args=[scope, key])
    except NoReverseMatch:
        return ""
