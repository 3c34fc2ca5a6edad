"""The address of a receipt, for the person's own papers.

It carries the signed number of an event and nothing else. No row stands behind it and it does not
expire: a receipt stays proof for the person as long as the event is kept. The page names nobody.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation

from consent.models import ConsentEvent

SALT = "consent.receipt"
# Stands in the path that is kept until a token takes its place.
_ANY_TOKEN = "TOKEN"  # noqa: S105 - the place of one


def token_of(uid: UUID) -> str:
    """The same event always has the same token."""
    return _signer().sign(urlsafe_b64encode(uid.bytes).decode().rstrip("="))


def uid_of(token: str) -> UUID | None:
    """The event of a token; None for one that we did not make."""
    try:
        return UUID(bytes=urlsafe_b64decode(f"{_signer().unsign(token)}=="))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    # A colon in an address ends the link in some mail programs.
    return Signer(salt=SALT, sep=".")


def receipt_path(event: ConsentEvent, language: str) -> str:
    """Where an event's receipt can be read, within the site."""
    return path_of(event.uid, language)


def path_of(uid: UUID, language: str) -> str:
    """The same for who knows the event's number alone."""
    return _path(language).replace(_ANY_TOKEN, token_of(uid))


def receipt_address(uid: UUID, language: str) -> str:
    """The whole address, for a mail; costs no query."""
    return f"{settings.SITE_ORIGIN}{path_of(uid, language)}"


@lru_cache(maxsize=8)
def _path(language: str) -> str:
    with translation.override(language):
        return reverse("consent:receipt", args=[_ANY_TOKEN])
