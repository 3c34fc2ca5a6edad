"""Registering a request that somebody took by phone, WhatsApp or email (E-3.1a, E-3.1g)."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.site.languages import active_language
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from emsar.staff.verbpage import UNPROCESSABLE
from emsar.subjects.identifiers import MAX_EMAIL, normalise_email, normalise_phone
from requests_inbox.admin.filters import services_of
from requests_inbox.admin.forms import MomentField
from requests_inbox.admin.page import address_of
from requests_inbox.forms import (
    MAX_COMPANY,
    MAX_NAME,
    MAX_PROJECT,
    ProjectField,
    RawCharField,
    has_letters,
    one_line,
)
from requests_inbox.models import Source
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.register import StaffEntry, register

MAX_PHONE = 40
BY_HAND = [choice for choice in Source.choices if choice[0] != Source.FORM]
WITH_PHONE = (Source.PHONE, Source.WHATSAPP)


class RegisterForm(forms.Form):
    """What a colleague took down: how it came, from whom, and what it is about."""

    source = forms.ChoiceField(
        label=gettext_lazy("How it came"), choices=BY_HAND, widget=forms.RadioSelect
    )
    received_at = MomentField(
        label=gettext_lazy("When it came in (Baku time)"),
        help_text=gettext_lazy("The term for the reply starts here."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the reply"))
    name = RawCharField(
        label=gettext_lazy("Name and surname"),
        max_length=MAX_NAME,
        validators=[one_line, has_letters],
    )
    email = RawCharField(
        label=gettext_lazy("Email"),
        max_length=MAX_EMAIL,
        required=False,
        validators=[one_line],
        widget=forms.EmailInput,
        help_text=gettext_lazy("If it is given, the person gets the privacy notice at once."),
    )
    phone = RawCharField(
        label=gettext_lazy("Phone"),
        max_length=MAX_PHONE,
        required=False,
        validators=[one_line],
        widget=forms.TextInput(attrs={"inputmode": "tel", "placeholder": "+994 12 345 67 89"}),
        help_text=gettext_lazy("Only for requests by phone or WhatsApp."),
    )
    company = RawCharField(
        label=gettext_lazy("Company (optional)"),
        max_length=MAX_COMPANY,
        required=False,
        validators=[one_line],
    )
    service = forms.ChoiceField(
        label=gettext_lazy("Service of interest"),
        help_text=gettext_lazy("Decides which company answers."),
    )
    project = ProjectField(
        label=gettext_lazy("What it is about"),
        max_length=MAX_PROJECT,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("Please do not take down sensitive data."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        services = [
            (service.slug, service.name.get(active_language())) for service in services_of(user)
        ]
        for name, choices in (
            ("service", [("", _("Please choose")), *services]),
            ("language", list(settings.LANGUAGES)),
        ):
            field: Any = self.fields[name]
            field.choices = choices
        self.initial.setdefault("received_at", timezone.now())
        self.initial.setdefault("language", settings.LANGUAGE_CODE)

    def clean_email(self) -> str:
        text = self.cleaned_data["email"]
        return normalise_email(text) if text.strip() else ""

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        return normalise_phone(text) if text.strip() else ""

    def clean_company(self) -> str | None:
        return self.cleaned_data["company"] or None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"email", "phone", "source"} <= data.keys():
            self._check_address(data["source"], data["email"], data["phone"])
        return data

    def _check_address(self, source: str, email: str, phone: str) -> None:
        if phone and source not in WITH_PHONE:
            words = _("A phone number is kept only for requests by phone or WhatsApp.")
            self.add_error("phone", ValidationError(words, code="not_here"))
        elif source == Source.EMAIL and not email:
            self.add_error(
                "email", ValidationError(_("Which address did it come from?"), "missing")
            )
        elif not email and not phone:
            words = _("Please give an email address or a phone number.")
            self.add_error("phone", ValidationError(words, code="missing"))

    def entry(self) -> StaffEntry:
        """What the service wants, of a valid form."""
        received: datetime = self.cleaned_data["received_at"]
        return StaffEntry(**{**self.cleaned_data, "received_at": received})


def register_view(model_admin: Any, http: HttpRequest) -> HttpResponse:
    """The form; what it registers opens at once."""
    if not model_admin.has_add_permission(http):
        raise PermissionDenied
    user = acting_user(http)
    if http.method != "POST":
        return _page(model_admin, http, RegisterForm(user))
    form = RegisterForm(user, http.POST)
    if not form.is_valid():
        return _page(model_admin, http, form, UNPROCESSABLE)
    try:
        item = register(form.entry(), by=user)
    except RequestStateError as problem:
        form.add_error(None, str(problem))
        return _page(model_admin, http, form, UNPROCESSABLE)
    messages.success(http, _("Registered as %(reference)s.") % {"reference": item.reference})
    return redirect(address_of(item))


def _page(
    model_admin: Any, http: HttpRequest, form: RegisterForm, status: int = 200
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(http),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Register a request"),
        "form": form,
    }
    return TemplateResponse(http, "admin/inbox/register.html", context, status=status)
