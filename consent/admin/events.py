from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from consent.admin.frame import EVENTS, tabs
from consent.admin.words import form_name, mark, shown, version_name
from consent.models import ConsentEvent
from consent.notices import OF_STAFF
from consent.receipts.address import receipt_path
from consent.receipts.facts import consent_ended_by, purpose_text
from consent.receipts.parties import companies
from consent.services import text_is_as_stored, withdrawal_of
from consent.undertaking.people import colleague
from consent.wording import screen_sha256
from emsar.site.languages import active_language
from emsar.staff.viewing import ViewedAdmin, short_moment
from emsar.subjects.models import DataSubject
from policies.versions import is_public

NONE = "—"
_EVENT = ("number", "at", "kind", "method", "other_event", "receipt")
_WHO = ("person", "about", "form_words", "agreed_purposes", "towards")
_SEEN = (
    *("shown_in", "agreed_version", "text_sha256", "hash_matches"),
    *("sentence_hash", "intact", "words_shown"),
)


@admin.register(ConsentEvent)
class ConsentEventAdmin(ViewedAdmin):
    """Every consent and withdrawal, with the words exactly as they were shown (E-1l, E-5a)."""

    audit_name = "consent"
    change_list_template = "admin/consent/list.html"
    list_display = ("at", "kind", "form_words", "method", "language", "version", "intact")
    list_filter = ("kind", "form", "method", "language", "version")
    search_fields = ("=uid", "=subject", "=about")
    search_help_text = gettext_lazy("Number of a receipt, of a data subject or of a request.")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": _EVENT}),
        (gettext_lazy("Who, and to what"), {"fields": _WHO}),
        (gettext_lazy("What this person saw"), {"fields": _SEEN}),
    )
    readonly_fields = (*_EVENT, *_WHO, *_SEEN)

    class Media:
        css = {"all": ("retention/admin.css", "consent/admin.css")}

    def subject_of(self, obj: ConsentEvent) -> UUID | None:
        return obj.subject

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**tabs(request, EVENTS), **(extra_context or {})})

    @admin.display(boolean=True, description=gettext_lazy("as written"))
    def intact(self, event: ConsentEvent) -> bool:
        return event.intact()

    @admin.display(description=gettext_lazy("form"), ordering="form")
    def form_words(self, event: ConsentEvent) -> str:
        return form_name(event.form)

    @admin.display(description=pgettext_lazy("of a receipt", "Number"))
    def number(self, event: ConsentEvent) -> str:
        return str(event.uid)

    @admin.display(description=gettext_lazy("language"))
    def shown_in(self, event: ConsentEvent) -> str:
        return str(dict(settings.LANGUAGES).get(event.language, event.language))

    @admin.display(description=gettext_lazy("policy version"))
    def agreed_version(self, event: ConsentEvent) -> SafeString:
        """The version that the words named, as it stands published."""
        words = version_name(event.policy, event.version)
        if not is_public(event.policy):
            # Its text stands below, as it was shown.
            return format_html("{}", words)
        with override(event.language):
            address = reverse("policies:version", args=[event.policy, event.version])
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description=gettext_lazy("towards"))
    def towards(self, event: ConsentEvent) -> str:
        language = active_language()
        return ", ".join(facts.name.get(language) for facts in companies(event.controllers))

    @admin.display(description=gettext_lazy("purposes"))
    def agreed_purposes(self, event: ConsentEvent) -> str:
        return "; ".join(purpose_text(code) for code in event.purposes)

    @admin.display(description=gettext_lazy("data subject"))
    def person(self, event: ConsentEvent) -> SafeString | str:
        """Nobody for cookies; the bare number once the person was erased."""
        if event.subject is None:
            return _("nobody: a choice about cookies has no name")
        if event.form in OF_STAFF:
            return colleague(event.subject)
        if not DataSubject.objects.filter(pk=event.subject).exists():
            return str(event.subject)
        address = reverse("admin:subjects_datasubject_change", args=[event.subject])
        return format_html('<a href="{}">{}</a>', address, event.subject)

    @admin.display(description=gettext_lazy("belongs to"))
    def other_event(self, event: ConsentEvent) -> SafeString | str:
        """The consent that a withdrawal ended, or the withdrawal that ended a consent."""
        is_given = event.kind == ConsentEvent.Kind.GIVEN
        other = withdrawal_of(event) if is_given else consent_ended_by(event)
        if other is None:
            return _("not withdrawn") if is_given else _("the consent is no longer kept")
        words = f"{other.get_kind_display()} {short_moment(other.at)}"
        address = reverse("admin:consent_consentevent_change", args=[other.pk])
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description=gettext_lazy("receipt"))
    def receipt(self, event: ConsentEvent) -> SafeString:
        """The page that the person can open too; a colleague's is open to staff alone."""
        if event.form in OF_STAFF:
            address = reverse("admin:undertaking_receipt", args=[event.uid])
        else:
            address = receipt_path(event, active_language())
        return format_html('<a href="{}">{}</a>', address, _("Receipt as the person sees it"))

    @admin.display(boolean=True, description=gettext_lazy("hash recomputed"))
    def hash_matches(self, event: ConsentEvent) -> bool:
        """Whether the words below are, letter by letter, those that were agreed to."""
        text = event.text
        return text is not None and text_is_as_stored(text)

    @admin.display(description=gettext_lazy("SHA-256 of the sentence on the screen"))
    def sentence_hash(self, event: ConsentEvent) -> SafeString | str:
        """What was recorded, and whether the sentence below has that hash now."""
        if not event.sentence_sha256:
            return NONE
        text = event.text
        fits = text is not None and screen_sha256(text.sentence) == event.sentence_sha256
        return format_html("{} {}", event.sentence_sha256, mark(fits))

    @admin.display(description=gettext_lazy("words shown"))
    def words_shown(self, event: ConsentEvent) -> SafeString | str:
        text = event.text
        return shown(text) if text else NONE
