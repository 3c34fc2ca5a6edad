"""The login form, with a limit that tells a guesser nothing and stores no address."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from emsar.staff.addresses import client_network
from emsar.staff.counter import hit, peek

WINDOW_MINUTES = 15
BY_NAME = 10
BY_ADDRESS = 50


class StaffLoginForm(AdminAuthenticationForm):
    """Counts failures by login name and by network address; beyond the limit it only waits."""

    def clean(self) -> dict[str, Any]:
        if self.request is not None and _too_many(self.request, self._name()):
            raise ValidationError(
                _("Too many failed logins. Please try again in a quarter of an hour."),
                code="limited",
            )
        try:
            return super().clean() or {}
        except ValidationError:
            if self.request is not None:
                _count(self.request, self._name())
            raise

    def _name(self) -> str:
        return str(self.data.get("username", ""))[:150].casefold()


def _too_many(request: HttpRequest, name: str) -> bool:
    by_name = peek("login-name", name, minutes=WINDOW_MINUTES) >= BY_NAME
    address = client_network(request)
    return by_name or peek("login-address", address, minutes=WINDOW_MINUTES) >= BY_ADDRESS


def _count(request: HttpRequest, name: str) -> None:
    hit("login-name", name, minutes=WINDOW_MINUTES)
    hit("login-address", client_network(request), minutes=WINDOW_MINUTES)
