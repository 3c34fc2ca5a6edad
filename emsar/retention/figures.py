"""What stands on the page of retention: counts a rule, and nothing personal."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from emsar.datamap.rules import Rule, rules
from emsar.retention.due import due_rows, held_rows, waiting_rows
from emsar.retention.health import had_a_chance, is_late
from emsar.retention.leaving import DAYS_AHEAD, WEEKS_AHEAD, days_of, first_and_last, today_in_baku
from emsar.staff import rows


@dataclass(frozen=True)
class Figures:
    """One rule: ``governed`` rows in all, ``due`` now, ``held``, ``waiting``, and ``days``.

    ``is_late``: the last sweeps should have taken what is due; else the next one takes it.

    ``days`` are the last days kept of the next weeks with their numbers, for rules of records.
    """

    rule: Rule
    governed: int
    due: int
    held: int
    waiting: int
    today: date
    is_late: bool = False
    days: Counter[date] = field(default_factory=Counter)

    @property
    def soon(self) -> int | None:
        """How many leave in the next 30 days; None where no row stores its last day."""
        if not self.rule.last_day:
            return None
        first, last = first_and_last(self.today, DAYS_AHEAD)
        return sum(count for day, count in self.days.items() if first <= day <= last)


@dataclass(frozen=True)
class Totals:
    """The same over all rules of records."""

    due: int
    held: int
    waiting: int
    soon: int


@rows.counting()
def figures_of(rule: Rule, now: datetime | None = None) -> Figures:
    """The figures of one rule at a moment."""
    moment = now or timezone.now()
    today = today_in_baku(moment)
    due = due_rows(rule, moment).count()
    return Figures(
        rule,
        governed=rule.model._base_manager.filter(rule.where).count(),
        due=due,
        is_late=bool(due) and had_a_chance(moment) and is_late(rule, moment),
        held=held_rows(rule, moment).count(),
        waiting=waiting_rows(rule, moment).count(),
        today=today,
        days=days_of(rule, today, WEEKS_AHEAD * 7) if rule.last_day else Counter(),
    )


def all_figures(now: datetime | None = None) -> list[Figures]:
    """The figures of every rule, those of records before those of the machinery."""
    found = sorted(rules(), key=lambda rule: not rule.last_day)
    return [figures_of(rule, now) for rule in found]


@rows.counting()
def totals(now: datetime | None = None) -> Totals:
    """What the first page shows; counts only what is past or near its day, by the index."""
    moment = now or timezone.now()
    today = today_in_baku(moment)
    records = [rule for rule in rules() if rule.last_day]
    return Totals(
        due=sum(due_rows(rule, moment).count() for rule in records),
        held=sum(held_rows(rule, moment).count() for rule in records),
        waiting=sum(waiting_rows(rule, moment).count() for rule in records),
        soon=sum(sum(days_of(rule, today, DAYS_AHEAD).values()) for rule in records),
    )
