"""What the officer's pages about rights have in common: tabs by right, titles, the day in Baku."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emsar.entities.businessdays import BAKU
from emsar.staff.acting import acting_user
from emsar.staff.models import User

UNPROCESSABLE = 422
CONFLICT = 409
ROWS = 50


@dataclass(frozen=True)
class Tab:
    """A page about rights and the right that opens it."""

    name: str
    title: str | Promise
    right: str

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.name}")


BOARD = Tab("dsar_case_changelist", _("Board"), "dsar.view_case")
FIGURES = Tab("dsar_figures", _("Figures"), "dsar.view_figure")
REGISTER = Tab("dsar_register", _("Register of cases"), "dsar.view_case")
DISCLOSURES = Tab("dsar_disclosure_changelist", _("Disclosures"), "dsar.view_disclosure")
TABS = (BOARD, FIGURES, REGISTER, DISCLOSURES)


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


def today_in_baku() -> date:
    return timezone.localdate(timezone=BAKU)
