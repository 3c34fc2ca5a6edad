"""Verbs of this app: load a profile, fill the calendar, save what the admin owns."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from emsar.audit import record
from emsar.entities import publication
from emsar.entities.loading import Changes, fill_days, load_rows
from emsar.entities.models import CalendarDay, Organisation, Recipient
from emsar.entities.profile import Profile, ProfileError

# Two loads at once would both create the same rows.
_LOAD_LOCK = 7_301_001


def load(profile: Profile, *, years: Iterable[int]) -> Changes:
    """Make the database say what the profile says; a second load writes nothing.

    The calendar is filled for ``years``. Raises ProfileError when the database belongs to another
    organisation: its records were collected under other promises.
    """
    changes = Changes()
    with transaction.atomic():
        _lock()
        _refuse_other(profile)
        load_rows(profile, changes)
        fill_days(profile.calendar, years, changes)
        _publish("organisation.loaded", changes, profile.key)
    return changes


def fill_calendar(profile: Profile, years: Iterable[int]) -> Changes:
    """Add the missing days of ``years``, the profile's own days among them; change none."""
    changes, wanted = Changes(), sorted(set(years))
    with transaction.atomic():
        _lock()
        fill_days(profile.calendar, wanted, changes)
        _publish("calendar.filled", changes, ",".join(map(str, wanted)))
    return changes


def save_calendar_day(day: CalendarDay, *, actor: UUID) -> None:
    """Save a day that a member of staff edited; from now on it is theirs."""
    day.source = CalendarDay.Source.STAFF
    with transaction.atomic():
        day.save()
        detail = {"date": day.date.isoformat(), "kind": str(day.kind)}
        record("calendar_day.saved", actor=actor, obj=day, detail=detail)
        publication.bump()


def save_recipient(recipient: Recipient, *, actor: UUID) -> None:
    """Save a recipient; ValidationError when it is abroad without a note on protection (S-3f)."""
    recipient.clean()
    with transaction.atomic():
        recipient.save()
        detail = {"active": int(recipient.active), "abroad": int(recipient.abroad)}
        record("recipient.saved", actor=actor, obj=recipient, detail=detail)
        publication.bump()


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOAD_LOCK])


def _refuse_other(profile: Profile) -> None:
    loaded = Organisation.objects.first()
    if loaded is not None and loaded.key != profile.key:
        raise ProfileError("key", f"this database belongs to {loaded.key!r}, not {profile.key!r}")


def _publish(action: str, changes: Changes, what: str) -> None:
    if changes:
        record(action, actor=None, detail={"what": what, **changes.counts})
        publication.bump()


def years_around(today: date) -> range:
    """The years whose days have to be there: last year, this one and the next two."""
    return range(today.year - 1, today.year + 3)
