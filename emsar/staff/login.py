"""The login form: name and password, which open nothing by themselves."""

import unicodedata
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from emsar.staff.access import lockout
from emsar.staff.access.waiting import closed_words
from emsar.staff.models import User


def canonical(name: str) -> str:
    """A login name as it is stored: Django's field would make one of several spellings too."""
    return unicodedata.normalize("NFKC", name[:500]).strip().casefold()[:150]


class StaffLoginForm(AdminAuthenticationForm):
    """Counts failures; beyond the limit it only waits, and says the same to everybody."""

    def clean_username(self) -> str:
        """The same name for whoever it is, and for what is counted, however it is typed."""
        return canonical(str(self.cleaned_data["username"]))

    def clean(self) -> dict[str, Any]:
        if self.request is None:
            raise ValidationError(_("This form needs a request."))
        attempt = lockout.attempt(*lockout.password_doors(self.request, self._name()))
        if attempt.closed_until is not None:
            raise ValidationError(closed_words(attempt.closed_until), code="limited")
        try:
            given = super().clean() or {}
        except ValidationError:
            attempt.failed(self._person())
            raise
        attempt.succeeded()
        return given

    def _name(self) -> str:
        return canonical(str(self.data.get("username", "")))

    def _person(self) -> User | None:
        return User.objects.filter(username=self._name(), is_active=True).first()
