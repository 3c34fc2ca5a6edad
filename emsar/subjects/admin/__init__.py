"""Persons in the admin: for the DPO alone, who blocks, merges and notes objections."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from emsar.staff.permissions import allow
from emsar.staff.viewing import ViewedAdmin, short_moment
from emsar.subjects.admin.looks import looks_view
from emsar.subjects.admin.pages import VERBS, find_subject, show, shown
from emsar.subjects.admin.search import find_subjects
from emsar.subjects.models import DataSubject

allow(("dpo",), "subjects.datasubject", "view")


@admin.register(DataSubject)
class DataSubjectAdmin(ViewedAdmin):
    """Everybody of whom we hold something, as a random number with its addresses (E-2c, E-8b)."""

    audit_name = "subject"
    list_display = ("number", "addresses", "known_since", "blocked")
    list_filter = (("blocked_at", admin.EmptyFieldListFilter),)
    list_per_page = 50
    ordering = ("-created_at",)
    search_fields = ("pk",)
    search_help_text = _("Email address, phone number, or the number of the data subject.")
    show_full_result_count = False

    def subject_of(self, obj: DataSubject) -> UUID:
        found: UUID = obj.pk
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("identifiers")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return find_subjects(queryset, search_term), False  # type: ignore[arg-type] # it is ours

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<uuid:pk>/{name}/",
                self.admin_site.admin_view(partial(view, self)),
                name=f"subjects_datasubject_{name}",
            )
            for name, view in {**VERBS, "looks": looks_view}.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            subject = find_subject(self, request, unquote(object_id))
        except ValidationError:
            raise Http404 from None
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return show(self, request, subject)

    @admin.display(description=_("number"))
    def number(self, subject: DataSubject) -> str:
        return str(subject)

    @admin.display(description=_("addresses"))
    def addresses(self, subject: DataSubject) -> str:
        return ", ".join(shown(identifier) for identifier in subject.identifiers.all()) or "—"

    @admin.display(description=_("known since"), ordering="created_at")
    def known_since(self, subject: DataSubject) -> str:
        return short_moment(subject.created_at)

    @admin.display(description=_("block"), ordering="blocked_at")
    def blocked(self, subject: DataSubject) -> str:
        if subject.blocked_at is None:
            return "—"
        return format_html('<span class="badge badge--overdue">{}</span>', _("blocked"))
