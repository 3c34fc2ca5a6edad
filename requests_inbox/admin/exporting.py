"""The requests of the list as a file: what stands there, and who wrote only when it is asked for.

What is blocked is passed on to nobody, so it is in no file, the officer's own included (E-8h).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from emsar.audit.models import AuditEvent
from emsar.audit.recording import event_of
from emsar.entities.businessdays import BAKU
from emsar.entities.wording import capital
from emsar.staff.exporting import BATCH, MOST, Export, PurposeForm, export_page
from emsar.staff.models import User
from emsar.subjects.models import outside_block
from requests_inbox.admin.filters import FILTERS
from requests_inbox.models import ConsultationRequest

NAME = "requests_inbox_consultationrequest_export"
NAMES = frozenset(each.parameter_name for each in FILTERS)


class RequestsForm(PurposeForm):
    """Names and addresses leave only when somebody says that they are needed."""

    contacts = forms.BooleanField(
        label=gettext_lazy("with names and email addresses"),
        help_text=gettext_lazy("Each person whose request is in the file is then noted."),
        required=False,
    )
    field_order = ("contacts", "purpose", "words")


class RequestsExport(Export):
    """The requests of the filters that are set, those that the colleague may see."""

    kind = "requests"
    purpose_form = RequestsForm
    note = gettext_lazy(
        "Words that were searched for do not count here; blocked requests stay out."
    )

    def __init__(self, model_admin: Any, request: HttpRequest) -> None:
        self.query = filters_of(request)
        request.GET = self.query
        self.list = model_admin.get_changelist_instance(request)

    @property
    def title(self) -> str:
        return _("Export: requests")

    @property
    def back(self) -> str:
        address = reverse("admin:requests_inbox_consultationrequest_changelist")
        return f"{address}?{self.query.urlencode()}" if self.query else address

    @property
    def file_name(self) -> str:
        return f"requests-{timezone.localdate(timezone=BAKU):%Y-%m-%d}"

    @property
    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.list.queryset.filter(outside_block("registered_at"))
        return found.select_related("entity", "service", "contact")

    def count(self) -> int:
        return self.rows.count()

    def covers(self) -> list[tuple[str, str]]:
        chosen = [(each, each.value()) for each in self.list.filter_specs]
        return [
            (capital(str(each.title)), _words(each.lookup_choices, value))
            for each, value in chosen
            if value
        ]

    def headings(self, chosen: Mapping[str, Any]) -> list[str]:
        contacts = [_("Name"), _("Email")] if chosen.get("contacts") else []
        return [
            _("Reference"), _("Received"), _("Reply due"), _("First reply"), _("Last reply"),
            _("Closed"), _("Status"), _("Company"), pgettext("of a request", "Service"),
            _("Language"), _("Source"),
            *contacts,
        ]  # fmt: skip

    def lines(self, chosen: Mapping[str, Any]) -> Iterator[list[str]]:
        contacts = bool(chosen.get("contacts"))
        for row in self.rows.iterator(chunk_size=BATCH):
            yield [*_facts(row), *(_contacts(row) if contacts else [])]

    def detail(self, chosen: Mapping[str, Any]) -> dict[str, str | int]:
        filters = ",".join(sorted(self.query))
        return {"contacts": int(bool(chosen.get("contacts"))), "filters": filters}

    def about_persons(self, chosen: Mapping[str, Any], *, actor: User) -> list[AuditEvent]:
        """One event a request whose person leaves under their name (E-9c)."""
        if not chosen.get("contacts"):
            return []
        rows = self.rows.only("pk", "subject_id").select_related(None)[:MOST]
        return [
            event_of("request.export", actor=actor.pk, subject=row.subject_id, obj=row)
            for row in rows
        ]


def filters_of(request: HttpRequest) -> Any:
    """The filters that are set, as an address; what was searched for may be a person's address
    and stays out of it."""
    query = request.GET.copy()
    for name in set(query) - NAMES:
        del query[name]
    return query


def export_address(request: HttpRequest) -> str:
    """Where the requests of this list are exported."""
    return f"{reverse(f'admin:{NAME}')}?{filters_of(request).urlencode()}"


def export_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """``…/export/?status=open``: for whoever works on requests."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    return export_page(request, RequestsExport(model_admin, request))


def _facts(row: ConsultationRequest) -> list[str]:
    moments = (
        *(row.received_at, row.reply_due_at, row.first_replied_at),
        *(row.replied_at, row.closed_at),
    )
    return [
        row.reference,
        *map(_moment, moments),
        row.get_status_display(),
        row.entity.text("name") if row.entity else "",
        row.service.text("name"),
        str(dict(settings.LANGUAGES).get(row.language, row.language)),
        row.get_source_display(),
    ]


def _contacts(row: ConsultationRequest) -> list[str]:
    return [row.name or "", (row.contact.value or "") if row.contact else ""]


def _moment(moment: datetime | None) -> str:
    """In Baku's time, in the form that sheets sort."""
    return f"{timezone.localtime(moment, BAKU):%Y-%m-%d %H:%M}" if moment else ""


def _words(choices: Any, value: str) -> str:
    """A filter's choice in words; an unknown one filters nothing."""
    return str({str(key): title for key, title in choices}.get(value, pgettext("a choice", "all")))
