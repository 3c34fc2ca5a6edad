"""The same asked again while it is open: one case, and what may change in it (E-8k).

Whoever says without a proof that they are the person of a case changes nothing in it: their words,
name and address are noted and marked. Only the clocks may start earlier, never later, and only
by the officer's word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, CaseMessage, Status
from dsar.services.claims import earlier, is_claimed
from dsar.services.dates import promise_of, statutory_day
from dsar.services.transitions import note_event
from emsar.audit import record
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.staff.models import User

RECEIVED_EARLIER, REACH_CHANGED = "received_earlier", "reach_changed"


@dataclass(frozen=True)
class Demand:
    """What came in: ``reach`` has ``name`` and ``postal`` as far as given, ``proof`` says how a
    colleague knows who asks; ``by`` None: by the public form."""

    channel: str
    received_at: datetime
    details: str
    reach: Mapping[str, str]
    proof: str
    by: User | None


def join(case: Case, demand: Demand) -> Case:
    """The open case gets what came in; its clocks run from whatever was received first."""
    actor = demand.by.pk if demand.by else None
    note_event(case, "asked_again", actor=actor, reason=demand.channel)
    file = CaseFile.objects.filter(pk=case.pk).first()
    if file is not None:
        _add(case, file, demand)
    if demand.by is not None and demand.received_at < case.received_at:
        if demand.by.is_dpo:
            _start_earlier(case, demand)
        else:
            earlier(case, demand.received_at, by=demand.by)
    audit("case.join", case, demand.by)
    return case


def ends_before_a_link(case: Case, promised: date | None = None) -> bool:
    """Whether an unproved case would be closed before a link mailed now has ended (E-8j)."""
    if case.status != Status.UNVERIFIED or is_claimed(case):
        return False
    closed = datetime.combine(promised or case.promise_due, time(), BAKU)
    return closed < timezone.now() + timedelta(days=terms.value("schedule", "case_link"))


def _add(case: Case, file: CaseFile, demand: Demand) -> None:
    if demand.proof:
        _change_reach(case, file, demand)
    elif demand.reach:
        _note(file, demand, "\n".join(demand.reach.values()))
    if not demand.details:
        return
    # Words without a proof come as a marked note: to a case that is verified, and from company
    # staff, of whom the person was not heard yet.
    by_staff = demand.by is not None and not demand.by.is_dpo
    if demand.proof or (case.status == Status.UNVERIFIED and not by_staff):
        _message(file, CaseMessage.Direction.FROM_PERSON, demand.details, demand.by)
    else:
        _note(file, demand, demand.details)


def _change_reach(case: Case, file: CaseFile, demand: Demand) -> None:
    """Another name or postal address of whoever has proved who they are; the audit names fields."""
    changed = {name: new for name, new in demand.reach.items() if getattr(file, name) != new}
    if not changed:
        return
    CaseFile.objects.filter(pk=file.pk).update(**changed)
    actor = demand.by.pk if demand.by else None
    note_event(case, REACH_CHANGED, actor=actor, reason=demand.proof)
    detail: dict[str, str | int] = {"fields": ", ".join(sorted(changed)), "proof": demand.proof}
    record("case.reach", actor=actor, subject=case.subject, obj=case, detail=detail)


def _note(file: CaseFile, demand: Demand, words: str) -> None:
    with translation.override(registry().default_language):
        if demand.by is None:
            mark = _("Sent with the public form; it is not proved that the person wrote this:")
        else:
            mark = _("Entered by a colleague; it is not proved that it comes from the person:")
    _message(file, CaseMessage.Direction.NOTE, f"{mark}\n\n{words}", demand.by)


def _message(file: CaseFile, direction: str, body: str, by: User | None) -> None:
    author = by.pk if by else None
    CaseMessage.objects.create(file=file, direction=direction, body=body, author=author)


def _start_earlier(case: Case, demand: Demand) -> None:
    """Both clocks from the earlier receipt; a promise never moves to a later day.

    Not for a case that nobody has proved and that would end by this before its link does.
    """
    promised = promise_of(case.kind, demand.received_at)
    if not demand.proof and ends_before_a_link(case, promised.last_day):
        return
    case.received_at = demand.received_at
    case.promise_due = min(case.promise_due, promised.last_day)
    case.execute_on = min(case.execute_on, promised.execute_on)
    case.statutory_due = None if case.paused_since else statutory_day(case)
    columns = ("received_at", "promise_due", "execute_on", "statutory_due")
    Case.objects.filter(pk=case.pk).update(**{name: getattr(case, name) for name in columns})
    actor = demand.by.pk if demand.by else None
    note_event(case, RECEIVED_EARLIER, actor=actor, reason=demand.channel)
    detail: dict[str, str | int] = {"promise": case.promise_due.isoformat()}
    record("case.earlier", actor=actor, subject=case.subject, obj=case, detail=detail)


def audit(action: str, case: Case, by: User | None) -> None:
    """That a demand opened a case or joined it."""
    record(
        action,
        actor=by.pk if by else None,
        subject=case.subject,
        obj=case,
        detail={"kind": case.kind, "channel": case.channel},
    )
