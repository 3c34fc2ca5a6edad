"""The days of a case: facts of its rows, terms of the policy, the profile and the calendar."""

from copy import copy
from dataclasses import replace
from datetime import date, datetime, time

from dsar.clocks import Pause, Promise, Statutory, local_day, promise, statutory
from dsar.models import Case, CaseEvent, Kind
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from emsar.entities.calendar import current_calendar
from policies.versions import term_in_force

PAUSED, RESUMED = "paused", "resumed"
# The term by law of each kind that has one of its own (E-11c, E-11d).
STATUTORY_TERMS = {Kind.CHILD: "child_case"}


def promise_of(kind: str, received: datetime) -> Promise:
    """What is promised for a case received at a moment (E-7.2e, E-8k).

    Where the policy promises no term that of the law is the promise (decision S-4i); LookupError
    when that is switched off as well.
    """
    name = "erasure_deadline" if kind == Kind.DELETION else "answer_deadline"
    reserve = terms.value("schedule", "deletion_reserve")
    try:
        return _soon(kind, promise(received, term_in_force(name), reserve))
    except LookupError:
        length = (_by_law(kind, received) - local_day(received)).days
        return promise(received, length, min(reserve, length - 1))


def _soon(kind: str, promised: Promise) -> Promise:
    """A kind with a short term of its own is carried out in the night of that term's last day,
    because the page says of it that it is done by then (E-11d)."""
    if kind not in STATUTORY_TERMS or _days(STATUTORY_TERMS[Kind(kind)]) is None:
        return promised
    midnight = datetime.combine(promised.received, time(0), BAKU)
    return replace(promised, execute_on=min(promised.execute_on, _by_law(kind, midnight)))


def _by_law(kind: str, received: datetime) -> date:
    """The last day of a kind's term by law while nothing rests; LookupError when it has none."""
    days = terms.value("statutory", STATUTORY_TERMS.get(Kind(kind), "answer"))
    found = statutory(received, days, current_calendar())
    assert found.last_day is not None  # noqa: S101 - there is no pause
    return found.last_day


def statutory_of(case: Case) -> Statutory | None:
    """The term of the law with its pauses and its extension; None while it is switched off."""
    days = _days(STATUTORY_TERMS.get(Kind(case.kind), "answer"))
    if days is None:
        return None
    if case.extended_at is not None:
        days += _days("extension") or 0
    return statutory(case.received_at, days, current_calendar(), pauses_of(case))


def statutory_day(case: Case) -> date | None:
    """Its last day, None while it is switched off or rests."""
    found = statutory_of(case)
    return found.last_day if found else None


def if_received(case: Case, moment: datetime) -> Case:
    """The case, not saved, with both clocks from an earlier receipt; no date moves to a later day,
    and the law's rests during a question."""
    promised, found = promise_of(case.kind, moment), copy(case)
    found.received_at = moment
    found.promise_due = min(case.promise_due, promised.last_day)
    found.execute_on = min(case.execute_on, promised.execute_on)
    found.statutory_due = None if case.paused_since else statutory_day(found)
    return found


def pauses_of(case: Case) -> list[Pause]:
    """The questions about identity, from the events of the case."""
    events = CaseEvent.objects.filter(case=case, event__in=[PAUSED, RESUMED])
    found: list[Pause] = []
    for event in events.order_by("id"):
        if event.event == PAUSED:
            found.append(Pause(event.at, None))
        elif found:
            found[-1] = Pause(found[-1].since, event.at)
    return found


def _days(name: str) -> int | None:
    try:
        return terms.value("statutory", name)
    except LookupError:
        return None
