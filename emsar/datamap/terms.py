"""The names, units and direction of every term that the policies or the schedule promise.

Values live elsewhere: ``policies`` registers those of the published versions, ``entities`` those
of the profile's ``[schedule]``. No period stands in Python.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How a term counts; all days are days of Asia/Baku."""

    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    CALENDAR_MONTHS = "calendar_months"
    YEARS = "years"


class Better(StrEnum):
    """Which value is better for the person, when two versions of a policy differ."""

    SHORTER = "shorter"
    LONGER = "longer"


@dataclass(frozen=True)
class Term:
    """One promise with a number.

    ``reader`` is the app whose code computes from it, ``clause`` the promise it states;
    ``statutory`` terms follow the law, not the version shown to the person.
    """

    name: str
    unit: Unit
    reader: str
    clause: str
    better: Better = Better.SHORTER
    statutory: bool = False


_POLICY_TERMS = (
    Term("reply_within", Unit.BUSINESS_DAYS, "requests_inbox", "E-4a"),
    Term("consultation_retention", Unit.CALENDAR_MONTHS, "requests_inbox", "E-7.2a"),
    Term("accounting_retention", Unit.YEARS, "requests_inbox", "E-7.2c", statutory=True),
    Term("analytics_retention", Unit.CALENDAR_MONTHS, "statistics", "E-7.2d"),
    Term("erasure_deadline", Unit.CALENDAR_DAYS, "dsar", "E-7.2e"),
    Term("answer_deadline", Unit.CALENDAR_DAYS, "dsar", "E-8k"),
    Term("minimum_age", Unit.YEARS, "dsar", "E-11b", better=Better.LONGER),
    Term("cookie_choice_lifetime", Unit.CALENDAR_MONTHS, "consent", "E-10b"),
    Term("analytics_cookie_lifetime", Unit.CALENDAR_MONTHS, "consent", "E-10b"),
)

_TERMS: dict[str, Term] = {term.name: term for term in _POLICY_TERMS}
_SOURCES: dict[str, Callable[[str], int]] = {}


def policy_term(name: str) -> Term | None:
    """The declared term of a policy, or None when nobody declared a rule for it."""
    return _TERMS.get(name)


def policy_terms() -> tuple[Term, ...]:
    """Every term that a policy may state."""
    return tuple(_TERMS.values())


def register_source(kind: str, value_of: Callable[[str], int]) -> None:
    """Let a higher room answer for the values of ``kind`` ("policy", "schedule")."""
    _SOURCES[kind] = value_of


def value(kind: str, name: str) -> int:
    """The value in force of a term; raises LookupError when no room answers for its kind."""
    if kind not in _SOURCES:
        raise LookupError(f"nothing is registered for terms of kind {kind!r}")
    return _SOURCES[kind](name)


def better_of(term: Term, first: int, second: int) -> int:
    """Of two values of a term the one that is better for the person (idea 1)."""
    return min(first, second) if term.better is Better.SHORTER else max(first, second)
