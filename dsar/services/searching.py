"""The search for what an erasure should not have left, through every table of the database.

Keys and UUIDs are looked up where an index has them. All the rest is one pass over each table,
which stops at the first row that has anything; only then is it counted where.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Cursor, sql

from dsar.services import columns
from dsar.services.columns import DOCUMENTS, TEXT_ARRAYS, TEXTS, Column
from dsar.services.conditions import Condition, Statement, anywhere, escape, like, within
from dsar.services.traces import Trace
from emsar.datamap.crypto import lookup_key
from emsar.datamap.keys import ring
from emsar.entities.registry import registry

# In texts the person and the first records are looked for; in columns of UUIDs all of them.
MOST_IN_TEXT = 20
# A person who comes back after the erasure is a new one, under the same key.
_CAME_LATER = {
    "subjects_subjectidentifier.key": sql.SQL(
        "subject_id IN (SELECT id FROM subjects_datasubject WHERE created_at < %s)"
    )
}


@dataclass(frozen=True)
class Finding:
    """So many rows in which something was found: a ``key``, ``uuid``, ``address`` or ``word``.

    ``mark`` is a keyed digest of which rows they are and of what stands there.
    """

    table: str
    column: str
    what: str
    rows: int
    mark: str = ""

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}"

    @property
    def sign(self) -> str:
        """The same for the same rows found again; it names nobody."""
        return f"{self.place}:{self.what}:{self.rows}:{self.mark}"


@dataclass
class Report:
    """What was found, and how long the look-ups and the passes took, in seconds."""

    findings: list[Finding] = field(default_factory=list)
    by_index: float = 0.0
    by_pass: float = 0.0


@dataclass(frozen=True)
class Check:
    """One question to a column; ``in_words``: its text is looked through."""

    column: Column
    what: str
    condition: Condition
    in_words: bool = False


def search(trace: Trace, since: datetime) -> Report:
    """Look for a trace everywhere; ``since`` is the moment of the erasure."""
    looked_for = _Needles(trace, since)
    report = Report()
    for table, group in groupby(columns.columns(), key=lambda column: column.table):
        checks = [check for column in group for check in looked_for.checks(column)]
        fast = [check for check in checks if check.column.indexed and not check.in_words]
        start = time.perf_counter()
        report.findings += _counted(table, fast)
        middle = time.perf_counter()
        slow = [check for check in checks if check not in fast]
        if slow and _ask(looked_for.anything(table, slow)):
            report.findings += _counted(table, slow)
        report.by_index += middle - start
        report.by_pass += time.perf_counter() - middle
    return report


class _Needles:
    """What is looked for, in the form in which each type of column would hold it."""

    def __init__(self, trace: Trace, since: datetime) -> None:
        own = {mailbox.address for mailbox in registry().mailboxes}
        self.since = since
        self.keys = [bytes.fromhex(key) for key in trace.keys]
        self.uuids = [UUID(number) for number in trace.uuids]
        addresses = [a for a in trace.addresses if a not in own]
        self.texts = {
            "key": [key.hex() for key in self.keys],
            "uuid": [str(number) for number in self.uuids[:MOST_IN_TEXT]],
            "address": list(dict.fromkeys(f for a in addresses for f in (a, a.lower()))),
            "word": trace.words,
        }
        self.bytes = {
            "key": self.keys,
            "uuid": [number.bytes for number in self.uuids[:MOST_IN_TEXT]],
            "address": [text.encode() for text in self.texts["address"]],
            "word": [text.encode() for text in self.texts["word"]],
        }

    def checks(self, column: Column) -> Iterator[Check]:
        """The questions that make sense for a column and that nothing explains."""
        for what in self.texts:
            if self.texts[what] and not _explained(column, what):
                yield from self._check(column, what)

    def _check(self, column: Column, what: str) -> Iterator[Check]:
        name = sql.Identifier(column.name)
        if column.kind in {"uuid", "_uuid"}:
            if what == "uuid":
                yield Check(column, what, self._equal(column, name, self.uuids))
        elif column.kind in {"bytea", "_bytea"} and what == "key" and not column.is_sealed:
            yield Check(column, what, self._equal(column, name, self.keys))
        elif column.kind == "bytea" and not column.is_sealed:
            yield Check(column, what, within(name, self.bytes[what]))
        elif column.kind in (*TEXTS, *DOCUMENTS, *TEXT_ARRAYS, "bytea"):
            forms = self._forms(column, what)
            if forms:
                found = like(_shown(column), forms, whole=what == "word")
                yield Check(column, what, found, in_words=True)

    def _forms(self, column: Column, what: str) -> list[str]:
        """What is looked for as the column would show it; what is too long cannot stand there."""
        if column.kind == "bytea":
            return [escape(value) for value in self.bytes[what]]
        return [t for t in self.texts[what] if not column.longest or len(t) <= column.longest]

    def anything(self, table: str, checks: Sequence[Check]) -> Statement:
        """Whether a table has anything at all: the texts of a row are looked through together.

        A word that stands in a code of ours, or is a part of a longer one, is sorted out when it
        is counted where; UUIDs are not looked for where they may stand, as most rows have one.
        """
        texts = [check for check in checks if check.in_words]
        with_numbers = {check.column for check in texts if check.what == "uuid"}
        conditions = [check.condition for check in checks if not check.in_words]
        rows: list[sql.Composable] = []
        for name, numbered in (("numbered", True), ("others", False)):
            group = [check for check in texts if (check.column in with_numbers) is numbered]
            forms = [form for check in group for form in self._forms(check.column, check.what)]
            shown = [_shown(column) for column in dict.fromkeys(check.column for check in group)]
            if group:
                rows.append(_as_one_text(shown, name))
                conditions.append(anywhere(sql.Identifier(name), list(dict.fromkeys(forms))))
        either = sql.SQL(" OR ").join([condition.text for condition in conditions])
        source = sql.SQL(" CROSS JOIN LATERAL ").join([sql.Identifier(table), *rows])
        statement = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {})").format(source, either)
        return Statement(statement, [value for each in conditions for value in each.values])

    def _equal(self, column: Column, name: sql.Identifier, values: Sequence[Any]) -> Condition:
        if column.kind.startswith("_"):
            return Condition(sql.SQL("{} && %s::{}").format(name, _type(column)), [list(values)])
        found = Condition(sql.SQL("{} = ANY(%s::{}[])").format(name, _type(column)), [list(values)])
        later = _CAME_LATER.get(column.place)
        return found.and_(later, self.since) if later else found


def _shown(column: Column) -> sql.Composable:
    """A column as text: bytes with the odd ones as octal numbers; what is sealed says nothing."""
    name = sql.Identifier(column.name)
    if column.kind in DOCUMENTS:
        return sql.SQL("{}::text").format(name)
    if column.kind in TEXT_ARRAYS:
        return sql.SQL("array_to_string({}, E'\\n')").format(name)
    if column.kind != "bytea":
        return name
    sealed = [
        sql.SQL("substring({} from 1 for {}) = {}").format(name, len(head), sql.Literal(head))
        for head in _heads()
    ]
    return sql.SQL("CASE WHEN {} THEN NULL ELSE encode({}, 'escape') END").format(
        sql.SQL(" OR ").join(sealed), name
    )


def _type(column: Column) -> sql.SQL:
    """The type of a value, or of an array, as a cast writes it; only our own words come here."""
    casts = {"uuid": "uuid", "bytea": "bytea", "_uuid": "uuid[]", "_bytea": "bytea[]"}
    return sql.SQL(casts[column.kind])


def _explained(column: Column, what: str) -> bool:
    if what == "uuid":
        return columns.explains_numbers(column)
    return what == "word" and columns.explains_words(column)


def _as_one_text(shown: Sequence[sql.Composable], name: str) -> sql.Composable:
    """The texts of a row as one, made once a row however many values are looked for in it."""
    one = sql.SQL("(SELECT concat_ws(E'\\n', {}) OFFSET 0) AS {} ({})")
    return one.format(
        sql.SQL(", ").join(shown), sql.Identifier(f"row_{name}"), sql.Identifier(name)
    )


def _heads() -> list[bytes]:
    """How the values begin that are encrypted under one of our keys."""
    return [bytes([len(kid)]) + kid.encode() for kid, _ in ring("FIELD_KEYS").keys]


def _counted(table: str, checks: Sequence[Check]) -> list[Finding]:
    found = []
    for check in checks:
        statement = sql.SQL("SELECT count(*), {} FROM {} WHERE {}")
        source = sql.Identifier(table)
        query = statement.format(_digest(check.column), source, check.condition.text)
        rows, digest = _first(Statement(query, check.condition.values))
        if rows:
            mark = lookup_key("residual", f"{check.column.place}:{digest}").hex()
            found.append(Finding(table, check.column.name, check.what, int(rows), mark))
    return found


def _digest(column: Column) -> sql.Composable:
    """Which rows and what stands in them, as one number that needs no order and little memory."""
    parts = [sql.SQL("{}::text").format(sql.Identifier(n)) for n in (*column.primary, column.name)]
    text = sql.SQL("concat_ws(E'\\x1f', {})").format(sql.SQL(", ").join(parts))
    return sql.SQL("coalesce(sum(hashtextextended({}, 0)), 0)::text").format(text)


def _ask(statement: Statement) -> Any:
    """One value."""
    return _first(statement)[0]


def _first(statement: Statement) -> tuple[Any, ...]:
    """One row. The server binds what is looked for, so that no log of statements shows it."""
    wrapper: Any = connection
    wrapper.ensure_connection()
    with wrapper.make_cursor(Cursor(wrapper.connection)) as cursor:
        cursor.execute(statement.text, statement.values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
