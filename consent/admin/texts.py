from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from consent.admin.frame import TEXTS, tabs
from consent.admin.words import shown
from consent.models import ConsentText
from consent.services import text_is_as_stored
from emsar.staff.scoping import ReadOnlyAdmin


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    """The words of the forms, one row for each wording."""

    change_list_template = "admin/consent/list.html"
    list_display = ("at", "form", "language", "sha256", "hash_matches")
    ordering = ("-id",)
    fields = ("at", "form", "language", "sha256", "hash_matches", "words")
    readonly_fields = fields

    class Media:
        css = {"all": ("retention/admin.css", "consent/admin.css")}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**tabs(request, TEXTS), **(extra_context or {})})

    @admin.display(boolean=True, description=_("hash recomputed"))
    def hash_matches(self, text: ConsentText) -> bool:
        return text_is_as_stored(text)

    @admin.display(description=_("words shown"))
    def words(self, text: ConsentText) -> SafeString:
        return shown(text)
