"""``manage.py check`` refuses rules that cannot be carried out, and days later than allowed."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from emsar.datamap import terms
from emsar.datamap.rules import Rule, Source, rules

STORED = "make it a DateField with an index: the sweep looks for it every night"


@register()
def rules_can_be_carried_out(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every rule names a term that somebody answers for, and columns that exist."""
    return [message for rule in rules() for message in (*_term(rule), *_columns(rule))]


def _term(rule: Rule) -> list[CheckMessage]:
    names = [(rule.source, rule.term)] if rule.term else []
    names += [(Source.SCHEDULE, rule.waits.term)] if rule.waits else []
    if not rule.term and not rule.until:
        return [_error(rule, "names no term", "every rule reads its period from a term")]
    return [
        _error(
            rule,
            f"reads the term {name!r}, which nobody states",
            f"write it into [{source}] of the profile, or declare it in emsar/datamap/terms.py",
        )
        for source, name in names
        if not _is_stated(source, name)
    ]


def _is_stated(source: Source, name: str) -> bool:
    """A term of the policy is declared in code; one of the schedule stands in the profile."""
    if source is Source.POLICY:
        return terms.policy_term(name) is not None
    from django.conf import settings

    return any(t.group == "schedule" and t.name == name for t in settings.PROFILE.terms)


def _columns(rule: Rule) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in filter(None, [rule.last_day, rule.since, rule.until, *rule.empties]):
        try:
            column = rule.model._meta.get_field(name)
        except FieldDoesNotExist:
            found.append(_error(rule, f"names a column {name!r} that is not there", "mend it"))
            continue
        if name == rule.last_day and type(column) is not models.DateField:
            found.append(_error(rule, f"stores its last day in {name!r}, no date", STORED))
        if name == rule.last_day and not _is_indexed(rule.model, name):
            found.append(_error(rule, f"looks for {name!r} without an index", STORED))
    return found


def _is_indexed(model: type[models.Model], name: str) -> bool:
    return any(index.fields[:1] == [name] for index in model._meta.indexes)


def _error(rule: Rule, what: str, hint: str) -> CheckMessage:
    return Error(f"The rule of retention “{rule.name}” {what}", hint=hint, id="retention.E001")


@register(Tags.database)
def days_are_those_of_the_rules(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """No stored last day lies later than its rule allows; the rooms say how to tell."""
    if not databases:
        return []
    return [
        Error(
            f"{number} rows of {label} are kept longer than their rule allows",
            hint="run manage.py recompute_dates; if they come back, look at who writes the date",
            id="retention.E002",
        )
        for label, count in LATE_ROWS
        if (number := count())
    ]


LATE_ROWS: list[tuple[str, Any]] = []
