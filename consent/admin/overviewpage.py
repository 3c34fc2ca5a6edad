"""The overview: given, refused, withdrawn; as charts, and as a table for a sheet."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from consent.admin.charts import listings, weeks_chart
from consent.admin.frame import OVERVIEW, TABS
from consent.admin.words import FORMS, form_name
from consent.overview import Cell, Span, cells, each_purpose, total, weeks_until_now
from emsar.staff.exporting import Export, export_page
from emsar.staff.pages import register_page
from emsar.staff.tabs import below, let_in

LENGTHS = (4, 13, 26, 52)
USUAL = 26


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """``?weeks=26&form=cookies``; with ``&export=1`` the way to the file; else 404."""
    let_in(request, OVERVIEW.right)
    length, form = _length(request.GET.get("weeks", "")), request.GET.get("form", "")
    if form and form not in FORMS:
        raise Http404
    span = weeks_until_now(length)
    found = cells(span, form)
    if "export" in request.GET:
        return export_page(request, OverviewExport(length, form, found))
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return _page(request, span, length, form, found)


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


class OverviewExport(Export):
    """The same numbers, one line for each week, form, purpose, version and language."""

    kind = "consents"
    note = gettext_lazy("Numbers of events, and of nobody.")

    def __init__(self, length: int, form: str, found: list[Cell]) -> None:
        self.length, self.form = length, form
        self.cells = each_purpose(found)

    @property
    def title(self) -> str:
        return _("Export: consents, overview")

    @property
    def back(self) -> str:
        form = f"&form={self.form}" if self.form else ""
        return f"{OVERVIEW.address}?weeks={self.length}{form}"

    @property
    def file_name(self) -> str:
        return f"consents-{self.form or 'all'}-{self.length}-weeks"

    def count(self) -> int:
        return len(self.cells)

    def covers(self) -> list[tuple[str, str]]:
        weeks = ngettext("%(count)s week", "%(count)s weeks", self.length)
        form = form_name(self.form) if self.form else _("All forms")
        return [(_("Period"), weeks % {"count": self.length}), (_("Form"), form)]

    def headings(self, chosen: Mapping[str, Any]) -> list[str]:
        return headings()

    def lines(self, chosen: Mapping[str, Any]) -> Iterator[list[str]]:
        return map(_line, self.cells)

    def detail(self, chosen: Mapping[str, Any]) -> dict[str, str | int]:
        return {"weeks": self.length, "form": self.form}


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


register_page("consent_overview", "consent/overview/", overview)
