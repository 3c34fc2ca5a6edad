"""Links for staff by Django's token generator: nothing is stored, and a link ends by itself.

``PASSWORD_RESET_TIMEOUT`` (24 hours) is the longest that one lives.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode

from emsar.staff.access.factors import factor_of
from emsar.staff.models import User


class InvitationTokens(PasswordResetTokenGenerator):
    """Lead to a password and a second factor; end with the factor, and with the next invitation."""

    key_salt = "emsar.staff.access.invitation"

    def check_token(self, user: Any, token: str | None) -> bool:
        """Nobody who has a second factor is led to another one."""
        return super().check_token(user, token) and factor_of(user) is None

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        parts = (user.pk, user.invited_at, user.is_active, user.email)
        return "".join(f"{part}\x1f" for part in (*parts, timestamp))


class PasswordTokens(PasswordResetTokenGenerator):
    """Lead to a new password and to nothing else; end with it, with a login, and after an hour."""

    key_salt = "emsar.staff.access.password"
    lasts = timedelta(hours=1)

    def check_token(self, user: Any, token: str | None) -> bool:
        return super().check_token(user, token) and self._age(str(token)) < self.lasts

    def _age(self, token: str) -> timedelta:
        made = base36_to_int(token.partition("-")[0])
        return timedelta(seconds=self._num_seconds(self._now()) - made)

    def _now(self) -> datetime:
        return datetime.now()  # noqa: DTZ005 - as the parent counts


invitations = InvitationTokens()
passwords = PasswordTokens()


def name_in_link(user: User) -> str:
    """How a link names its reader: by the random key, never by the login name."""
    return urlsafe_base64_encode(user.pk.bytes)


def reader_of(name: str, token: str, generator: PasswordResetTokenGenerator) -> User | None:
    """Whose link it is; None for a wrong, used or expired one, all of which look the same.

    To be called in a transaction: two who use the same link at once wait for each other here.
    """
    user = User.objects.select_for_update().filter(pk=_key(name), is_active=True).first()
    return user if user is not None and generator.check_token(user, token) else None


def _key(name: str) -> UUID:
    """The random key in a link; for what is none, a key that nobody has."""
    try:
        return UUID(bytes=urlsafe_base64_decode(name))
    except ValueError:
        return UUID(int=0)
