"""``manage.py check`` refuses rules that cannot be carried out, and days later than allowed."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from emsar.datamap import terms
from emsar.datamap.rules import Rule, Source, rules
from emsar.datamap.terms import Unit
from emsar.retention.due import missing_term, terms_of

STORED = "make it a DateField with an index: the sweep looks for it every night"


@register()
def rules_can_be_carried_out(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every rule names a term that somebody answers for, and columns that exist."""
    return [message for rule in rules() for message in (*_term(rule), *_columns(rule))]


def _term(rule: Rule) -> list[CheckMessage]:
    if not rule.term and not rule.until:
        return [_error(rule, "names no term", "every rule reads its period from a term")]
    return [
        _error(rule, f"reads the term {name!r}, which {said}", hint)
        for source, name in terms_of(rule)
        for said, hint in _faults(source, name)
    ]


def _faults(source: Source, name: str) -> Iterator[tuple[str, str]]:
    """A term of the policy is declared in code; one of the schedule stands in the profile."""
    units = [term.unit for term in _stated(source, name)]
    if not units:
        hint = f"write it into [{source}] of the profile and do not switch it off, or declare it"
        yield "nobody states", f"{hint} in emsar/datamap/terms.py"
    elif Unit.BUSINESS_DAYS in units:
        yield "counts business days", "say it in days, months or years"


def _stated(source: Source, name: str) -> list[Any]:
    if source is Source.POLICY:
        declared = terms.policy_term(name)
        return [declared] if declared else []
    from django.conf import settings

    found = [t for t in settings.PROFILE.terms if t.group == "schedule" and t.name == name]
    return [term for term in found if term.enabled]


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
    # Before the tables are there, or up to date, there is nothing to be told about them.
    if not databases or _is_behind():
        return []
    missing = _without_terms()
    return missing or [
        Error(
            f"{number} rows of {label} are kept longer than their rule allows",
            hint="run manage.py recompute_dates; if they come back, look at who writes the date",
            id="retention.E002",
        )
        for label, count in LATE_ROWS
        if (number := count())
    ]


def _is_behind() -> bool:
    """Whether migrations are still to be applied."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _without_terms() -> list[CheckMessage]:
    """The rules whose terms have no value in the database; the sweep could not carry them out."""
    return [
        _error(rule, f"has no value for its terms: {problem}", "run manage.py load_organisation")
        for rule in rules()
        if (problem := missing_term(rule))
    ]


LATE_ROWS: list[tuple[str, Any]] = []
