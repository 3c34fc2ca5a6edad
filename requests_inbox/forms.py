"""The Free Consultation form (E-3.1): five fields, and what is said about each beside it."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from emsar.entities.registry import registry
from emsar.site.languages import active_language
from emsar.subjects.identifiers import MAX_EMAIL, normalise_email

MAX_NAME = 120
MAX_COMPANY = 200
MAX_PROJECT = 5000
# Marks and overrides that turn the reading direction of what stands around them.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ONE_LINE = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_ENDS = re.compile("\r\n?")
# Of the control characters only the tab and the line end stay; Django says what is wrong with NUL.
_INVISIBLE = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")


def one_line(text: str) -> None:
    """Refuse line ends and invisible control characters; no header is ever made of two lines."""
    # Django itself says what is wrong with a NUL character.
    if _ONE_LINE.search(text):
        raise ValidationError(_("Please write this on one line."), code="control")
    if _DIRECTION.search(text):
        raise ValidationError(_("Please leave out invisible control characters."), code="control")


def has_letters(text: str) -> None:
    """A name consists of something that can be read."""
    if not any(char.isalpha() for char in text):
        raise ValidationError(_("Please write your name in letters."), code="letters")


class RawCharField(forms.CharField):
    """A field that shows line ends and control characters to its validators."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        return unicodedata.normalize("NFC", text)


class ProjectField(RawCharField):
    """Free text: lines stay, other control characters go."""

    def to_python(self, value: Any) -> str:
        return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", super().to_python(value)))


def _services() -> list[tuple[str, Any]]:
    """What can be chosen, in the language of the page, each time that it is asked for."""
    language = active_language()
    choices = [(row.slug, row.name.get(language)) for row in registry().services]
    return [("", _("Please choose")), *choices]


class ConsultationForm(forms.Form):
    """Name, email, company (optional), service, project; a trap for programs that fill all."""

    name = RawCharField(
        label=_("Name and surname"),
        max_length=MAX_NAME,
        validators=[one_line, has_letters],
        help_text=_("So that we know how to address you."),
        error_messages={
            "required": _("Please tell us your name."),
            "max_length": _("Please use at most %(limit_value)d characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = RawCharField(
        label=_("Email"),
        max_length=MAX_EMAIL,
        validators=[one_line],
        help_text=_("Only for the written reply to this request."),
        error_messages={
            "required": _("Please tell us where to send the reply."),
            "max_length": _("Please use at most %(limit_value)d characters."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    company = RawCharField(
        label=_("Company"),
        max_length=MAX_COMPANY,
        required=False,
        validators=[one_line],
        help_text=_("Helps us to understand what your request is about."),
        error_messages={"max_length": _("Please use at most %(limit_value)d characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    service = forms.ChoiceField(
        choices=_services,
        label=_("Service of interest"),
        help_text=_("Decides which of the companies receives your request."),
        error_messages={
            "required": _("Please choose a service."),
            "invalid_choice": _("Please choose one of the services in the list."),
        },
    )
    project = ProjectField(
        label=_("Project information"),
        max_length=MAX_PROJECT,
        help_text=_(
            "So that we can prepare a proposal. Please do not send sensitive data, such as data "
            "about health, family life, religion or beliefs, nationality, or convictions."
        ),
        error_messages={
            "required": _("Please tell us in a few words what you need."),
            "max_length": _(
                "Please use at most %(limit_value)d characters; these are %(show_value)d."
            ),
        },
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    website = forms.CharField(label=_("Hidden field"), required=False)

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])

    def clean_company(self) -> str | None:
        return self.cleaned_data["company"] or None

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(
                _("Please leave this field empty; a program may have filled it in."), code="trap"
            )
        return ""
