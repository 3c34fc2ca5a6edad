"""The forms of a person: to ask, to prove an address, to write, to propose a value."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dsar.models.kinds import PUBLIC_KINDS
from dsar.offering import Value
from dsar.plainwords import TITLES
from emsar.subjects.identifiers import MAX_EMAIL, normalise_email
from requests_inbox.forms import ProjectField, RawCharField, one_line

MAX_DETAILS = 5000
TOO_LONG = _("Please use at most %(limit_value)d characters.")


class EmailField(RawCharField):
    """An address in its normal form; what is wrong with it is said in a sentence."""

    def __init__(self, **words: Any) -> None:
        super().__init__(
            label=_("Email"),
            max_length=MAX_EMAIL,
            validators=[one_line],
            error_messages={
                "required": _("Please tell us your email address."),
                "max_length": TOO_LONG,
            },
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            **words,
        )

    def clean(self, value: Any) -> str:
        return normalise_email(super().clean(value))


class TrapMixin(forms.Form):
    """A field that no person sees; programs fill in all they find."""

    website = forms.CharField(label=_("Hidden field"), required=False)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(
                _("Please leave this field empty; a program may have filled it in."), code="trap"
            )
        return ""


class RightsForm(TrapMixin):
    """Which rights, for which address, in which words (E-8b to E-8j)."""

    kind = forms.MultipleChoiceField(
        label=_("What do you ask for?"),
        choices=[(kind.value, TITLES[kind]) for kind in PUBLIC_KINDS],
        error_messages={
            "required": _("Please choose at least one."),
            "invalid_choice": _("Please choose from the list."),
        },
        widget=forms.CheckboxSelectMultiple,
    )
    details = ProjectField(
        label=_("In your words"),
        required=False,
        max_length=MAX_DETAILS,
        help_text=_(
            "For instance what is wrong, or which request it is about. Please send no documents "
            "and no sensitive data."
        ),
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    email = EmailField(
        help_text=_(
            "The address that we know you by. We mail a link to it, so that nobody else can ask in "
            "your name."
        )
    )

    field_order = ("kind", "details", "email")


class LinkForm(TrapMixin):
    """A new link to requests that have been made before."""

    email = EmailField(help_text=_("The address with which you asked."))


class AddressForm(forms.Form):
    """The address once more, beside a link that was mailed to it."""

    email = EmailField(help_text=_("The address to which we mailed this link."))


class MessageForm(forms.Form):
    """A message to the data protection officer."""

    body = ProjectField(
        label=_("Your message"),
        max_length=MAX_DETAILS,
        error_messages={"required": _("Please write something."), "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ProposalForm(forms.Form):
    """Which value is wrong, and the right one."""

    field = forms.ChoiceField(
        label=_("What is wrong or missing?"),
        error_messages={
            "required": _("Please choose from the list."),
            "invalid_choice": _("Please choose from the list."),
        },
    )
    value = ProjectField(
        label=_("The right value"),
        max_length=MAX_DETAILS,
        error_messages={"required": _("Please write something."), "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, values: Sequence[Value] = (), **words: Any) -> None:
        super().__init__(*args, **words)
        field = self.fields["field"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - see above
        field.choices = [("", _("Please choose")), *((row.key, row.label) for row in values)]
