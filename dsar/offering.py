"""The values that a person sees on the page of a correction, and can propose better ones for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dsar.models import Case, CaseFile
from dsar.owning import held_in
from dsar.package.words import column_title, table_title
from dsar.services.sharing import needs_choice
from dsar.walk import Held
from emsar.datamap.crypto import is_unreadable


@dataclass(frozen=True)
class Value:
    """One value; ``key`` names model, row and column for the form."""

    key: str
    label: str
    value: str


def values_of(case: Case) -> list[Value]:
    """The values that may be corrected; none while it is not settled whose records are whose.

    The person's own words in this and other cases are left out: they can simply write again.
    """
    if case.subject is None or case.verified_at is None or needs_choice(case):
        return []
    tables = (lines for lines in held_in(case) if lines.line.model is not CaseFile)
    return [value for lines in tables for value in _of_table(lines)]


def _of_table(held: Held) -> Iterator[Value]:
    names = [name for name, column in held.line.personal.items() if column.correct]
    rows = held.rows.only("pk", *names) if names else ()
    return (_value(held, row, name) for row in rows for name in names)


def _value(held: Held, row: Any, name: str) -> Value:
    found = getattr(row, name)
    shown = "" if found is None or is_unreadable(found) else str(found)
    label = f"{table_title(held.line)}: {column_title(held.line, name)}"
    return Value(f"{held.label}|{row.pk}|{name}", label, shown)
