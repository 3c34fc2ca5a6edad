"""Who did or saw what, and the chain that proves it."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from emsar.audit.models import AuditEvent, Seal
from emsar.staff.models import User
from emsar.staff.scoping import ReadOnlyAdmin
from emsar.staff.veils import veiled


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
