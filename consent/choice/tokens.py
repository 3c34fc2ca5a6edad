"""The signed token beside the buttons: which words were on the screen.

Without a time or a nonce, so that one page serves everybody; it is worth as long as its words are
those that are shown, and it is bound to their language and version.
"""

from django.core.signing import BadSignature, Signer

from consent.notices import Notice

SALT = "consent.choice.shown"
# The field of the buttons; a form that was sent along with one of them was not sent itself.
ANSWERED = "choice"


def token_of(notice: Notice) -> str:
    """The token of a page that shows these words."""
    return Signer(salt=SALT).sign_object(_words(notice))


def shows(token: str, notice: Notice) -> bool:
    """Whether the page that was answered showed these words; a forged or foreign token did not."""
    try:
        return bool(Signer(salt=SALT).unsign_object(token) == _words(notice))
    except (BadSignature, ValueError):
        return False


def _words(notice: Notice) -> list[str]:
    return [notice.form, notice.language, notice.sha256, notice.version.number]
