"""What a person may see: ``visible_to(user)`` and nothing else, everywhere in the admin."""

from typing import Any, Protocol, runtime_checkable

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest

from emsar.audit import record
from emsar.staff.models import User

type_of_user = User | AnonymousUser


@runtime_checkable
class Scoped(Protocol):
    """A query set that knows what a user may see."""

    def visible_to(self, user: Any) -> Any: ...


def scoped(queryset: models.QuerySet[Any], user: Any) -> models.QuerySet[Any]:
    """The part of a query set that the user may see; all of it when its rows are nobody's."""
    return queryset.visible_to(user) if isinstance(queryset, Scoped) else queryset


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Base of every admin page: scoped, and logged as audit events.

    Django's own log would keep object names; ours keeps the kind, the key and the fields' names.
    """

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return scoped(super().get_queryset(request), request.user)

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        found = super().get_field_queryset(db, db_field, request)
        if found is None:
            found = db_field.remote_field.model._default_manager.all()
        return scoped(found, request.user)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """The names of the fields that changed; never a value."""
        names = [*form.changed_data, *(name for rows in formsets or () for name in _changed(rows))]
        return [{"changed": {"fields": list(dict.fromkeys(names))}}] if names else []

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        return record("admin.add", actor=_pk(request), obj=obj)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        return record("admin.change", actor=_pk(request), obj=obj, detail=_fields(message))

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        return [record("admin.delete", actor=_pk(request), obj=obj) for obj in queryset]


class ReadOnlyAdmin(AuditedAdmin):
    """Looks, and changes nothing."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _pk(request: HttpRequest) -> Any:
    return request.user.pk


def _changed(rows: Any) -> list[str]:
    """The names of the fields that changed in the rows below an object."""
    return [name for form in rows.forms for name in form.changed_data]


def _fields(message: Any) -> dict[str, str]:
    """The names of the changed fields; words of another kind of message are left out."""
    parts = message if isinstance(message, list) else []
    changed = [part.get("changed", {}) for part in parts if isinstance(part, dict)]
    names = [str(name) for part in changed for name in part.get("fields", [])]
    return {"fields": ",".join(names)} if names else {}
