"""Logins: created by invitation, changed by verbs, never deleted (E-9c, S-2b)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminEmailInputWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.staff.access import approving
from emsar.staff.access.changing import tell_of_name
from emsar.staff.access.stepup import confirmation
from emsar.staff.access.welcoming import welcome
from emsar.staff.acting import acting_user
from emsar.staff.admin.memberverbs import VERBS, possible_verbs
from emsar.staff.admin.states import state_of
from emsar.staff.login import canonical
from emsar.staff.models import Role, TotpDevice, User
from emsar.staff.scoping import AuditedAdmin

# Encrypted text is a long text to Django; a name and an address take one line.
ONE_LINE = {"full_name": AdminTextInputWidget, "email": AdminEmailInputWidget}


class NewUserForm(forms.ModelForm[User]):
    """A new login with its role; the company belongs to company staff and to nobody else."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Needed for a data protection officer: an active one has to agree first."
        ),
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "role", "entity", "language")
        widgets = ONE_LINE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean_username(self) -> str:
        """Small letters, as the login page reads them."""
        name = canonical(str(self.cleaned_data["username"]))
        if User.objects.filter(username=name).exists():
            raise ValidationError(_("There is a login of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("role") == Role.DPO:
            self._hold_officer_back(given)
        return given

    def _hold_officer_back(self, given: dict[str, Any]) -> None:
        if not approving.deciders(self.instance).exists():
            words = _("The first data protection officer is made on the command line.")
            self.add_error("role", ValidationError(words))
        elif not given.get("reason"):
            self.add_error("reason", ValidationError(_("Please say why.")))


class ChangeUserForm(forms.ModelForm[User]):
    """What is changed without ceremony; address, role, company and access are verbs."""

    class Meta:
        model = User
        fields = ("full_name", "language")
        widgets = ONE_LINE


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Logins; people who leave are switched off, never deleted, so the audit stays readable."""

    list_display = ("username", "full_name", "role", "entity", "language", "state", "last_login")
    list_filter = ("role", "entity", "is_active")
    search_fields = ("username",)
    ordering = ("username",)
    change_form_template = "admin/access/member.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        factor = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(has_factor=Exists(factor))
        return rows

    @admin.display(description=gettext_lazy("state"))
    def state(self, user: Any) -> str:
        return state_of(user).badge

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = ChangeUserForm if obj else NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": list((ChangeUserForm if obj else NewUserForm).base_fields)})]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:pk>/{name}/",
                self.admin_site.admin_view(self._verb(verb)),
                name=f"staff_user_{name}",
            )
            for name, verb in VERBS.items()
        ]
        return [*own, *super().get_urls()]

    def _verb(self, verb: Any) -> Any:
        def shown(request: HttpRequest, pk: str) -> HttpResponse:
            answer: HttpResponse = verb.view(self, request, pk)
            return answer

        return shown

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the state of the login, and what can be done about it."""
        user = self.get_object(request, object_id)
        more = {"state": state_of(user), "verbs": possible_verbs(user, request)} if user else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new login is as good as a reset factor, so it takes the second factor as well."""
        asked = confirmation(request) if self.has_add_permission(request) else None
        return asked or super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            # What else stands in the row may have been changed since the page was asked for.
            obj.save(update_fields=form.changed_data)
            if "full_name" in form.changed_data:
                tell_of_name(obj)
            return
        reason = form.cleaned_data.get("reason") or ""
        welcome(obj, actor=acting_user(request), reason=reason)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> Any:
        invited = obj.is_active
        words = (
            _("An invitation was mailed. It works for 24 hours.")
            if invited
            else _("An officer was asked to agree; the invitation is mailed afterwards.")
        )
        messages.info(request, words)
        return super().response_add(request, obj, post_url_continue)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
