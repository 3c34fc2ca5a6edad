"""The login form: name and password, which open nothing by themselves."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from emsar.staff.access import lockout
from emsar.staff.access.waiting import closed_words
from emsar.staff.models import User


class StaffLoginForm(AdminAuthenticationForm):
    """Counts failures; beyond the limit it only waits, and says the same to everybody."""

    def clean(self) -> dict[str, Any]:
        if self.request is None:
            raise ValidationError(_("This form needs a request."))
        doors = lockout.password_doors(self.request, self._name())
        if (until := lockout.closed_until(doors)) is not None:
            raise ValidationError(closed_words(until), code="limited")
        try:
            return super().clean() or {}
        except ValidationError:
            lockout.fail(doors, self._person())
            raise

    def _name(self) -> str:
        return str(self.data.get("username", ""))[:150].casefold()

    def _person(self) -> User | None:
        return User.objects.filter(username=self._name(), is_active=True).first()
