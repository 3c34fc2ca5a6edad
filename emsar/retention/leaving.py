"""What leaves soon, and what waits for the officer: the rows of records, seen by whoever may."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Exists
from django.db.models.functions import Cast
from django.utils import timezone

from emsar.datamap import terms
from emsar.datamap.declarations import declaration_of
from emsar.datamap.fields import EncryptedTextField
from emsar.datamap.rules import Rule, rules
from emsar.entities.businessdays import BAKU
from emsar.retention.due import holds_on, missing_term, waiting_rows
from emsar.staff.models import User
from emsar.staff.scoping import Scoped, scoped

# Of the page, no promises: how far it looks ahead.
DAYS_AHEAD = 30
WEEKS_AHEAD = 12
_NEVER = Value(False, BooleanField())
# Names that no column has: annotations may not be called like one.
_COLUMNS = ("leaving_day", "leaving_key", "leaving_rule", "leaving_held", "leaving_waits")


@dataclass(frozen=True)
class Leaving:
    """One record and its last day kept; ``held`` and ``waits`` say what will keep it longer."""

    rule: Rule
    record: Any
    day: date
    held: bool
    waits: bool
    company: str

    @property
    def reference(self) -> str:
        return str(self.record)

    @property
    def goes_anyway(self) -> date | None:
        """The last day on which an unanswered record waits for the officer."""
        if self.rule.waits is None or missing_term(self.rule):
            return None
        return self.day + timedelta(days=terms.value("schedule", self.rule.waits.term))


def record_rules() -> list[Rule]:
    """The rules of records, which store their last day kept."""
    return [rule for rule in rules() if rule.last_day]


def visible_rows(rule: Rule, user: User) -> QuerySet[Any]:
    """The rows of a rule's table that somebody may see; what nobody scopes is the officer's."""
    rows: QuerySet[Any] = rule.model._default_manager.all()
    if not isinstance(rows, Scoped) and not user.is_dpo:
        return rows.none()
    return scoped(rows, user)


def first_and_last(today: date, days: int = DAYS_AHEAD) -> tuple[date, date]:
    """Last days kept whose nights are the next ``days`` nights."""
    return today, today + timedelta(days=days - 1)


def days_of(rule: Rule, today: date, days: int) -> Counter[date]:
    """How many rows of a rule have which last day, over the next days; for figures alone."""
    first, last = first_and_last(today, days)
    rows = rule.model._base_manager.filter(rule.where, **_between(rule, first, last))
    found = rows.order_by().values_list(rule.last_day).annotate(Count("pk"))
    return Counter(dict(found))


def weeks(counts: Iterable[Counter[date]], today: date) -> list[tuple[date, date, int]]:
    """First day, last day and number of what leaves in each of the next weeks."""
    total: Counter[date] = sum(counts, Counter())
    found = []
    for number in range(WEEKS_AHEAD):
        first = today + timedelta(weeks=number)
        days = [first + timedelta(days=step) for step in range(7)]
        found.append((first, days[-1], sum(total[day] for day in days)))
    return found


def leaving_soon(user: User, chosen: Iterable[Rule], today: date) -> QuerySet[Any]:
    """Day, key, rule and state of what leaves soon, by day; to be counted, cut and loaded."""
    parts = [_part(rule, user, *first_and_last(today)) for rule in chosen]
    if not parts:
        return User.objects.none()
    return parts[0].union(*parts[1:], all=True).order_by("leaving_day", "leaving_key")


def _part(rule: Rule, user: User, first: date, last: date) -> QuerySet[Any]:
    rows = visible_rows(rule, user).filter(rule.where, **_between(rule, first, last)).order_by()
    found: QuerySet[Any] = rows.annotate(
        leaving_day=F(rule.last_day),
        leaving_key=Cast("pk", CharField()),
        leaving_rule=Value(rule.name, CharField()),
        leaving_held=_as_column(_any_hold(rule)),
        leaving_waits=_as_column(rule.waits.where) if rule.waits else _NEVER,
    ).values_list(*_COLUMNS)
    return found


def _as_column(condition: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(condition, BooleanField())


def _any_hold(rule: Rule) -> Q:
    return reduce(or_, [Q(Exists(hold)) for hold in holds_on(rule)])


def _between(rule: Rule, first: date, last: date) -> dict[str, date]:
    return {f"{rule.last_day}__gte": first, f"{rule.last_day}__lte": last}


def load(found: Iterable[tuple[date, str, str, bool, bool]], user: User) -> list[Leaving]:
    """The records behind a page's keys, in the order given; one that left meanwhile is left out."""
    page = list(found)
    by_name = {rule.name: rule for rule in record_rules()}
    records: dict[tuple[str, str], Any] = {}
    for name in {row[2] for row in page}:
        keys = [row[1] for row in page if row[2] == name]
        rows = without_long_texts(visible_rows(by_name[name], user)).filter(pk__in=keys)
        records |= {(name, str(row.pk)): row for row in rows}
    return [
        _leaving(by_name[name], records[name, key], day, held, waits)
        for day, key, name, held, waits in page
        if (name, key) in records
    ]


def without_long_texts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Leaves encrypted texts in the database: no list shows them."""
    columns = rows.model._meta.concrete_fields
    return rows.defer(*(one.name for one in columns if isinstance(one, EncryptedTextField)))


def _leaving(rule: Rule, record: Any, day: date, held: bool, waits: bool) -> Leaving:
    line = declaration_of(rule.model)
    company = getattr(record, _attname(rule, line.company)) if line and line.company else ""
    return Leaving(rule, record, day, held, waits, company or "")


def line_of(rule: Rule, row: Any, *, waits: bool) -> Leaving:
    """One record by itself, as the list shows it."""
    return _leaving(rule, row, getattr(row, rule.last_day), held=False, waits=waits)


def _attname(rule: Rule, name: str) -> str:
    column: Any = rule.model._meta.get_field(name)
    return str(column.attname)


def waiting_for_officer(
    user: User, chosen: Iterable[Rule], now: datetime | None = None
) -> list[Leaving]:
    """Records whose last day is over and that nobody answered, those that go first before."""
    moment = now or timezone.now()
    found = [
        _leaving(rule, row, getattr(row, rule.last_day), held=False, waits=True)
        for rule in chosen
        if rule.waits
        for row in waiting_of(rule, user, moment)
    ]
    return sorted(found, key=lambda one: one.day)


def waiting_of(rule: Rule, user: User, now: datetime) -> QuerySet[Any]:
    """The rows of one rule that wait, as far as somebody may see them."""
    keys = waiting_rows(rule, now).filter(~_any_hold(rule)).values("pk")
    return without_long_texts(visible_rows(rule, user)).filter(pk__in=keys)


def today_in_baku(now: datetime | None = None) -> date:
    return timezone.localdate(now or timezone.now(), BAKU)
