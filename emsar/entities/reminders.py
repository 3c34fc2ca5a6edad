"""What the registers ask of the DPO: missing registration, overdue reviews, contracts, days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from emsar.entities.models import CalendarDay, LegalReference, Organisation, Recipient
from emsar.entities.wording import day_text

ESTIMATED_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Reminder:
    """One thing to see to; ``model`` says whose page of the admin shows it."""

    text: str
    model: str


def reminders(today: date) -> list[Reminder]:
    """Everything to see to on ``today`` (Asia/Baku), in the active language."""
    return [
        *_registration(),
        *_reviews(today),
        *_recipients(today),
        *_estimated(today),
        *_last_year(today),
    ]


def _registration() -> Iterator[Reminder]:
    """The information system is registered with the state before collection (law, Art. 15)."""
    if Organisation.objects.filter(registration_number="").exists():
        yield Reminder(gettext("The state registration number is missing."), "organisation")


def _reviews(today: date) -> Iterator[Reminder]:
    """A legal act is looked at again in time (E-1g)."""
    for act in LegalReference.objects.filter(active=True):
        if act.overdue(today):
            text = gettext("Review overdue since %(day)s: %(title)s")
            words = {"day": day_text(act.next_review), "title": act}
            yield Reminder(text % words, "legalreference")


def _recipients(today: date) -> Iterator[Reminder]:
    """Each recipient is bound by a contract (E-6.5a), and its certificate runs (E-12f)."""
    for recipient in Recipient.objects.filter(active=True):
        if not recipient.has_contract(today):
            text = gettext("No contract in force: %(name)s") % {"name": recipient}
            yield Reminder(text, "recipient")
        if recipient.certificate_expired(today):
            text = gettext("Certificate expired: %(name)s") % {"name": recipient}
            yield Reminder(text, "recipient")


def _estimated(today: date) -> Iterator[Reminder]:
    """A day that depends on the moon is announced shortly before; somebody has to enter it."""
    soon = CalendarDay.objects.filter(
        estimated=True, date__gte=today, date__lte=today + ESTIMATED_AHEAD
    )
    for day in soon:
        text = gettext("Estimated day, to be confirmed: %(day)s (%(name)s)")
        words = {"day": day_text(day.date), "name": day.text("name")}
        yield Reminder(text % words, "calendarday")


def _last_year(today: date) -> Iterator[Reminder]:
    """Terms reach into the next year, so its days must be there before this one ends."""
    if not CalendarDay.objects.filter(date__year=today.year + 1).exists():
        text = gettext("The business calendar has no days for %(year)d.")
        yield Reminder(text % {"year": today.year + 1}, "calendarday")
