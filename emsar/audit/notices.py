"""The place where a mailer is registered: this room stands below the one that sends mail."""

from collections.abc import Mapping
from typing import Protocol


class Mailer(Protocol):
    """Queue a notice to everybody with a role, in each reader's language, once a ``key``."""

    def __call__(
        self, role: str, template: str, context: Mapping[str, object], *, key: str
    ) -> int: ...


_MAILERS: list[Mailer] = []


def register_mailer(mailer: Mailer) -> None:
    """Called by the room that sends mail when the apps are ready."""
    _MAILERS[:] = [mailer]


def notify_role(role: str, template: str, context: Mapping[str, object], *, key: str) -> int:
    """Queue a notice; the number of mails. Raises LookupError when no mailer is registered."""
    if not _MAILERS:
        raise LookupError("no mailer is registered")
    return _MAILERS[0](role, template, context, key=key)
