"""The forms of the way in; none of them says more than whether it worked."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from emsar.staff.access import lockout
from emsar.staff.access.waiting import closed_words
from emsar.staff.models import User

# As on the login page: browsers offer what was typed into the field of that name.
NAME_WIDGET = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class ChosenPasswordForm(forms.Form):
    """A new password, typed twice, held against the rules for passwords."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        # Asked for here, in the reader's language.
        self.rules = password_validators_help_texts()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        password, again = given.get("password"), given.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords are not the same."))
        if password:
            self._hold_against_the_rules(password)
        return given

    def _hold_against_the_rules(self, password: str) -> None:
        try:
            validate_password(password, self.user)
        except ValidationError as problem:
            self.add_error("password", problem)


class OwnPasswordForm(ChosenPasswordForm):
    """Another password beside the old one, of which whoever sits at an open login guesses few."""

    old = forms.CharField(
        label=_("Old password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("old", "password", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"].widget.attrs["autofocus"]

    def clean_old(self) -> str:
        given: str = self.cleaned_data["old"]
        door = lockout.change_door(self.user)
        attempt = lockout.attempt(door)
        if attempt.closed_until is not None:
            raise ValidationError(closed_words(attempt.closed_until), code="limited")
        if not self.user.check_password(given):
            attempt.failed(self.user)
            raise ValidationError(_("This is not your password."), code="wrong")
        door.open_again()
        return given


class KnownPasswordForm(forms.Form):
    """The password that somebody has already."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class LoginNameForm(forms.Form):
    """Whose password was forgotten."""

    username = forms.CharField(label=_("Login name"), max_length=150, widget=NAME_WIDGET)
