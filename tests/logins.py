"""Logging in without the way in: ``client.force_login(user)`` opens a login as both factors do."""

from typing import Any

from django.test import Client

from consent.undertaking.gate import mark_accepted
from emsar.staff.access.sessions import open_in

_plainly = Client.force_login


def _force_login(self: Client, user: Any, backend: str | None = None) -> None:
    _plainly(self, user, backend)
    session = self.session
    open_in(session, user)
    mark_accepted(session)
    session.save()


def install() -> None:
    """Let every client of the tests log in so; once a run."""
    Client.force_login = _force_login  # type: ignore[method-assign]
