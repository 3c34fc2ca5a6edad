"""The signed token of a form page: which words were shown, when, and the nonce of the request.

A nonce makes one request, however often the button is pressed. The token is worth a day, the
time for which nonces are kept.
"""

import time
import uuid
from dataclasses import dataclass

from django.core import signing

from consent.notices import Notice

SALT = "requests_inbox.form"
LIFETIME_SECONDS = 24 * 60 * 60
MINIMUM_FILL_SECONDS = 3


@dataclass(frozen=True)
class Shown:
    """What the token says was shown."""

    nonce: uuid.UUID
    sha256: str
    language: str
    version: str
    at: float

    @property
    def is_too_fast(self) -> bool:
        """Filled in faster than a person can."""
        return time.time() - self.at < MINIMUM_FILL_SECONDS

    def shows(self, notice: Notice) -> bool:
        return (self.sha256, self.language, self.version) == _words(notice)


def new_token(notice: Notice, shown: Shown | None = None) -> str:
    """A token for a page with these words; nonce and time of an earlier page are kept."""
    nonce = shown.nonce if shown else uuid.uuid4()
    at = shown.at if shown else time.time()
    return signing.dumps([str(nonce), *_words(notice), at], salt=SALT)


def _words(notice: Notice) -> tuple[str, str, str]:
    """What was shown: the words, their language, and the version of the policy they point to."""
    return notice.sha256, notice.language, notice.version.number


def read_token(token: str) -> Shown | None:
    """What a token says, or None for a forged, broken or expired one."""
    try:
        content = signing.loads(token, salt=SALT, max_age=LIFETIME_SECONDS)
        nonce, sha256, language, version, at = content
        return Shown(uuid.UUID(nonce), sha256, language, version, float(at))
    except (signing.BadSignature, ValueError, TypeError):
        return None
