"""The limit by network address that every public form has."""

from django.conf import settings
from django.http import HttpRequest

from emsar.staff.addresses import client_network
from emsar.staff.counter import hit


def is_over_limit(request: HttpRequest, form: str, limit: int) -> bool:
    """Whether the visitor's network sent ``form`` more than ``limit`` times in this window.

    Counts this attempt as well (E-3.2i: under a key of the day, no address is kept). The window
    is ``FORM_LIMIT_MINUTES`` long.
    """
    return hit(form, client_network(request), minutes=settings.FORM_LIMIT_MINUTES) > limit
