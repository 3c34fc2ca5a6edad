"""Reads one table of a profile, noting every fault instead of stopping at the first."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar
from urllib.parse import urlsplit

LANGUAGES = ("az", "en", "ru")

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+\Z")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_TIN = re.compile(r"[0-9]{10}\Z")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}\Z")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a profile: the key as written in the file and what is wrong with it."""

    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


class ProfileError(Exception):
    """A profile was refused whole; ``problems`` lists every fault that was found."""

    def __init__(self, key: str, reason: str, *more: Problem) -> None:
        self.problems = (Problem(key, reason), *more)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, problems: list[Problem]) -> "ProfileError":
        first, *rest = problems
        return cls(first.key, first.reason, *rest)

    @property
    def key(self) -> str:
        return self.problems[0].key

    @property
    def reason(self) -> str:
        return self.problems[0].reason


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in the three languages; all three are always there."""

    az: str
    en: str
    ru: str

    def get(self, language: str) -> str:
        """The text in ``language``; ValueError for a language we do not write."""
        if language not in LANGUAGES:
            raise ValueError(f"no text is written in {language!r}")
        return str(getattr(self, language))


class Reader:
    """One table of the file. Every method takes a key, and answers a value of the right type.

    A fault is added to ``problems`` and answered with an empty value, so that reading goes on
    and the author sees all faults at once; `finish` names the keys that nobody asked for.
    """

    def __init__(self, table: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        self._table = table
        self._path = path
        self._asked: set[str] = set()
        self.problems = problems

    def key(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def fault(self, name: str, reason: str) -> None:
        self.problems.append(Problem(self.key(name), reason))

    def has(self, name: str) -> bool:
        return name in self._table

    def names(self) -> list[str]:
        return list(self._table)

    def finish(self) -> None:
        for name in self._table:
            if name not in self._asked:
                self.fault(name, "this key is not known")

    def _value(self, name: str, kind: type[T], what: str, empty: T, required: bool = True) -> T:
        self._asked.add(name)
        if name not in self._table:
            if required:
                self.fault(name, "this key is missing")
            return empty
        value = self._table[name]
        # In Python a truth value is an int and a moment is a date; in a profile they are not.
        if type(value) is not kind:
            self.fault(name, f"must be {what}")
            return empty
        return value

    def string(self, name: str, *, required: bool = True) -> str:
        value = self._value(name, str, "a text in quotes", "", required).strip()
        if required and not value and isinstance(self._table.get(name), str):
            self.fault(name, "must not be empty")
        return value

    def _matching(self, name: str, fits: Callable[[str], object], what: str, required: bool) -> str:
        value = self.string(name, required=required)
        if value and not fits(value):
            self.fault(name, f"{value!r} is not {what}")
        return value

    def slug(self, name: str, *, required: bool = True) -> str:
        what = "a slug (small letters, digits, single hyphens)"
        return self._matching(name, _SLUG.match, what, required)

    def term_name(self, name: str, *, required: bool = True) -> str:
        what = "the name of a term (small letters, digits, underscores)"
        return self._matching(name, _NAME.match, what, required)

    def host(self, name: str, *, required: bool = True) -> str:
        return self._matching(name, is_host, "a host name in small ASCII letters", required)

    def email(self, name: str, *, required: bool = True) -> str:
        return self._matching(name, is_email, "an e-mail address", required)

    def https(self, name: str, *, required: bool = True) -> str:
        return self._matching(name, is_https, "an https:// address", required)

    def tin(self, name: str) -> str:
        return self._matching(name, _TIN.match, "a TIN of 10 digits", True)

    def phone(self, name: str) -> str:
        return self._matching(name, _PHONE.match, "a number such as +994123456789", False)

    def choice(self, name: str, allowed: tuple[str, ...], *, required: bool = True) -> str:
        what = f"one of {', '.join(allowed)}"
        return self._matching(name, lambda value: value in allowed, what, required)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """A truth value; without ``default`` the key is required."""
        empty = bool(default)
        return self._value(name, bool, "true or false", empty, required=default is None)

    def maybe(self, name: str) -> bool | None:
        """A truth value that may be unknown: the key is left out then."""
        return self.flag(name, default=False) if self.has(name) else None

    def positive(self, name: str) -> int:
        value = self._value(name, int, "a whole number", 1)
        if value < 1:
            self.fault(name, f"must be a positive whole number, not {value}")
        return value

    def day(self, name: str) -> date:
        return self._value(name, date, "a date (2026-04-28, without quotes)", date.min)

    def maybe_day(self, name: str) -> date | None:
        return self.day(name) if self.has(name) else None

    def clock(self, name: str) -> time:
        return self._value(name, time, "a time of day (09:00:00, without quotes)", time.min)

    def table(self, name: str) -> "Reader":
        value = self._value(name, dict, "a table", {})
        return Reader(value, self.key(name), self.problems)

    def tables(self, name: str, *, required: bool = True) -> Iterator["Reader"]:
        """The tables of a list ``[[name]]`` in the order of the file."""
        rows = self._value(name, list, "a list of tables", [], required)
        if required and self.has(name) and not rows:
            self.fault(name, "must not be empty")
        for number, row in enumerate(rows, start=1):
            path = f"{self.key(name)}[{_label(row, number)}]"
            if isinstance(row, dict):
                yield Reader(row, path, self.problems)
            else:
                self.problems.append(Problem(path, "must be a table"))

    def texts(self, name: str) -> Texts:
        """A text in az, en and ru; every language must be there and not be empty."""
        self._asked.add(name)
        if not self.has(name):
            self.fault(name, "this key is missing")
            return Texts("", "", "")
        reader = self.table(name)
        found = Texts(*(reader.string(language) for language in LANGUAGES))
        reader.finish()
        return found


def _label(row: object, number: int) -> str:
    """How a fault points at a row: its slug, name or date when it has one, else its number."""
    if isinstance(row, dict):
        for name in ("slug", "name", "date"):
            if isinstance(row.get(name), str | date):
                return str(row[name])
    return str(number)


def is_host(value: str) -> bool:
    return bool(_HOST.match(value)) and not value.rsplit(".", 1)[-1].isdigit()


def is_email(value: str) -> bool:
    local, at, host = value.rpartition("@")
    return bool(at and len(value) <= 254 and _LOCAL_PART.match(local) and is_host(host))


def is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and is_host(parts.netloc) and not set(value) & set(" \"'<>")
