"""Whose rows a transaction is about, told to PostgreSQL, which shows it no others (E-2b, E-9c).

Each scope is a context manager, and a decorator, that opens a transaction, or a savepoint within
one, and names itself for as long as it lasts (`emsar.audit.rows`). A scope within a scope takes
its place, wider or narrower, and gives it back at the end. `visible_to` decides what somebody may
see; this is the wall behind it. For the worker and the owner of the database a scope changes
nothing.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from types import TracebackType
from uuid import UUID

from django.db import connection, transaction

from emsar.audit.rows import SETTING
from emsar.staff.models import Role, User

_SET = f"SELECT set_config('{SETTING}', %s, TRUE)"
_EXCHANGE = f"""
WITH before AS MATERIALIZED (SELECT current_setting('{SETTING}', TRUE) AS scope)
SELECT scope, set_config('{SETTING}', %s, TRUE) FROM before
"""  # noqa: S608 - the name of a setting of ours  # nosec B608


class _Scope:
    """One of the scopes below, open once."""

    def __init__(self, name: str, value: object = "") -> None:
        self._text = f"{name} {value}"
        self._outer = _OPEN.get()

    def __enter__(self) -> None:
        self._begin()
        _OPEN.set(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _OPEN.set(self._outer)
        self._stack.__exit__(kind, problem, trace)

    def _begin(self) -> None:
        is_nested = connection.in_atomic_block
        with ExitStack() as stack:
            self._atomic = stack.enter_context(_atomic())
            if is_nested:
                stack.enter_context(_exchanged(self._text))
            else:
                # The end of the transaction is the end of it.
                _run(_SET, self._text)
            self._stack = stack.pop_all()

    def pause(self) -> None:
        """Commit; nothing is open until :meth:`resume`. RuntimeError inside a savepoint of it."""
        if connection.atomic_blocks[-1:] != [self._atomic]:
            raise RuntimeError("a transaction within the scope is open")
        self._stack.close()

    def resume(self) -> None:
        """A new transaction, about the same."""
        self._begin()


_OPEN: ContextVar[_Scope | None] = ContextVar("rows", default=None)


@contextmanager
def _atomic() -> Iterator[transaction.Atomic]:
    block = transaction.atomic()
    with block:
        yield block


@contextmanager
def _exchanged(scope: str) -> Iterator[None]:
    """What was open before comes back: after a fault by the rollback, otherwise told so."""
    before = _run(_EXCHANGE, scope) or ""
    yield
    if not connection.needs_rollback:
        _run(_SET, before)


def _run(statement: str, scope: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [scope])
        found: str | None = cursor.fetchone()[0]
        return found


@contextmanager
def apart() -> Iterator[None]:
    """Step out of the scope that is open, for what needs a transaction of its own.

    What was written so far is committed first, and afterwards a new transaction goes on about the
    same. Without a scope nothing happens. RuntimeError inside a savepoint.
    """
    scope = _OPEN.get()
    if scope is None:
        yield
        return
    scope.pause()
    try:
        yield
    finally:
        scope.resume()


@contextmanager
def of_member(user: User) -> Iterator[None]:
    """What a member of staff works on: their company's rows and nobody's; the DPO's are all.

    Administrator and auditor work on none.
    """
    with _scope_of(user):
        yield


def _scope_of(user: User) -> _Scope:
    if user.is_active and user.role == Role.DPO:
        return _Scope("everything")
    if user.is_active and user.role == Role.ENTITY_STAFF and user.entity_id:
        return _Scope("company", user.entity_id)
    return _Scope("nothing")


@contextmanager
def of_person(person: UUID) -> Iterator[None]:
    """What is one person's: the pages of their cases, and what happens there (E-8b to E-8k)."""
    with _Scope("person", person):
        yield


@contextmanager
def of_request(request: UUID) -> Iterator[None]:
    """One request, whichever company has it: a withdrawal by link, a hand-over (E-8g, E-6.1a)."""
    with _Scope("request", request):
        yield


@contextmanager
def new_request(request: UUID) -> Iterator[None]:
    """The form writes a request of this key, and sees none, not even that one (E-1l)."""
    with _Scope("form", request):
        yield


@contextmanager
def sent_before(nonce: UUID) -> Iterator[None]:
    """The request that a page of the form has made already, to look at."""
    with _Scope("sent", nonce):
        yield


@contextmanager
def counting() -> Iterator[None]:
    """All rows, to be counted and not to be written: figures, alarms and `/readyz`."""
    with _Scope("counting"):
        yield
