"""The nightly control: Google keeps no longer than the policy promises (E-7.2d).

Nothing is green by itself: without a property the state is "not configured", without an answer of
the last two days it is "cannot be read".
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.audit.notices import notify_role
from emsar.audit.sealing import beat
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from emsar.statistics.connection import is_connected, property_number
from emsar.statistics.google import Budget, StoppedError, admin_client, ask
from emsar.statistics.models import Outcome, RetentionReading

logger = logging.getLogger(__name__)

JOB = "analytics_retention"
TERM = "analytics_retention"
NOT_CONFIGURED = "not_configured"
# The control runs every night; one that was missed is made up for, two are a fault.
FRESH = timedelta(hours=48)
# After a failure.
PAUSE = timedelta(minutes=55)
# "emkeep" in figures; two who read at once write one reading.
LOCK = 0x656D6B656570
# Google's own choices; every other answer names no end.
MONTHS = {
    "TWO_MONTHS": 2,
    "FOURTEEN_MONTHS": 14,
    "TWENTY_SIX_MONTHS": 26,
    "THIRTY_EIGHT_MONTHS": 38,
    "FIFTY_MONTHS": 50,
}

Verdict = RetentionReading.Verdict


@dataclass(frozen=True)
class State:
    """How the control stands: a verdict, or "not_configured"; what it rests on, and what is wrong.

    ``months`` is the policy's term in force, None when no policy states one.
    """

    code: str
    reading: RetentionReading | None = None
    months: int | None = None
    faults: tuple[str, ...] = ()

    @property
    def is_green(self) -> bool:
        return self.code == Verdict.IN_ORDER

    @property
    def is_red(self) -> bool:
        return self.code in {Verdict.BROKEN, Verdict.UNREADABLE}


def state(now: datetime | None = None) -> State:
    """The state of now: the newest reading under the term that is in force now."""
    moment = now or timezone.now()
    if not is_connected():
        return State(NOT_CONFIGURED)
    reading = readings().first()
    months = promised_months()
    if reading is None:
        return State(Verdict.UNREADABLE, months=months, faults=("never",))
    if moment - reading.at > FRESH:
        return State(Verdict.UNREADABLE, reading, months, ("old",))
    return State(verdict_of(reading, months), reading, months, faults_of(reading, months))


def readings() -> Any:
    """What was read about the connected property, the newest first."""
    return RetentionReading.objects.filter(ga_property=property_number()).order_by("-at", "-pk")


def promised_months() -> int | None:
    """The term of the policy in force; None when there is none."""
    try:
        return terms.value("policy", TERM)
    except LookupError:
        return None


def faults_of(reading: RetentionReading, months: int | None) -> tuple[str, ...]:
    """What is wrong, as codes; empty when Google keeps no longer than is promised."""
    if reading.outcome != Outcome.OK:
        return (f"outcome:{reading.outcome}",)
    if months is None:
        return ("term",)
    found = {
        "events": _too_long(reading.event_months, months),
        "users": _too_long(reading.user_months, months),
        "resets": reading.resets is not False,
    }
    return tuple(code for code, is_wrong in found.items() if is_wrong)


def _too_long(kept: int | None, months: int) -> bool:
    return kept is None or kept > months


def verdict_of(reading: RetentionReading, months: int | None) -> Verdict:
    """What a reading says under a term."""
    if not faults_of(reading, months):
        return Verdict.IN_ORDER
    return Verdict.BROKEN if reading.outcome == Outcome.OK else Verdict.UNREADABLE


def check_due(now: datetime | None = None) -> State | None:
    """The nightly job: once a day of Asia/Baku, and again an hour after a failure.

    None when there was nothing to read. What is red is told in any case, so a mail that was not
    written, or had nobody to go to, follows with the next hour.
    """
    moment = now or timezone.now()
    if not is_connected():
        return None
    reading = _read(moment) if is_time(moment) else None
    is_new = reading is not None and _keep_if_due(reading, moment)
    found = _end(moment)
    return found if is_new else None


def is_time(now: datetime) -> bool:
    """Whether nothing was read today yet, and not tried within the hour either."""
    last = readings().first()
    if last is None:
        return True
    read_today = last.outcome == Outcome.OK and _day(last.at) == _day(now)
    return not read_today and last.at <= now - PAUSE


def check(now: datetime | None = None) -> State:
    """Read the settings, write down what they say, and tell the officer when that turns red."""
    moment = now or timezone.now()
    if not is_connected():
        return State(NOT_CONFIGURED)
    _read(moment).save()
    return _end(moment)


@transaction.atomic
def _keep_if_due(reading: RetentionReading, now: datetime) -> bool:
    """Decided once more, alone: somebody else may have read meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    is_due = is_time(now)
    if is_due:
        reading.save()
    return is_due


def _end(now: datetime) -> State:
    found = state(now)
    if found.is_red and not is_spared(found, now):
        tell_officer(found)
    # That Google is not in order is no fault of the job.
    beat(JOB)
    return found


def _read(now: datetime) -> RetentionReading:
    reading = RetentionReading(ga_property=property_number(), at=now, outcome=Outcome.OK)
    try:
        _ask_google(reading)
    except StoppedError as stop:
        reading.outcome = stop.outcome
    except Exception as problem:  # noqa: BLE001 - no reading at all would say nothing
        logger.error("statistics: the control failed (%s)", type(problem).__name__)
        reading.outcome = Outcome.FAILED
    reading.verdict = verdict_of(reading, promised_months())
    return reading


def _ask_google(reading: RetentionReading) -> None:
    with admin_client() as client:
        name = f"properties/{property_number()}/dataRetentionSettings"
        found = ask(client.get_data_retention_settings, Budget(), name=name)
    reading.event_months = _months(found.event_data_retention)
    reading.user_months = _months(found.user_data_retention)
    reading.resets = bool(found.reset_user_data_on_new_activity)


def _months(duration: Any) -> int | None:
    """None for what names no end, and for a choice that Google made up since."""
    return MONTHS.get(getattr(duration, "name", ""))


def _last_green() -> RetentionReading | None:
    found: RetentionReading | None = readings().filter(verdict=Verdict.IN_ORDER).first()
    return found


def is_spared(found: State, now: datetime) -> bool:
    """Whether only a try failed, while an answer of the last two days was in order."""
    green = _last_green()
    failed = found.reading is not None and found.reading.outcome != Outcome.OK
    return failed and green is not None and now - green.at <= FRESH


def tell_officer(found: State) -> int:
    """A mail about a red state; one that was told already since the last green is not repeated.

    The mail's key decides that, so asking again does no harm. The number of officers.
    """
    green = _last_green()
    since = f"{property_number()}:{green.pk if green else 0}"
    context = {
        "sentences": [_words_later(each, found.reading, found.months) for each in found.faults],
        "is_unreadable": found.code == Verdict.UNREADABLE,
    }
    key = f"analytics_retention:{since}:{','.join(found.faults)}"
    return notify_role("dpo", "analytics_retention", context, key=key)


def fault_words(fault: str, reading: RetentionReading | None, months: int | None) -> str:
    """What is wrong as a sentence in the active language."""
    name, _colon, detail = fault.partition(":")
    facts = {
        "promised": months,
        "events": _length(reading.event_months if reading else None),
        "users": _length(reading.user_months if reading else None),
        "why": str(Outcome(detail).label) if detail else "",
    }
    return str(_SENTENCES[name]) % facts


def _length(months: int | None) -> str:
    return _("without an end") if months is None else str(months)


_SENTENCES = {
    "never": gettext_lazy("Google's settings have not been read yet."),
    "old": gettext_lazy("Google's settings have not been read for more than 48 hours."),
    "outcome": gettext_lazy("Google's settings could not be read: %(why)s."),
    "term": gettext_lazy("No policy in force states how long Google may keep."),
    "events": gettext_lazy(
        "Google keeps event data too long (months: %(events)s; promised: %(promised)s)."
    ),
    "users": gettext_lazy(
        "Google keeps user data too long (months: %(users)s; promised: %(promised)s)."
    ),
    "resets": gettext_lazy("Each new visit of a user makes Google begin to count anew."),
}
_words_later = lazy(fault_words, str)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment, BAKU)
