"""The accounting documents, to look at: they outlive their requests (E-7.2c)."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from emsar.entities.wording import day_text
from emsar.staff.models import User
from emsar.staff.permissions import allow
from emsar.staff.viewing import ViewedAdmin, short_moment
from requests_inbox.admin.clock import kept_words
from requests_inbox.admin.columns import nothing
from requests_inbox.models import AccountingDocument, ConsultationRequest

allow(("dpo", "entity_staff"), "requests_inbox.accountingdocument", "view")


@admin.register(AccountingDocument)
class AccountingDocumentAdmin(ViewedAdmin):
    """Company staff see their company's, the DPO all of them; they are classed on the request."""

    audit_name = "document"
    list_display = ("what", "when", "entity", "law", "kept", "about")
    list_filter = ("entity", "legal_reference")
    list_select_related = ("entity", "legal_reference")
    ordering = ("-at", "pk")
    list_per_page = 50
    fields = ("what", "when", "entity", "law", "words", "about", "classed", "by", "why", "kept")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the key of the request, where it is still there and this user may see it."""
        requests = ConsultationRequest.objects.visible_to(request.user)
        still = requests.filter(pk=OuterRef("request")).order_by().values("pk")
        actors = User.objects.filter(pk=OuterRef("classed_by")).values("username")
        rows = super().get_queryset(request)
        return rows.annotate(still=Subquery(still), actor_name=Subquery(actors))

    def subject_of(self, obj: AccountingDocument) -> UUID | None:
        return obj.subject_id

    @admin.display(description=_("what it is"))
    def what(self, row: AccountingDocument) -> str:
        return row.title or "—"

    @admin.display(description=_("date of the document"), ordering="at")
    def when(self, row: AccountingDocument) -> str:
        return short_moment(row.at)

    @admin.display(description=_("legal reference"))
    def law(self, row: AccountingDocument) -> str:
        return row.legal_reference.text("title")

    @admin.display(description=_("last day kept"), ordering="destroy_after")
    def kept(self, row: AccountingDocument) -> str:
        if row.destroy_after is None:
            return gettext("counted from the end of the contract")
        return kept_words(row.destroy_after)

    @admin.display(description=_("counted from"))
    def why(self, row: AccountingDocument) -> str:
        """The base of its years: the last day of the correspondence that it comes from."""
        return day_text(row.counted_from) if row.counted_from else "—"

    @admin.display(description=_("words"))
    def words(self, row: AccountingDocument) -> str:
        return format_html('<div class="words entry-body" dir="auto">{}</div>', row.text or "")

    @admin.display(description=_("classed"))
    def classed(self, row: AccountingDocument) -> str:
        return short_moment(row.classed_at)

    @admin.display(description=_("by"))
    def by(self, row: Any) -> str:
        return row.actor_name or "—"

    @admin.display(description=_("request"))
    def about(self, row: Any) -> str:
        if row.still is None:
            return nothing(row.reference)
        name = "admin:requests_inbox_consultationrequest_change"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[row.still]), row.reference)
