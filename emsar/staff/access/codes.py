"""Taking a code that somebody typed: the app's or one on paper, with a limit on guesses."""

from datetime import datetime

from django.utils import timezone

from emsar.audit import record
from emsar.staff.access import factors, lockout, recovery
from emsar.staff.mailing import tell
from emsar.staff.models import User


class TooManyCodesError(Exception):
    """So many wrong codes that none is looked at until ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def takes(user: User, code: str) -> bool:
    """Whether the code is one of this person's; it is used up.

    Raises TooManyCodesError after too many wrong ones, for right ones as well.
    """
    door = lockout.code_door(user)
    attempt = lockout.attempt(door)
    if attempt.closed_until is not None:
        raise TooManyCodesError(attempt.closed_until)
    if not _is_right(user, code):
        attempt.failed(user)
        return False
    door.open_again()
    return True


def _is_right(user: User, code: str) -> bool:
    if recovery.looks_like_code(code):
        return _spent(user, code)
    device = factors.factor_of(user)
    return device is not None and factors.takes(device, code)


def _spent(user: User, code: str) -> bool:
    """A code on paper; its owner is told, so that a stranger's use is noticed."""
    if not recovery.spend(user, code):
        return False
    record("staff.recovery_code", actor=user.pk, obj=user)
    words = {"username": user.username, "left": recovery.left(user)}
    tell([user], "staff_recovery_used", words, key=f"recovery:{user.pk}:{timezone.now():%s%f}")
    return True
