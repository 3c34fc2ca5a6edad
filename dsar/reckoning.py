"""Both clocks of a case in words of the active language, one step of the arithmetic a line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from dsar.clocks import ONE_DAY, Pause, Promise, Statutory
from dsar.models import Case, Kind
from dsar.models.kinds import ANSWERED_BY_PEOPLE
from dsar.services.dates import pauses_of, promise_of, statutory_of
from emsar.entities.businessdays import BAKU, Skipped
from emsar.entities.wording import day_text, moment_text

PROMISE_CLAUSES = {Kind.DELETION: "E-7.2e"}
STATUTORY_CLAUSES = {Kind.CHILD: "E-11c"}
OTHER_CLAUSE = "E-8k"


@dataclass(frozen=True)
class Explained:
    """A clock: its last day (None while it rests), the clause that it keeps, and its steps."""

    day: date | None
    clause: str
    steps: tuple[str, ...]


def promise_explained(case: Case) -> Explained:
    """The promised term; what holds is the stored day, which never moves (E-7.2e, E-8k)."""
    clause = PROMISE_CLAUSES.get(Kind(case.kind), OTHER_CLAUSE)
    found = promise_of(case.kind, case.received_at)
    return Explained(case.promise_due, clause, tuple(_promise_steps(case, found)))


def _promise_steps(case: Case, found: Promise) -> Iterator[str]:
    yield _received(case)
    # The term of the day on which it came in; a later version of the policy moves nothing.
    days = (case.promise_due - found.received).days
    yield ngettext("Term: %(count)d calendar day.", "Term: %(count)d calendar days.", days) % {
        "count": days
    }
    yield gettext("Last day: %(day)s.") % {"day": day_text(case.promise_due)}
    # Nothing is done for whom nobody has proved: the machine would only close it.
    if case.is_running and case.verified_at and case.kind not in ANSWERED_BY_PEOPLE:
        yield gettext(
            "What nobody has done by then, our system does by itself in the night of %(day)s."
        ) % {"day": day_text(case.execute_on)}
    yield gettext("This date does not pause and does not move.")


def statutory_explained(case: Case) -> Explained | None:
    """The term of the law with its pauses and its extension; None while it is switched off."""
    found = statutory_of(case)
    if found is None:
        return None
    clause = STATUTORY_CLAUSES.get(Kind(case.kind), OTHER_CLAUSE)
    steps = tuple(_statutory_steps(case, found, pauses_of(case)))
    return Explained(found.last_day, clause, steps)


def _statutory_steps(case: Case, found: Statutory, pauses: Sequence[Pause]) -> Iterator[str]:
    yield _received(case)
    yield ngettext("Term: %(count)d working day.", "Term: %(count)d working days.", found.days) % {
        "count": found.days
    }
    if case.extended_at is not None:
        yield gettext("It was extended once, on %(moment)s.") % {"moment": _when(case.extended_at)}
    yield from _skipped(found.skipped)
    for pause in pauses:
        yield _pause(pause)
    if found.rested:
        yield gettext("Not counted for the question: %(days)s.") % {"days": _spans(found.rested)}
    if found.last_day is not None:
        yield gettext("Last day: %(day)s.") % {"day": day_text(found.last_day)}
    else:
        yield gettext("There is no last day until the question is answered.")


def _received(case: Case) -> str:
    return gettext("Received: %(moment)s.") % {"moment": _when(case.received_at)}


def _when(moment: datetime) -> str:
    return moment_text(timezone.localtime(moment, BAKU))


def _pause(pause: Pause) -> str:
    if pause.until is None:
        words = gettext("It rests since %(since)s: our question about identity is open.")
        return words % {"since": _when(pause.since)}
    words = gettext("Our question about identity was open from %(since)s to %(until)s.")
    return words % {"since": _when(pause.since), "until": _when(pause.until)}


def _skipped(days: Iterable[Skipped]) -> Iterator[str]:
    for name, group in groupby(days, key=_name):
        span = _spans([skipped.day for skipped in group])
        yield gettext("Not counted: %(days)s (%(name)s).") % {"days": span, "name": name}


def _name(skipped: Skipped) -> str:
    if skipped.name is None:
        return gettext("weekend")
    return skipped.name.get((get_language() or "").split("-")[0])


def _spans(days: Sequence[date]) -> str:
    """Days that follow each other as one span, the others apart."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == ONE_DAY:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(_span(span) for span in spans)


def _span(days: Sequence[date]) -> str:
    return f"{day_text(days[0])} – {day_text(days[-1])}" if len(days) > 1 else day_text(days[0])
