"""Transfers between the companies, for the DPO (E-6.1a)."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from emsar.staff.models import User
from emsar.staff.permissions import allow
from emsar.staff.viewing import ViewedAdmin, short_moment
from requests_inbox.admin.columns import nothing
from requests_inbox.admin.history import company_name, field_words
from requests_inbox.models import ConsultationRequest, Transfer

allow(("dpo",), "requests_inbox.transfer", "view")


@admin.register(Transfer)
class TransferAdmin(ViewedAdmin):
    """Which data went from which company to which, when and why; as it was written then."""

    audit_name = "transfer"
    list_display = ("when", "way", "why", "what", "by", "about", "as_written")
    list_filter = ("reason",)
    search_fields = ("=request", "=subject")
    search_help_text = _("The UUID of the request or the data subject.")
    ordering = ("-id",)
    list_per_page = 50
    fields = ("when", "way", "why", "what", "by", "about", "as_written", "uid")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        actors = User.objects.filter(pk=OuterRef("actor")).values("username")
        requests = ConsultationRequest.objects.filter(pk=OuterRef("request")).values("reference")
        rows = super().get_queryset(request)
        return rows.annotate(actor_name=Subquery(actors), reference=Subquery(requests))

    def subject_of(self, obj: Transfer) -> UUID | None:
        return obj.subject

    @admin.display(description=_("when"), ordering="at")
    def when(self, row: Transfer) -> str:
        return short_moment(row.at)

    @admin.display(description=_("from and to"))
    def way(self, row: Transfer) -> str:
        return f"{company_name(row.from_entity)} → {company_name(row.to_entity)}"

    @admin.display(description=_("reason"))
    def why(self, row: Transfer) -> str:
        return row.get_reason_display()

    @admin.display(description=_("fields"))
    def what(self, row: Transfer) -> str:
        return ", ".join(field_words(row.fields))

    @admin.display(description=_("by"))
    def by(self, row: Any) -> str:
        return row.actor_name or "—"

    @admin.display(description=_("request"))
    def about(self, row: Any) -> str:
        if row.reference is None:
            return nothing(gettext("no longer kept"))
        name = "admin:requests_inbox_consultationrequest_change"
        address = reverse(name, args=[row.request])
        return format_html('<a href="{}">{}</a>', address, row.reference)

    @admin.display(boolean=True, description=_("as written"))
    def as_written(self, row: Transfer) -> bool:
        return row.intact()
