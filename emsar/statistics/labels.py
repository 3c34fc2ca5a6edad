"""Google's values in words of the active language; what anybody could make up stays as it is."""

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from emsar.entities.wording import capital
from emsar.statistics.models import Dimension

_OF_GOOGLE: dict[str, Promise] = {
    "": _("not stated"),
    "(not set)": _("not stated"),
    "(other)": _("others"),
    # Translators: check: visitors who typed the address or came from a bookmark
    "(direct)": _("came directly"),
    "(data not available)": _("not known yet"),
}
_DEVICES: dict[str, Promise] = {
    "desktop": _("computer"),
    "mobile": _("phone"),
    "tablet": _("tablet"),
    "smart tv": _("television set"),
}


def label(dimension: Dimension, value: str) -> str:
    """A value as people read it."""
    if value in _OF_GOOGLE:
        return capital(str(_OF_GOOGLE[value]))
    if dimension is Dimension.DEVICE:
        return capital(str(_DEVICES.get(value.lower(), value)))
    if dimension is Dimension.COUNTRY:
        return str(_locale().territories.get(value.upper(), value))
    if dimension is Dimension.LANGUAGE:
        # "en-gb" and "en-us" are one language for us.
        return capital(str(_locale().languages.get(value.lower().split("-")[0], value)))
    return value


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").split("-")[0])
