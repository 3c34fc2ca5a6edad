"""The list of requests: most urgent first, found however people remember them."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.staff.scoping import AuditedAdmin
from emsar.staff.viewing import record_list
from requests_inbox.admin.actions import close_as_duplicate, close_as_spam, take
from requests_inbox.admin.columns import RequestColumns
from requests_inbox.admin.exporting import export_address
from requests_inbox.admin.figures import figures, is_open
from requests_inbox.admin.filters import FILTERS
from requests_inbox.admin.search import search

ROWS = 50


class RequestChangeList(ChangeList):
    """Leaves the long texts in the database: the list shows none of them."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return super().get_queryset(request, *args, **kwargs).defer("project", "search_keys")


class RequestList(RequestColumns, AuditedAdmin):
    """The list and what stands around it."""

    list_filter = FILTERS
    # What the heads of the columns mark as sorted: none of them, see ``get_ordering``.
    ordering = ("-registered_at",)
    list_per_page = ROWS
    list_max_show_all = ROWS
    list_select_related = ("entity", "service", "assigned_to", "writing_by", "subject")
    search_fields = ("reference",)
    search_help_text = gettext_lazy(
        "Reference, email address or phone number, or whole words of the name or company."
    )
    show_full_result_count = False
    # What somebody searched for may be an address: it must not travel on in other addresses.
    preserve_filters = False
    actions = (take, close_as_spam, close_as_duplicate)
    change_list_template = "admin/inbox/list.html"

    class Media:
        css = {"all": ("requests_inbox/admin.css",)}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RequestChangeList

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Open ones by what is due first, then the others, newest first."""
        closed = Case(When(is_open(), then=Value(0)), default=Value(1))
        due = Case(When(is_open(), then=F("reply_due_at")), output_field=DateTimeField())
        return [closed, due, "-registered_at"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search(queryset, search_term), False  # type: ignore[arg-type] # ours has the words

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rows: Any = self.get_queryset(request)
        context = {"title": _("Requests"), **(extra_context or {})}
        context["export_address"] = export_address(request)
        if request.method != "POST":
            context["figures"] = figures(rows, timezone.now())
        response = super().changelist_view(request, context)
        record_list("request", request, response, lambda row: row.subject_id)
        return response
