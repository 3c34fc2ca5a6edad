"""Taking data out of the administration: for a purpose, with the second factor, and noted (E-4h).

Every file goes this way. The page says what will be in it and asks what for; the audit event
``staff.export`` holds the kind, the number of rows and the code of the purpose, and is written
before the first byte leaves. Files are UTF-8 with the mark by which spreadsheets know it.
"""

import csv
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from io import StringIO
from itertools import islice
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.audit.notices import notify_role
from emsar.staff.access.stepup import stepped_up
from emsar.staff.acting import acting_user
from emsar.staff.models import Role, User
from emsar.staff.rows import of_member
from emsar.staff.spreadsheets import guarded

# As many as one file may have; a year of a busy group is far below.
MOST = 20_000
# Up to here a file is made at once; above, its lines are sent while they are read.
FEW = 1_000
BATCH = 500
MAX_WORDS = 500
CSV = "csv"
TYPES = {CSV: "text/csv; charset=utf-8", "pdf": "application/pdf"}

Line = Sequence[str]
Render = Callable[[list[str], list[Line]], bytes]


class Purpose(models.TextChoices):
    """What a file is for; none of them is advertising (E-4h)."""

    WORK = "work", gettext_lazy("planning our own work")
    PERSON = "person", gettext_lazy("answering a person about their data")
    REPORT = "report", gettext_lazy("figures and reports without names")
    AUTHORITY = "authority", gettext_lazy("at the request of an authority or a court")
    REVIEW = "review", gettext_lazy("a review of security or of data protection")
    OTHER = "other", gettext_lazy("something else")


class PurposeForm(forms.Form):
    """What the file is for. The words for something else are mailed to the officer, not kept."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What is the file for?"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("If it is something else: what?"),
        help_text=gettext_lazy(
            "Mailed to the data protection officer and not kept here. Please name no person."
        ),
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    format = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("purpose") == Purpose.OTHER and not data.get("words"):
            self.add_error("words", _("Please say what the file is for."))
        return data


class Export(ABC):
    """One file that somebody may take out. The caller has looked whether they may.

    ``formats`` are what it can be had as, besides CSV; a renderer gets all lines at once.
    """

    kind: ClassVar[str]
    purpose_form: ClassVar[type[PurposeForm]] = PurposeForm
    formats: ClassVar[Mapping[str, Any]] = {}
    note: ClassVar[Any] = ""

    @property
    @abstractmethod
    def title(self) -> str:
        """What the page is called."""

    @property
    @abstractmethod
    def back(self) -> str:
        """The page that it was asked for on."""

    @property
    @abstractmethod
    def file_name(self) -> str:
        """Without its ending, and without anything personal."""

    @abstractmethod
    def count(self) -> int:
        """How many lines the file will have, its head left out."""

    @abstractmethod
    def headings(self, chosen: Mapping[str, Any]) -> list[str]:
        """What stands above each column, in the active language."""

    @abstractmethod
    def lines(self, chosen: Mapping[str, Any]) -> Iterator[Line]:
        """The lines themselves; asked in the active language and in the reader's scope."""

    def covers(self) -> list[tuple[str, str]]:
        """What was chosen, in words: the span, the filters."""
        return []

    def detail(self, chosen: Mapping[str, Any]) -> Mapping[str, str | int]:
        """What the audit event holds besides: codes and numbers."""
        return {}

    def about_persons(self, chosen: Mapping[str, Any], *, actor: User) -> list[AuditEvent]:
        """The events of the persons whose data leave under their names, not yet written."""
        return []


def export_page(request: HttpRequest, export: Export) -> HttpResponse:
    """GET asks what for; POST answers with the file, after the second factor.

    422 for a purpose that is missing.
    """
    if request.method != "POST":
        return _page(request, export, export.purpose_form(label_suffix=""))
    form = export.purpose_form(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, export, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _delivered(request, export, form.cleaned_data)


def _page(
    request: HttpRequest, export: Export, form: PurposeForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    rows = export.count()
    context = {
        **admin.site.each_context(request),
        "title": export.title,
        "export": export,
        "form": form,
        "rows": min(rows, MOST),
        "is_cut": rows > MOST,
        "covers": export.covers(),
        "headings": export.headings({}),
        "formats": [CSV, *export.formats],
    }
    return TemplateResponse(request, "admin/export/page.html", context, status=status)


@stepped_up
def _delivered(request: HttpRequest, export: Export, chosen: Mapping[str, Any]) -> HttpResponse:
    """The file; what is noted about it is committed with this answer, before its first byte."""
    user = acting_user(request)
    wanted = chosen["format"] if chosen["format"] in export.formats else CSV
    count = min(export.count(), MOST)
    answer: HttpResponseBase
    if wanted == CSV and count > FEW:
        answer = _streamed(export, chosen, user)
    else:
        with of_member(user):
            found = list(islice(export.lines(chosen), MOST))
        count, answer = len(found), HttpResponse(_content(export, chosen, wanted, found))
    _note(export, chosen, wanted, count, user)
    answer.headers["Content-Type"] = TYPES[wanted]
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}.{wanted}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[return-value] # a stream is none, and nobody above minds


def _note(export: Export, chosen: Mapping[str, Any], wanted: str, rows: int, user: User) -> None:
    purpose = chosen["purpose"]
    detail = {"kind": export.kind, "rows": rows, "purpose": purpose, "format": wanted}
    with of_member(user):
        event = record("staff.export", actor=user.pk, detail={**detail, **export.detail(chosen)})
        AuditEvent.objects.bulk_create(export.about_persons(chosen, actor=user))
        if purpose == Purpose.OTHER:
            _tell_officers(export, chosen["words"], rows, user, event)


def _tell_officers(export: Export, words: str, rows: int, user: User, event: AuditEvent) -> None:
    """Whoever takes data out for something unforeseen tells the officer what for."""
    # Said when the mail is written, which is in the language of its reader.
    title = lazy(lambda: export.title, str)()
    context = {"what": title, "username": user.username, "rows": rows, "words": words}
    notify_role(Role.DPO, "staff_export", context, key=f"export:{event.uid}")


def _content(export: Export, chosen: Mapping[str, Any], wanted: str, found: list[Line]) -> bytes:
    headings = export.headings(chosen)
    if wanted != CSV:
        rendered: bytes = export.formats[wanted](export, headings, found)
        return rendered
    return _sheet([headings, *found], begins=True)


def _streamed(export: Export, chosen: Mapping[str, Any], user: User) -> StreamingHttpResponse:
    language = translation.get_language() or ""
    return StreamingHttpResponse(_batches(export, chosen, user, language))


def _batches(
    export: Export, chosen: Mapping[str, Any], user: User, language: str
) -> Iterator[bytes]:
    """The lines in a transaction and a scope of their own: those of the request are over."""
    with of_member(user):
        lines = islice(export.lines(chosen), MOST)
        with translation.override(language):
            batch: list[Line] = [export.headings(chosen)]
        begins = True
        while batch:
            yield _sheet(batch, begins=begins)
            begins = False
            with translation.override(language):
                batch = list(islice(lines, BATCH))


def _sheet(lines: Iterable[Line], *, begins: bool) -> bytes:
    """Lines for a spreadsheet, none of whose cells is a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows([guarded(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig" if begins else "utf-8")
