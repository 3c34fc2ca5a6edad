"""Requests of the tests are handled as in production: by the web's role, behind its walls.

Tests prepare and look as the owner of the database, whom no right and no policy concerns. What the
test client or the live server asks for is answered as ``emsar_web``: the role is changed on the
driver's own connection, beside Django, so that no query count changes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.signals import connection_created
from django.test.client import ClientHandler
from django.test.testcases import LiveServerThread
from psycopg.pq import TransactionStatus

from emsar.audit.roles import WEB

_here = threading.local()
_IS_MEMBER = """
SELECT 1 FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = roleid
WHERE rolname = %s AND pg_get_userbyid(member) = current_user AND set_option
"""


def let_owner_be_web() -> None:
    """Once a server: roles belong to all its databases, and several may be set up at once."""
    for _attempt in range(10):
        with connection.cursor() as cursor:
            cursor.execute(_IS_MEMBER, [WEB])
            if cursor.fetchone():
                return
        try:
            driver().execute(f"GRANT {WEB} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
        except psycopg.errors.InternalError_:
            continue  # another set-up was faster
    raise RuntimeError(f"the owner of the test database may not act as {WEB}")


def driver() -> Any:
    """The driver's connection below Django's."""
    connection.ensure_connection()
    return connection.connection


@contextmanager
def as_web() -> Iterator[None]:
    """What runs in this thread meanwhile is the web, on whichever connection it opens."""
    if getattr(_here, "is_web", False):
        yield
        return
    _here.is_web, before = True, _role()
    try:
        if before:
            connection.connection.execute(f"SET ROLE {WEB}")
        yield
    finally:
        _here.is_web = False
        _leave(before)


def _role() -> str:
    """The role that the open connection was given; "none" for its own, "" without a connection."""
    if connection.connection is None:
        return ""
    return str(connection.connection.execute("SHOW role").fetchone()[0])


def _leave(before: str) -> None:
    raw = connection.connection
    # A connection that was lost, or a transaction that is, takes its role with it.
    if raw is None or raw.closed or raw.info.transaction_status == TransactionStatus.INERROR:
        return
    raw.execute("RESET ROLE")
    if before not in {"", "none"}:
        raw.execute(f"SET LOCAL ROLE {before}")


def _on_new_connection(connection: Any, **_: Any) -> None:
    if getattr(_here, "is_web", False):
        connection.connection.execute(f"SET ROLE {WEB}")


def answer_as_web() -> None:
    """From now on every request of a test client and of a live server is the web's."""
    connection_created.connect(_on_new_connection, dispatch_uid="tests.webrole")
    _wrap(ClientHandler, "get_response", _streaming_as_web)
    _wrap(LiveServerThread.server_class, "process_request_thread")


def _streaming_as_web(response: Any) -> Any:
    """What is streamed is read after the answer, by the web as well."""
    if response.streaming:
        response.streaming_content = _chunks_as_web(response.streaming_content)
    return response


def _chunks_as_web(chunks: Iterator[bytes]) -> Iterator[bytes]:
    with as_web():
        yield from chunks


def _wrap(owner: type, name: str, then: Callable[[Any], Any] = lambda answer: answer) -> None:
    original = getattr(owner, name)
    if getattr(original, "is_web", False):
        return

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with as_web():
            return then(original(self, *args, **kwargs))

    wrapped.is_web = True  # type: ignore[attr-defined]
    setattr(owner, name, wrapped)
