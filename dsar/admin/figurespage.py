"""The figures of a month, for the officer and the auditor; counts, and nothing about anybody."""

import re
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dsar.admin.charts import BASE, HEIGHT, WIDTH, kind_bars, month_bars
from dsar.admin.frame import FIGURES, frame, let_in, today_in_baku
from dsar.figures import figures_of
from emsar.entities.businessdays import add_calendar_months
from emsar.staff.pages import register_page

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """``?month=2026-11``, else the month that is; 404 for one that is none or is to come."""
    let_in(request, FIGURES.right)
    today = today_in_baku().replace(day=1)
    month = month_of(request.GET["month"]) if "month" in request.GET else today
    if month is None or month > today:
        raise Http404
    figures = figures_of(month)
    following = add_calendar_months(month, 1)
    context = frame(
        request,
        FIGURES,
        _("Rights of persons: figures"),
        figures=figures,
        kinds=kind_bars(figures),
        months=month_bars(figures),
        any_month=any(line.received or line.answered for line in figures.months.values()),
        drawing={"width": WIDTH, "height": HEIGHT, "base": BASE},
        previous=list(figures.months)[-2],
        following=following if following <= today else None,
    )
    return TemplateResponse(request, "admin/dsar/figures.html", context)


def month_of(text: str) -> date | None:
    """The first day of a month such as 2026-11; None for anything else."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


register_page("dsar_figures", "dsar/figures/", figures_page)
