"""What the officer's pages about rights have in common: tabs by right, titles, the day in Baku."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.entities.businessdays import BAKU
from emsar.staff.tabs import Tab, below, cut, let_in, permitted
from emsar.staff.verbpage import CONFLICT, UNPROCESSABLE

__all__ = ["CONFLICT", "UNPROCESSABLE", "cut", "frame", "let_in", "tabs_of", "today_in_baku"]

BOARD = Tab("dsar_case_changelist", _("Board"), "dsar.view_case")
FIGURES = Tab("dsar_figures", _("Figures"), "dsar.view_figure")
REGISTER = Tab("dsar_register", _("Register of cases"), "dsar.view_case")
DISCLOSURES = Tab("dsar_disclosure_changelist", _("Disclosures"), "dsar.view_disclosure")
TABS = (BOARD, FIGURES, REGISTER, DISCLOSURES)


def tabs_of(user: Any) -> list[Tab]:
    """The pages that somebody may open, in their order."""
    return permitted(TABS, user)


def frame(request: HttpRequest, tab: Tab, title: object, **more: Any) -> dict[str, Any]:
    """The context of a page below a tab."""
    return below(request, TABS, tab, title, **more)


def today_in_baku() -> date:
    return timezone.localdate(timezone=BAKU)
