"""Rules of retention: which rows end when, read from terms, and what ending does with them.

A rule says nothing in days: it names a term of the policy or of the schedule, and either the
column that stores the last day kept or the column with the moment from which the term counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise


class Trigger(StrEnum):
    """Why something is destroyed: the four of S-5."""

    PERIOD = "S-5a"
    DEATH = "S-5b"
    PURPOSE = "S-5c"
    NECESSITY = "S-5d"


class Source(StrEnum):
    """Who answers for a term's value."""

    POLICY = "policy"
    SCHEDULE = "schedule"


@dataclass(frozen=True)
class Waits:
    """Rows of a rule that wait for the data protection officer, but not longer than ``term``."""

    where: Q
    term: str


@dataclass(frozen=True)
class Rule:
    """One promise to forget.

    ``last_day`` is a stored column (a date of Asia/Baku, the last day kept); ``since`` a column
    with the moment from which ``term`` counts; ``until`` one with the moment of the end itself.
    Exactly one of them is given. ``empties`` are columns that are emptied instead of deleting the
    row. ``where`` keeps the rules of one table apart: a row is governed by one of them.
    ``title`` tells staff what is covered; without one the plural name of the model does.
    ``officer_only``: nobody but the officer sees the records, nor the orders for their copies.
    """

    name: str
    model: type[models.Model]
    clause: str
    term: str
    source: Source = Source.SCHEDULE
    last_day: str = ""
    since: str = ""
    until: str = ""
    where: Q = field(default_factory=Q)
    trigger: Trigger = Trigger.PERIOD
    waits: Waits | None = None
    empties: Mapping[str, object] = field(default_factory=dict)
    title: str | Promise = ""
    officer_only: bool = False

    @property
    def label(self) -> str:
        return self.model._meta.label_lower


_RULES: dict[str, Rule] = {}


def govern(rule: Rule) -> Rule:
    """Put a rule into force; a second one of the same name, or one without an end, is an error."""
    if rule.name in _RULES:
        raise ValueError(f"the rule {rule.name} is declared twice")
    if sum(map(bool, (rule.last_day, rule.since, rule.until))) != 1:
        raise ValueError(f"the rule {rule.name} needs exactly one of last_day, since and until")
    _RULES[rule.name] = rule
    return rule


def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the apps."""
    return tuple(_RULES.values())


def rule(name: str) -> Rule:
    """The rule of a name; LookupError when there is none."""
    if name not in _RULES:
        raise LookupError(f"there is no rule {name!r}")
    return _RULES[name]


def rules_of(model: type[models.Model]) -> Iterator[Rule]:
    """The rules that govern a table."""
    return (found for found in _RULES.values() if found.model is model)


@dataclass(frozen=True)
class EvidenceRule:
    """Evidence that leaves by the month once ``term`` (of the schedule) is over.

    ``where`` is a condition in SQL over constants of ours, for kinds that share a table;
    ``record`` a column with the UUID of the record that a row tells of, for holds on it.
    ``title`` as above.
    """

    name: str
    model: type[models.Model]
    clause: str
    term: str
    where: str = "true"
    record: str = ""
    title: str | Promise = ""
    source: ClassVar[Source] = Source.SCHEDULE


Governed = Rule | EvidenceRule

_EVIDENCE: dict[str, EvidenceRule] = {}


def govern_evidence(rule: EvidenceRule) -> EvidenceRule:
    """Put a rule for evidence into force; a second one of the same name is an error."""
    if rule.name in _EVIDENCE:
        raise ValueError(f"the rule {rule.name} is declared twice")
    _EVIDENCE[rule.name] = rule
    return rule


def governed(name: str) -> Governed:
    """The rule of a name, of records or of evidence; LookupError when there is none."""
    return _EVIDENCE[name] if name in _EVIDENCE else rule(name)


def evidence_rules() -> tuple[EvidenceRule, ...]:
    """Every rule for evidence, in the order of the apps."""
    return tuple(_EVIDENCE.values())
