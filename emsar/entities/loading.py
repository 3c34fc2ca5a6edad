"""How a profile gets into the tables: what is new is created, what changed is updated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from emsar.entities.columns import to_columns
from emsar.entities.holidaydays import days_of
from emsar.entities.models import (
    Authority,
    CalendarDay,
    CookieEntry,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    Recipient,
    ScheduleTerm,
    Service,
)
from emsar.entities.models.bases import ONLY_ROW
from emsar.entities.profile import DayFacts, Profile


@dataclass
class Changes:
    """What a load did, as names of rows; ``differ`` are calendar days the admin keeps otherwise."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        lists = ("created", "changed", "retired", "deleted")
        return {name: len(getattr(self, name)) for name in lists}

    def __bool__(self) -> bool:
        return any(self.counts.values())

    def summary(self, what: str) -> str:
        """The result in a few lines for whoever ran the load."""
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)
        lines = [f"{what}: {counts or 'nothing to change'}"]
        for kind in ("changed", "retired", "deleted"):
            lines += [f"  {kind}: {row}" for row in getattr(self, kind)]
        lines += [f"  {day}: a loader would write it otherwise, see admin" for day in self.differ]
        return "\n".join(lines)


def load_rows(profile: Profile, changes: Changes) -> None:
    # Entities come before what points to them.
    _sync(Organisation, [profile.organisation], changes)
    _sync(LegalEntity, profile.entities, changes)
    _sync(Mailbox, profile.mailboxes, changes)
    _sync(Service, profile.services, changes)
    _sync(Recipient, profile.recipients, changes, only_create=True)
    _sync(Authority, [profile.authority], changes)
    _sync(LegalReference, profile.references, changes)
    _sync(CookieEntry, profile.cookies, changes)
    _sync(ScheduleTerm, profile.terms, changes)


def _sync(
    model: type[models.Model], facts: Sequence[Any], changes: Changes, *, only_create: bool = False
) -> None:
    """Make the rows of ``model`` hold ``facts``, in their order; ``only_create`` adds, no more."""
    present = {_key(row): row for row in model._default_manager.all()}
    for position, item in enumerate(facts):
        values = _values(model, item, position)
        row = present.pop(_key(model(**values)), None)
        if row is None:
            row = model._default_manager.create(**values)
            changes.created.append(_label(row))
        elif not only_create and _update(row, values):
            changes.changed.append(_label(row))
    if not only_create:
        for row in present.values():
            _leave(row, changes)


def _values(model: type[models.Model], facts: Any, position: int) -> dict[str, Any]:
    own = {row.name for row in model._meta.concrete_fields}
    places = {"position": position, "active": True, "id": ONLY_ROW}
    keyed_by_id = model in (Organisation, Authority)
    extra = {n: v for n, v in places.items() if n in own and (n != "id" or keyed_by_id)}
    return to_columns(facts, model) | extra


def _key(row: models.Model) -> object:
    return (row.group, row.name) if isinstance(row, ScheduleTerm) else row.pk


def _update(row: models.Model, values: dict[str, Any]) -> bool:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if different:
        for name, value in different.items():
            setattr(row, name, value)
        row.save(update_fields=list(different))
    return bool(different)


def _leave(row: models.Model, changes: Changes) -> None:
    """A row that left the profile: retired where others may point to it, else deleted."""
    if not hasattr(row, "active"):
        changes.deleted.append(_label(row))
        row.delete()
    elif _update(row, {"active": False}):
        changes.retired.append(_label(row))


def _label(row: models.Model) -> str:
    return f"{row._meta.model_name} {row if isinstance(row, ScheduleTerm) else row.pk}"


def fill_days(stated: Sequence[DayFacts], years: Iterable[int], changes: Changes) -> None:
    """Days the profile states win over the package's; rows that exist are never touched."""
    wanted = sorted(set(years))
    facts = {day.date: day for day in (*days_of(wanted), *stated)}
    present = {row.date: row for row in CalendarDay.objects.all()}
    missing = [facts[day] for day in sorted(facts) if day not in present]
    CalendarDay.objects.bulk_create(
        CalendarDay(**to_columns(day, CalendarDay), source=CalendarDay.Source.LOADER)
        for day in missing
    )
    changes.created += [f"calendarday {day.date.isoformat()}" for day in missing]
    changes.differ += [
        day.isoformat()
        for day, row in sorted(present.items())
        if day.year in wanted and _differs(row, facts.get(day))
    ]


def _differs(row: CalendarDay, facts: DayFacts | None) -> bool:
    """Whether a loader would write this day otherwise today: worth a look by staff."""
    if row.source == CalendarDay.Source.STAFF:
        return False
    return facts is None or (facts.kind, facts.estimated) != (row.kind, row.estimated)
