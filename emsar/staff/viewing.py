"""Admin pages that show personal data: every look at them is an audit event (E-9c)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.audit.recording import event_of
from emsar.entities.wording import capital
from emsar.staff.scoping import ReadOnlyAdmin


class ViewedAdmin(ReadOnlyAdmin):
    """Looks, changes nothing, and leaves a trace.

    ``audit_name`` names the events: ``<name>.list`` with the number of rows once a list page,
    ``<name>.found`` for each row that a search found, and ``<name>.view`` for one row.
    """

    audit_name: ClassVar[str]
    # What somebody searched for may be an address: it must not travel on in other addresses.
    preserve_filters = False

    def subject_of(self, obj: Any) -> UUID | None:
        """The data subject whom a row is about; None where it is about nobody."""
        return None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": capital(str(self.opts.verbose_name_plural))}
        response = super().changelist_view(request, {**title, **(extra_context or {})})
        record_list(self.audit_name, request, response, self.subject_of)
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        event, actor = f"{self.audit_name}.view", request.user.pk
        record(event, actor=actor, subject=self.subject_of(obj), obj=obj)
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own log is not written; who did what stands in the audit."""
        raise Http404


def short_moment(moment: datetime | None) -> str:
    """``22.11.2026 18:00`` in Asia/Baku; a dash for none."""
    return date_format(timezone.localtime(moment), "d.m.Y H:i") if moment else "—"


def record_list(
    name: str,
    request: HttpRequest,
    response: HttpResponseBase,
    subject_of: Callable[[Any], UUID | None],
) -> None:
    """One event for a list page that is about to be shown; none for a redirect.

    What a search found is an event of each person's as well: whoever looks for somebody has seen
    them without opening anything.
    """
    shown = (getattr(response, "context_data", None) or {}).get("cl")
    if shown is None:
        return
    # The page shows this very query set, so going through its rows costs no second query.
    rows = list(shown.result_list)
    record(f"{name}.list", actor=request.user.pk, detail={"rows": len(rows)})
    if shown.query:
        found = [(subject_of(row), row) for row in rows]
        AuditEvent.objects.bulk_create(
            event_of(f"{name}.found", actor=request.user.pk, subject=subject, obj=row)
            for subject, row in found
            if subject is not None
        )
