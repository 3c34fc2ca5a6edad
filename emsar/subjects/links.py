"""Links in mails: 256 random bits, stored hashed, bound to a purpose and a record.

Scanners open links, so opening one changes nothing; only the posted button does.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from emsar.subjects.models import MailedLink

# As ``token_urlsafe`` makes them of 32 bytes; nothing else in our mails is so long without a break.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)
HIDDEN = "•••"


def issue(purpose: str, subject_id: UUID, record: UUID, lifetime: timedelta | None = None) -> str:
    """A new token for a mail; without ``lifetime`` it lives as long as its record."""
    token, link = prepare(purpose, subject_id, record, lifetime)
    link.save(force_insert=True)
    return token


def prepare(
    purpose: str, subject_id: UUID, record: UUID, lifetime: timedelta | None = None
) -> tuple[str, MailedLink]:
    """The same, not yet written, for callers that write several rows at once."""
    token = secrets.token_urlsafe(32)
    expires = timezone.now() + lifetime if lifetime is not None else None
    link = MailedLink(
        token_hash=_hash(token),
        purpose=purpose,
        subject_id=subject_id,
        record=record,
        expires_at=expires,
    )
    return token, link


def find_link(purpose: str, token: str) -> MailedLink | None:
    """The live link of a token, or None: unknown, expired and spent look the same."""
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    found = MailedLink.objects.filter(alive, purpose=purpose, used_at__isnull=True)
    return found.filter(token_hash=_hash(token)).first()


def masked(text: str) -> str:
    """A text with the tokens of its links hidden: whoever reads it cannot use them."""
    return _TOKEN.sub(HIDDEN, text)


def spend(link: MailedLink) -> bool:
    """Use a single-use link; False when somebody has used it already."""
    open_link = MailedLink.objects.filter(pk=link.pk, used_at__isnull=True)
    return open_link.update(used_at=timezone.now()) == 1


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
