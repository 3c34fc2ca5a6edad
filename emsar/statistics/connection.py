"""Whether a property of Google Analytics is connected; nothing here talks to Google."""

from django.conf import settings


def is_connected() -> bool:
    """Whether the worker has a property to read, and a key to read it with."""
    return bool(settings.GA_PROPERTY_ID and settings.GA_CREDENTIALS_FILE)


def property_number() -> str:
    """The number of the property; empty when none is connected."""
    return settings.GA_PROPERTY_ID if is_connected() else ""
