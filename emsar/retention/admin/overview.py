"""The page of the rules: what is kept for how long, and what becomes of it; counts only."""

from dataclasses import dataclass
from datetime import date

from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from emsar.entities.businessdays import BAKU
from emsar.retention.admin.frame import OVERVIEW, act_address, frame, let_in, tabs_of
from emsar.retention.figures import Figures, all_figures
from emsar.retention.leaving import today_in_baku, weeks
from emsar.retention.models import DestructionLine
from emsar.retention.orders import open_orders, overdue_orders
from emsar.staff.acting import acting_user
from emsar.staff.pages import register_page

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Bar:
    """A week of the chart; ``width`` is in hundredths of the longest bar."""

    first: date
    last: date
    count: int
    width: int


@dataclass(frozen=True)
class Act:
    """A month in which something was destroyed, and where its act is printed."""

    month: date
    address: str


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """For the officer and the auditor; others are led to the first page that is theirs."""
    others = tabs_of(acting_user(request))
    if OVERVIEW not in others and others:
        return redirect(others[0].address)
    let_in(request, OVERVIEW.right)
    found = all_figures()
    context = frame(
        request,
        OVERVIEW,
        _("Retention"),
        figures=found,
        bars=bars(found),
        acts=acts(),
        orders={"open": open_orders().count(), "overdue": overdue_orders().count()},
    )
    return TemplateResponse(request, "admin/retention/overview.html", context)


def bars(found: list[Figures]) -> list[Bar]:
    """What leaves in each of the next weeks, over all rules of records."""
    counted = weeks([figures.days for figures in found], today_in_baku())
    most = max(count for _first, _last, count in counted) or 1
    return [Bar(first, last, count, _width(count, most)) for first, last, count in counted]


def _width(count: int, most: int) -> int:
    """A bar of something is never too thin to be seen."""
    return max(round(count * 100 / most), 1) if count else 0


def acts() -> list[Act]:
    """The last months in which something was destroyed, where acts are printed."""
    month = TruncMonth("at", tzinfo=BAKU)
    found = DestructionLine.objects.order_by().values_list(month, flat=True).distinct()
    days = sorted((moment.date() for moment in found), reverse=True)[:MONTHS_SHOWN]
    made = [Act(day, act_address("month", f"{day:%Y-%m}")) for day in days]
    return [act for act in made if act.address]


register_page("retention_overview", "retention/", overview)
