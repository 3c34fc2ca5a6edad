from uuid import UUID

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from consent.models import ConsentEvent, ConsentText
from consent.services import text_is_as_stored
from emsar.staff.permissions import allow
from emsar.staff.scoping import ReadOnlyAdmin
from emsar.staff.viewing import ViewedAdmin

allow(("dpo",), "consent.consentevent", "view")
allow(("dpo", "auditor"), "consent.consenttext", "view")


@admin.register(ConsentEvent)
class ConsentEventAdmin(ViewedAdmin):
    """Every consent and withdrawal, with the words exactly as they were shown (E-1l, E-5a)."""

    audit_name = "consent"
    list_display = ("at", "kind", "method", "form", "language", "version", "intact")
    list_filter = ("kind", "method", "language", "version")
    search_fields = ("=uid", "=subject", "=about")
    ordering = ("-id",)
    fields = (
        *("uid", "at", "kind", "method", "subject", "about", "form", "language"),
        *("policy", "version", "agreed_purposes", "controllers"),
        *("text_sha256", "hash_matches", "intact", "words_shown"),
    )
    readonly_fields = fields

    def subject_of(self, obj: ConsentEvent) -> UUID | None:
        return obj.subject

    @admin.display(boolean=True, description=_("as written"))
    def intact(self, event: ConsentEvent) -> bool:
        return event.intact()

    @admin.display(description=_("purposes"))
    def agreed_purposes(self, event: ConsentEvent) -> str:
        labels = dict(ConsentEvent.Purpose.choices)
        return "; ".join(str(labels.get(code, code)) for code in event.purposes)

    @admin.display(boolean=True, description=_("hash recomputed"))
    def hash_matches(self, event: ConsentEvent) -> bool:
        """Whether the words below are, letter by letter, those that were agreed to."""
        text = event.text
        return text is not None and text_is_as_stored(text)

    @admin.display(description=_("words shown"))
    def words_shown(self, event: ConsentEvent) -> SafeString | str:
        text = event.text
        return _words(text) if text else "—"


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    """The words of the forms, one row for each wording."""

    list_display = ("at", "form", "language", "sha256", "hash_matches")
    ordering = ("-id",)
    fields = ("at", "form", "language", "sha256", "hash_matches", "words")
    readonly_fields = fields

    @admin.display(boolean=True, description=_("hash recomputed"))
    def hash_matches(self, text: ConsentText) -> bool:
        return text_is_as_stored(text)

    @admin.display(description=_("words shown"))
    def words(self, text: ConsentText) -> SafeString:
        return _words(text)


def _words(text: ConsentText) -> SafeString:
    # Made by our own renderer from a document without HTML, and frozen by the database.
    words = mark_safe(text.sentence + text.details)
    return format_html('<div class="words" lang="{}">{}</div>', text.language, words)
