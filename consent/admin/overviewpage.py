"""The overview: given, refused, withdrawn; as charts, and as a table for a sheet."""

import csv
from io import StringIO

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.admin.charts import listings, weeks_chart
from consent.admin.frame import OVERVIEW, TABS
from consent.admin.words import FORMS
from consent.overview import Cell, Span, cells, each_purpose, total, weeks_until_now
from emsar.audit import record
from emsar.staff.models import User
from emsar.staff.pages import register_page
from emsar.staff.spreadsheets import guarded
from emsar.staff.tabs import below, let_in

LENGTHS = (4, 13, 26, 52)
USUAL = 26


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """``?weeks=26&form=cookies``; ``&format=csv`` for the file, which is audited; else 404."""
    user = let_in(request, OVERVIEW.right)
    length, form = _length(request.GET.get("weeks", "")), request.GET.get("form", "")
    if form and form not in FORMS:
        raise Http404
    span = weeks_until_now(length)
    found = cells(span, form)
    match request.GET.get("format", "html"):
        case "html":
            return _page(request, span, length, form, found)
        case "csv":
            return _file(user, length, form, found)
    raise Http404


def _length(text: str) -> int:
    if text and text not in {str(length) for length in LENGTHS}:
        raise Http404
    return int(text or USUAL)


def _page(
    request: HttpRequest, span: Span, length: int, form: str, found: list[Cell]
) -> HttpResponse:
    context = below(
        request,
        TABS,
        OVERVIEW,
        _("Consents: overview"),
        lengths=LENGTHS,
        length=length,
        forms=FORMS,
        form=form,
        span=span,
        total=total(found),
        chart=weeks_chart(found, span) if found else None,
        listings=listings(found, of_one_form=bool(form)),
    )
    return TemplateResponse(request, "admin/consent/overview.html", context)


def _file(user: User, length: int, form: str, found: list[Cell]) -> HttpResponse:
    """The same numbers, one line for each week, form, purpose, version and language."""
    lines = [_line(cell) for cell in each_purpose(found)]
    detail: dict[str, str | int] = {
        "format": "csv", "rows": len(lines), "weeks": length, "form": form
    }  # fmt: skip
    record("consent.overview", actor=user.pk, detail=detail)
    name = f"consents-{form or 'all'}-{length}-weeks.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(_csv(lines), content_type="text/csv; charset=utf-8", headers=headers)


def headings() -> list[str]:
    """What stands above each column of the file."""
    return [
        _("Week from"), _("Form"), _("Purpose"), _("Policy version"), _("Language"),
        _("Given"), _("Withdrawn"), _("Refused"),
    ]  # fmt: skip


def _line(cell: Cell) -> list[str]:
    """Codes rather than words, so that files of different people can be put together."""
    tally = cell.tally
    named = [cell.week.isoformat(), cell.form, cell.purposes[0], cell.version, cell.language]
    return [*named, str(tally.given), str(tally.withdrawn), str(tally.refused)]


def _csv(lines: list[list[str]]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows([guarded(cell) for cell in line] for line in [headings(), *lines])
    return text.getvalue().encode("utf-8-sig")


register_page("consent_overview", "consent/overview/", overview)
