"""Versions of the policies: everybody on the staff side looks, the DPO edits and publishes."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from emsar.entities.wording import day_text, moment_text
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from emsar.staff.permissions import allow
from emsar.staff.scoping import AuditedAdmin
from policies import drafts
from policies.admin.forms import (
    ASKS_STAFF,
    REASONS,
    DraftForm,
    draft_form,
    source_fields,
    term_fields,
)
from policies.admin.pages import preview_page, publish_page
from policies.integrity import differs_from_registry, is_intact, text_is_intact
from policies.models import PolicyVersion, State
from policies.versions import ASKED, UNDERTAKING, is_public, state_of
from policies.wording import policy_label, term_rows, version_name

allow(("dpo",), "policies.policyversion", "view", "change")
allow(("administrator", "auditor"), "policies.policyversion", "view")

HEAD = ("policy_name", "number", "state", "effective", "published")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(AuditedAdmin):
    """All versions with their state in words; only a draft can be changed, and only by the DPO."""

    list_display = ("name", "state", "effective", "published", "intact", "up_to_date")
    list_filter = ("policy",)
    ordering = ("policy", "-effective_date", "-id")
    list_select_related = False
    change_form_template = "admin/policies/policyversion/change_form.html"

    class Media:
        css = {"all": ("policies/versions.css",)}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        draft = obj is None or not obj.is_published
        return draft and super().has_change_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            return draft_form()
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and self.has_change_permission(request, obj):
            return [
                (None, {"fields": ["number", *_marks(obj), *REASONS]}),
                (_("Terms"), {"fields": term_fields()}),
                (_("Texts"), {"fields": source_fields()}),
            ]
        last = "articles" if obj is not None and obj.is_published else "sources"
        shown = [*HEAD, *_marks(obj, shown=True), *REASONS, "terms_in_words", last]
        return [(None, {"fields": shown})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return ()
        return (*HEAD, *_marks(obj, shown=True), *REASONS, "terms_in_words", "articles", "sources")

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        assert isinstance(form, DraftForm)  # noqa: S101 - the only form that can be sent
        drafts.save_draft(obj, form.content(), actor=acting_user(request).pk)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Written by the service as an audit event."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/preview/<str:language>/",
                view(require_safe(self.preview_view)),
                name="policies_policyversion_preview",
            ),
            path(
                "<int:pk>/publish/",
                view(self.publish_view),
                name="policies_policyversion_publish",
            ),
            path(
                "<int:pk>/new-draft/",
                view(require_POST(self.new_draft_view)),
                name="policies_policyversion_new_draft",
            ),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        version = self._found(request, pk)
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return preview_page(request, self.admin_site, version, language)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._found(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if version.is_published:
            return redirect("admin:policies_policyversion_change", version.pk)
        return publish_page(request, self.admin_site, version)

    def new_draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._found(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        draft = drafts.draft_from(version, actor=acting_user(request).pk)
        words = {"draft": draft.number, "number": version.number}
        messages.success(request, gettext("Draft %(draft)s was made from %(number)s.") % words)
        return redirect("admin:policies_policyversion_change", draft.pk)

    def _found(self, request: HttpRequest, pk: int) -> PolicyVersion:
        found = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Adds what can be done with the version: look at it, publish it, go on from it."""
        version = context["original"]
        context |= {
            "subtitle": version_name(version),
            "previews": [(code, _preview_url(version, code)) for code in _languages(version)],
            "may_publish": self.has_change_permission(request, version),
            "may_go_on": version.is_published and self.has_change_permission(request),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("version"), ordering="number")
    def name(self, version: PolicyVersion) -> str:
        return version_name(version)

    @admin.display(description=_("policy"))
    def policy_name(self, version: PolicyVersion) -> str:
        return policy_label(version.policy_id)

    @admin.display(description=_("state"))
    def state(self, version: PolicyVersion) -> SafeString:
        state = state_of(version)
        return format_html('<span class="state-{}">{}</span>', state.value, state.label)

    @admin.display(description=_("effective date"), ordering="effective_date")
    def effective(self, version: PolicyVersion) -> str:
        return day_text(version.effective_date) if version.effective_date else "—"

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, version: PolicyVersion) -> str:
        if version.published_at is None:
            return "—"
        words = {
            "when": moment_text(timezone.localtime(version.published_at)),
            "who": _login(version.published_by) or gettext("set-up"),
        }
        return gettext("%(when)s, by %(who)s") % words

    @admin.display(description=_("as published"), boolean=True)
    def intact(self, version: PolicyVersion) -> bool | None:
        """The hashes computed anew; nothing to compare for a draft."""
        return is_intact(version) if version.is_published else None

    @admin.display(description=_("reads the same today"), boolean=True)
    def up_to_date(self, version: PolicyVersion) -> bool | None:
        """Whether the registry has moved away from the text; asked of what is or comes in force."""
        if state_of(version) in {State.DRAFT, State.PAST}:
            return None
        return not differs_from_registry(version)

    @admin.display(description=ASKS_STAFF, boolean=True)
    def asks_staff(self, version: PolicyVersion) -> bool:
        """The same mark as for visitors, said of staff."""
        return version.requires_reconsent

    @admin.display(description=_("terms"))
    def terms_in_words(self, version: PolicyVersion) -> SafeString:
        rows = ((row.label, row.after) for row in term_rows({}, version.terms))
        return format_html_join("", "<p>{}: {}</p>", rows)

    @admin.display(description=_("articles"))
    def articles(self, version: PolicyVersion) -> SafeString:
        """Each frozen article with its hash, computed anew, and its page."""
        rows = (
            (
                _article_url(version, text.language),
                text.language.upper(),
                text.title,
                text.sha256,
                gettext("the hash is right") if text_is_intact(text) else gettext("CHANGED"),
            )
            for text in version.texts.order_by("language")
        )
        return format_html_join("", '<p><a href="{}">{}: {}</a><br><code>{}</code> {}</p>', rows)

    @admin.display(description=_("texts"))
    def sources(self, version: PolicyVersion) -> SafeString:
        rows = ((text.language, text.source) for text in version.texts.order_by("language"))
        return format_html_join("", '<pre class="source" lang="{}">{}</pre>', rows)


def _marks(version: PolicyVersion | None, *, shown: bool = False) -> list[str]:
    """What marks a change; a choice or an acceptance is made under some policies only."""
    if version is None or version.policy_id not in ASKED:
        return ["significant"]
    of_staff = version.policy_id == UNDERTAKING
    return ["significant", "asks_staff" if shown and of_staff else "requires_reconsent"]


def _login(pk: UUID | None) -> str:
    return "".join(User.objects.filter(pk=pk).values_list("username", flat=True)) if pk else ""


def _article_url(version: PolicyVersion, language: str) -> str:
    """Where an article is read: on its public page, or in the administration if it has none."""
    if is_public(version.policy_id):
        return reverse("policies:version", args=[version.policy_id, version.number])
    return _preview_url(version, language)


def _languages(version: PolicyVersion) -> list[str]:
    return list(version.texts.order_by("language").values_list("language", flat=True))


def _preview_url(version: PolicyVersion, language: str) -> str:
    return reverse("admin:policies_policyversion_preview", args=[version.pk, language])
