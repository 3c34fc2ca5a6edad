"""Addresses in mails and answers, looked up once: finding them costs as much as a mail's text."""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

# Stands in the path that is kept until the token of a mail takes its place.
_ANY_TOKEN = "TOKEN"  # noqa: S105 - the place of one
_ANY_KEY = UUID(int=0)


@lru_cache(maxsize=256)
def path(name: str, language: str, *args: object) -> str:
    """The path of a page in a language."""
    with translation.override(language):
        return reverse(name, args=args)


def address(name: str, language: str, *args: object) -> str:
    """The whole address of a page in a language, for a mail."""
    return f"{settings.SITE_ORIGIN}{path(name, language, *args)}"


def withdrawal_address(token: str, language: str) -> str:
    """Where the person withdraws (E-8g)."""
    return address("inbox:withdraw", language, _ANY_TOKEN).replace(_ANY_TOKEN, token)


def admin_address(key: UUID, language: str) -> str:
    """The page of a request in the admin."""
    name = "admin:requests_inbox_consultationrequest_change"
    return address(name, language, _ANY_KEY).replace(str(_ANY_KEY), str(key))
