"""Asking for an address as somebody, and what comes of it; nothing of it stays."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.exports import content_of
from tests.fixtures import _forget
from tests.staff.matrix.reading import text_of

OPENED, REFUSED = {200, 302, 409, 422}, {403, 404, 405}
NO_SUCH_METHOD = 405
_WRITTEN = re.compile(r'\b(?:INSERT INTO|(?<!FOR )UPDATE|DELETE FROM) (?!SET\b|OF\b)"?(\w+)')
# A look or a refusal may be noted; nothing else comes of an address that is closed.
NOTES = frozenset({"audit_auditevent"})
# What processes remember of these was rolled back with the rest.
KEPT_IN_MEMORY = ("consent_", "entities_", "policies_", "retention_")
_FILE = "attachment"
_ACTIONS = re.compile(r'<select name="action".*?</select>', re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What somebody got; ``wrote`` are the tables that were written to, ``text`` all its words."""

    status: int
    is_open: bool
    is_file: bool
    text: str
    wrote: frozenset[str]

    @property
    def actions(self) -> set[str]:
        """The names of what can be done with several rows at once."""
        found = _ACTIONS.search(self.text)
        return set(re.findall(r'value="(\w+)"', found[0])) if found else set()

    def holds(self, words: Mapping[str, str]) -> set[str]:
        """Whose word stands in it."""
        text = self.text.casefold()
        return {whose for whose, word in words.items() if word.casefold() in text}


def ask(client: Client, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
    """GET or POST, read to the end of the file, and rolled back."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with undone(), _writing() as wrote:
        response = getattr(client, method)(path, data)
        content = content_of(response)
    client.cookies = SimpleCookie(cookies)
    if any(table.startswith(KEPT_IN_MEMORY) for table in wrote):
        _forget()
    return Answer(
        response.status_code,
        _is_open(response),
        response.headers.get("Content-Disposition", "").startswith(_FILE),
        text_of(content, response.headers.get("Content-Type", "")),
        frozenset(wrote),
    )


@contextmanager
def undone() -> Iterator[None]:
    """A transaction, or a savepoint within one, that never happened.

    Nobody inside notices it, as nobody notices the one of a test.
    """
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def _writing() -> Iterator[set[str]]:
    """The tables that statements write to meanwhile."""
    found: set[str] = set()

    def watch(execute: Any, sql: Any, *rest: Any) -> Any:
        if not (text := str(sql)).startswith("SELECT"):
            found.update(_WRITTEN.findall(text))
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield found


def _is_open(response: HttpResponse) -> bool:
    if response.status_code in REFUSED:
        return False
    assert response.status_code in OPENED, response.status_code
    return not response.headers.get("Location", "").startswith(reverse("admin:login"))
