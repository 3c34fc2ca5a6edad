"""The register of cases: every skeleton that is kept, as a page, a table for a sheet, and a PDF."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dsar.admin.frame import REGISTER, UNPROCESSABLE, cut, frame, let_in, today_in_baku
from dsar.admin.printing import pdf
from dsar.admin.words import left_words
from dsar.clocks import earlier, local_day
from dsar.figures import MONTHS
from dsar.models import Case
from emsar.audit import record
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.entities.wording import day_text
from emsar.staff.exporting import BATCH, Export, export_page
from emsar.staff.pages import register_page
from requests_inbox.references import normalise_reference

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
        return as_read(self.cells)

    @property
    def shown(self) -> list[tuple[str, bool]]:
        """The cells for which a page has room, and whether each is a day."""
        return [(self.read[place], place in DAYS) for place in SHOWN]


def as_read(cells: Sequence[str]) -> list[str]:
    """Cells with their days as people write them."""
    return [
        f"{date.fromisoformat(cell):%d.%m.%Y}" if cell and place in DAYS else cell
        for place, cell in enumerate(cells)
    ]


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


@require_http_methods(["GET", "HEAD", "POST"])
def register_view(request: HttpRequest) -> HttpResponse:
    """``?since=&until=`` or ``?reference=``: the list; with ``&export=1`` the way to its file."""
    let_in(request, REGISTER.right)
    form = SpanForm(asked(request.GET.dict()), label_suffix="")
    if not form.is_valid():
        return _page(request, form, None, UNPROCESSABLE)
    if "export" in request.GET:
        return export_page(request, RegisterExport(form))
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return _page(request, form, form.rows())


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


class RegisterExport(Export):
    """The register as a sheet, or on paper."""

    kind = "cases"
    formats: ClassVar = {
        "pdf": lambda export, headings, lines: pdf(headings, _read(lines), *export.span)
    }
    note = gettext_lazy("The register names no person.")

    def __init__(self, form: SpanForm) -> None:
        self.form = form
        self.rows = form.rows()

    @property
    def span(self) -> tuple[date, date]:
        data = self.form.cleaned_data
        return data["since"], data["until"]

    @property
    def title(self) -> str:
        return _("Export: register of cases")

    @property
    def back(self) -> str:
        return f"{REGISTER.address}?{_query(self.form)}"

    @property
    def file_name(self) -> str:
        first, last = self.span
        return f"cases-{first:%Y-%m-%d}-{last:%Y-%m-%d}"

    def count(self) -> int:
        return self.rows.count()

    def covers(self) -> list[tuple[str, str]]:
        reference = self.form.cleaned_data["reference"]
        if reference:
            return [(_("Reference"), normalise_reference(reference))]
        return [(_("Received"), " – ".join(day_text(day) for day in self.span))]

    def headings(self, chosen: Mapping[str, Any]) -> list[str]:
        return headings()

    def lines(self, chosen: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
        return (row_of(case).cells for case in self.rows.iterator(chunk_size=BATCH))

    def detail(self, chosen: Mapping[str, Any]) -> dict[str, str | int]:
        first, last = self.span
        return {"since": str(first), "until": str(last)}


def _read(lines: Iterable[Sequence[str]]) -> list[list[str]]:
    return [as_read(cells) for cells in lines]


register_page("dsar_register", "dsar/register/", register_view)
