"""The register of cases: every skeleton that is kept, as a page, a table for a sheet, and a PDF."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dsar.admin.frame import REGISTER, UNPROCESSABLE, cut, frame, let_in, today_in_baku
from dsar.admin.printing import pdf
from dsar.admin.words import left_words
from dsar.clocks import earlier, local_day
from dsar.figures import MONTHS
from dsar.models import Case
from emsar.audit import record
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.staff.models import User
from emsar.staff.pages import register_page
from emsar.staff.spreadsheets import guarded
from requests_inbox.references import normalise_reference

# As many as one file may have; a year of a busy group is far below.
MOST = 20_000
# The columns for which a page has room, by their place; the files have all of them.
SHOWN = (0, 1, 3, 5, 6, 8, 9, 10, 11)
# The columns that hold a day.
DAYS = (3, 4, 5, 6, 7, 9)
_ONE_DAY = timedelta(days=1)


class SpanForm(forms.Form):
    """The days of receipt that the register covers, both included; and one reference."""

    since = forms.DateField(
        label=gettext_lazy("Received from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"since", "until"} <= data.keys() and data["since"] > data["until"]:
            self.add_error("until", _("The last day lies before the first."))
        return data

    def rows(self) -> QuerySet[Case]:
        """The cases, oldest first."""
        data = self.cleaned_data
        if data["reference"].strip():
            named = Case.objects.filter(reference=normalise_reference(data["reference"]))
            return named.order_by("pk")
        begins = datetime.combine(data["since"], time(), BAKU)
        # The day after the last one may lie beyond all calendars.
        found = Case.objects.filter(received_at__gte=begins)
        if data["until"] < date.max:
            found = found.filter(
                received_at__lt=datetime.combine(data["until"] + _ONE_DAY, time(), BAKU)
            )
        return found.order_by("received_at", "pk")


@dataclass(frozen=True)
class Row:
    """A case in words; days in the ISO form that sheets sort, and as people read them."""

    case: Case
    cells: tuple[str, ...]

    @property
    def read(self) -> list[str]:
        """The cells as people read them."""
        return [
            f"{date.fromisoformat(cell):%d.%m.%Y}" if cell and place in DAYS else cell
            for place, cell in enumerate(self.cells)
        ]

    @property
    def shown(self) -> list[tuple[str, bool]]:
        """The cells for which a page has room, and whether each is a day."""
        return [(self.read[place], place in DAYS) for place in SHOWN]


def headings() -> list[str]:
    """What stands above each column."""
    return [
        _("Reference"), _("Kind"), _("How it came"), _("Received"), _("Identity proved"),
        _("Promised until"), _("Due by law"), _("Extended"), _("Status"), _("Completed"),
        _("Outcome"), _("In time"),
    ]  # fmt: skip


def row_of(case: Case) -> Row:
    """No name, no address, nothing that was written: the skeleton alone."""
    return Row(
        case,
        (
            case.reference,
            case.get_kind_display(),
            case.get_channel_display(),
            _day(case.received_at),
            _day(case.verified_at),
            case.promise_due.isoformat(),
            case.statutory_due.isoformat() if case.statutory_due else "",
            _day(case.extended_at),
            case.get_status_display(),
            _day(case.closed_at),
            case.get_outcome_display() if case.outcome else "",
            in_time_words(case),
        ),
    )


def in_time_words(case: Case) -> str:
    """Whether both terms were kept; for one that runs, how it stands."""
    due = earlier(case.promise_due, case.statutory_due)
    if case.closed_at is None:
        return left_words(due).text
    return _("yes") if local_day(case.closed_at) <= due else _("no")


def _day(moment: datetime | None) -> str:
    return local_day(moment).isoformat() if moment else ""


def asked(given: dict[str, str]) -> dict[str, str]:
    """What the address asks for; without days, the twelve months of the figures until today."""
    today = today_in_baku()
    since = add_calendar_months(today.replace(day=1), 1 - MONTHS)
    year = {"since": since.isoformat(), "until": today.isoformat(), "reference": ""}
    return {**year, **{name: text for name, text in given.items() if text}}


@require_safe
def register_view(request: HttpRequest) -> HttpResponse:
    """``?since=&until=`` or ``?reference=``; ``&format=csv|pdf`` for the file, which is audited."""
    user = let_in(request, REGISTER.right)
    form = SpanForm(asked(request.GET.dict()), label_suffix="")
    if not form.is_valid():
        return _page(request, form, None, UNPROCESSABLE)
    match request.GET.get("format", "html"):
        case "html":
            return _page(request, form, form.rows())
        case "csv" | "pdf" as kind:
            return _file(user, form, kind)
    raise Http404


def _page(
    request: HttpRequest, form: SpanForm, rows: QuerySet[Case] | None, status: int = 200
) -> HttpResponse:
    page = cut(rows.reverse() if rows is not None else Case.objects.none(), request)
    found = [row_of(case) for case in page]
    if rows is not None:
        record("case.list", actor=request.user.pk, detail={"rows": len(found)})
    context = frame(
        request,
        REGISTER,
        _("Register of cases"),
        form=form,
        page=page,
        rows=found,
        headings=[headings()[place] for place in SHOWN],
        query=_query(form) if form.is_valid() else "",
    )
    return TemplateResponse(request, "admin/dsar/register.html", context, status=status)


def _query(form: SpanForm) -> str:
    """The span for the links to the files and to the other pages of the list."""
    data = form.cleaned_data
    reference = normalise_reference(data["reference"])
    if reference:
        return f"reference={reference}" if reference.replace("-", "").isalnum() else ""
    return f"since={data['since']:%Y-%m-%d}&until={data['until']:%Y-%m-%d}"


def _file(user: User, form: SpanForm, kind: str) -> HttpResponse:
    rows = [row_of(case) for case in form.rows()[:MOST]]
    first, last = form.cleaned_data["since"], form.cleaned_data["until"]
    detail: dict[str, str | int] = {
        "format": kind, "rows": len(rows), "since": str(first), "until": str(last)
    }  # fmt: skip
    record("case.register", actor=user.pk, detail=detail)
    content = _csv(rows) if kind == "csv" else pdf(headings(), [row.read for row in rows],
                                                   first, last)  # fmt: skip
    types = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}
    name = f"cases-{first:%Y-%m-%d}-{last:%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=types[kind], headers=headers)


def _csv(rows: list[Row]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(heading) for heading in headings()])
    writer.writerows([guarded(cell) for cell in row.cells] for row in rows)
    return text.getvalue().encode("utf-8-sig")


register_page("dsar_register", "dsar/register/", register_view)
