"""The same asked again while it is open: one case, and what may change in it (E-8k).

Whoever says without a proof that they are the person of a case changes nothing in it: their words,
name and address are noted and marked. Only the clocks may start earlier, never later, and only
by the officer's word; that of company staff waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, CaseMessage, Status
from dsar.services.claims import earlier, is_claimed, is_seen, still_said
from dsar.services.dates import if_received
from dsar.services.transitions import note_event
from emsar.audit import record
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.staff.models import User

RECEIVED_EARLIER, REACH_CHANGED = "received_earlier", "reach_changed"
_DATES = ("received_at", "promise_due", "execute_on", "statutory_due", "said_at")


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
        _count_earlier(case, demand, demand.by)
    audit("case.join", case, demand.by)
    return case


def ends_before_a_link(case: Case) -> bool:
    """Whether an unproved case will be closed before a link mailed now has ended (E-8j)."""
    return not is_claimed(case) and would_end(case, case.promise_due)


def would_end(case: Case, promised: date) -> bool:
    """Whether a case that nobody has proved, or saw proved, and that is promised until a day would
    be closed before a link mailed now has ended."""
    if case.status != Status.UNVERIFIED or is_seen(case):
        return False
    closed = datetime.combine(promised, time(), BAKU)
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


def _count_earlier(case: Case, demand: Demand, by: User) -> None:
    """The officer's demand moves the clocks, unless nobody has proved the case and it would end by
    this before its link does; that of company staff waits for the officer."""
    if not by.is_dpo:
        earlier(case, demand.received_at, by=by)
        return
    moved = if_received(case, demand.received_at)
    if demand.proof or not would_end(case, moved.promise_due):
        start_earlier(case, moved, reason=demand.channel, by=by)


def start_earlier(case: Case, moved: Case, *, reason: str, by: User) -> None:
    """Both clocks as they are in ``moved``, the case as if received earlier; what colleagues say
    ends once it is not earlier than that."""
    for name in _DATES:
        setattr(case, name, getattr(moved, name))
    case.said_at = still_said(case.said_at, case.received_at)
    Case.objects.filter(pk=case.pk).update(**{name: getattr(case, name) for name in _DATES})
    note_event(case, RECEIVED_EARLIER, actor=by.pk, reason=reason)
    detail: dict[str, str | int] = {"promise": case.promise_due.isoformat()}
    record("case.earlier", actor=by.pk, subject=case.subject, obj=case, detail=detail)


def audit(action: str, case: Case, by: User | None) -> None:
    """That a demand opened a case or joined it."""
    record(
        action,
        actor=by.pk if by else None,
        subject=case.subject,
        obj=case,
        detail={"kind": case.kind, "channel": case.channel},
    )
