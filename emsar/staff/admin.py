from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminEmailInputWidget, AdminTextInputWidget
from django.contrib.auth.forms import AdminUserCreationForm, ReadOnlyPasswordHashField
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from emsar.audit.models import AuditEvent, Seal
from emsar.staff.models import User
from emsar.staff.permissions import allow
from emsar.staff.scoping import AuditedAdmin, ReadOnlyAdmin
from emsar.staff.veils import veiled

allow(("administrator",), "staff.user", "view", "add", "change")
allow(("dpo", "auditor"), "audit.auditevent", "view")
allow(("dpo", "auditor"), "audit.seal", "view")
allow(("dpo", "administrator"), "entities.calendarday", "view", "add", "change", "delete")
allow(("dpo", "administrator"), "entities.recipient", "view", "add", "change")
for _model in (
    "organisation",
    "legalentity",
    "mailbox",
    "service",
    "authority",
    "legalreference",
    "cookieentry",
    "scheduleterm",
):
    allow(("dpo", "administrator", "auditor", "entity_staff"), f"entities.{_model}", "view")


# Encrypted text is a long text to Django; a name and an address take one line.
ONE_LINE = {"full_name": AdminTextInputWidget, "email": AdminEmailInputWidget}


class NewUserForm(AdminUserCreationForm[User]):
    """A new login with its role; the company belongs to company staff and to nobody else."""

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "role", "entity", "language")
        widgets = ONE_LINE


class ChangeUserForm(forms.ModelForm[User]):
    password = ReadOnlyPasswordHashField()

    class Meta:
        model = User
        fields = ("full_name", "email", "role", "entity", "language", "is_active")
        widgets = ONE_LINE


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Logins; people who leave are deactivated, never deleted, so that the audit stays readable."""

    list_display = ("username", "full_name", "role", "entity", "language", "is_active")
    list_filter = ("role", "entity", "is_active")
    search_fields = ("username",)
    ordering = ("username",)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = ChangeUserForm if obj else NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = list((ChangeUserForm if obj else NewUserForm).base_fields)
        return [(None, {"fields": [name for name in names if name != "usable_password"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did or saw what; bare UUIDs, readable as long as their persons exist."""

    list_display = ("at", "action", "actor_name", "object_type", "object_id", "intact")
    list_filter = ("action",)
    search_fields = ("=object_id", "=subject", "=actor")
    ordering = ("-id",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        login = User.objects.filter(pk=models.OuterRef("actor")).values("username")
        rows: models.QuerySet[Any]
        rows = super().get_queryset(request).annotate(login=models.Subquery(login))
        return veiled(rows, request.user)

    @admin.display(description=_("actor"))
    def actor_name(self, event: Any) -> str:
        return event.login or "—"

    @admin.display(boolean=True, description=_("as written"))
    def intact(self, event: AuditEvent) -> bool:
        return event.intact()


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    """The chain; its head is mailed out daily."""

    list_display = ("id", "at", "digest_text")
    ordering = ("-id",)

    @admin.display(description=_("digest"))
    def digest_text(self, seal: Seal) -> str:
        return bytes(seal.digest).hex()[:24]
