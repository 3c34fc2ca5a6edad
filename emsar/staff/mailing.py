"""Mail to members of staff by name: the room that sends mail stands above and registers itself."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.conf import settings

from emsar.staff.models import Role, User


class StaffMailer(Protocol):
    """Queue a notice to these people, in each one's language, once a ``key``."""

    def __call__(
        self, users: list[User], template: str, context: Mapping[str, object], *, key: str
    ) -> int: ...


_MAILERS: list[StaffMailer] = []


def register_staff_mailer(mailer: StaffMailer) -> None:
    """Called by the room that sends mail when the apps are ready."""
    _MAILERS[:] = [mailer]


def nobody() -> User:
    """Who has no login, to be written to where it must not be noticed that there is nobody."""
    return User(username="nobody", role=Role.AUDITOR, language=settings.LANGUAGE_CODE)


def tell(
    users: Sequence[User],
    template: str,
    context: Mapping[str, object],
    *,
    key: str,
    also_nobody: bool = False,
) -> int:
    """Queue a notice in the caller's transaction to those who can be written to.

    ``also_nobody`` makes a mail for who has no address as well, which never goes out, so that
    both cost the same. The number of mails. Raises LookupError when no mailer is registered.
    """
    if not _MAILERS:
        raise LookupError("no mailer is registered")
    reachable = [user for user in users if also_nobody or (user.email and user.is_active)]
    return _MAILERS[0](reachable, template, context, key=key)
