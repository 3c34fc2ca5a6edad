"""The night's work: what is promised for today is done, whether or not anybody pressed a button.

Erasures are carried out on their day, copies released, objections and blocks taken as asked, what
nobody proved is closed, and the officer is reminded. Every step takes the row of its case and
looks again, so several workers and a second run are harmless; one case with which something is
wrong keeps no other from being done.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

from dsar.models import Case, Status
from dsar.models.kinds import ERASING_KINDS
from dsar.services import identity, reminding
from dsar.services.dates import statutory_day
from dsar.services.erasure import execute
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.lasting import is_waited_for
from dsar.services.sharing import look_again
from emsar.entities.businessdays import BAKU

JOB = "dsar_deadlines"
Counts = dict[str, int]
OUTAGES = (InterfaceError, OperationalError)
# Two who wait for each other: PostgreSQL ends one of them, who simply tries again.
DEADLOCK = "40P01"

logger = logging.getLogger(__name__)


class DeadlineMissedError(Exception):
    """Some cases could not be carried out, the others were; the log says which, and why."""


def due(now: datetime) -> QuerySet[Case]:
    """Verified cases of which the machine's day has come, those that wait longest first."""
    today = timezone.localdate(now, BAKU)
    found = Case.objects.filter(execute_on__lte=today, verified_at__isnull=False)
    return found.filter(status__in=[Status.OPEN, Status.APPROVED]).order_by("execute_on", "pk")


def run(now: datetime | None = None, *, simulate: bool = False) -> Counts:
    """Do what is due; how many cases of each kind of work. ``simulate`` only counts.

    DeadlineMissedError at the end when some could not be done: they are tried again within the
    hour.
    """
    moment = now or timezone.now()
    counts: Counter[str] = Counter(erased=0, answered=0, waiting=0, closed=0, reminded=0)
    if simulate:
        return dict(_foreseen(moment, counts))
    failed = 0
    for key in _in_turn(moment):
        outcome = _safely(key, lambda case: _carry_out(case, moment))
        failed += outcome is None
        counts.update([outcome] if outcome else [])
    for key in identity.unproved(moment):
        closed = _safely(key, _close)
        failed += closed is None
        counts["closed"] += closed == "closed"
    counts["dated"] = _recount()
    counts["reminded"] = reminding.remind(moment)
    if failed:
        raise DeadlineMissedError(f"{failed} cases")
    return dict(counts)


def _in_turn(now: datetime) -> list[UUID]:
    """What is due, deletions last: whoever asked for a copy as well gets it before."""
    found = list(due(now).values_list("pk", "kind"))
    return [key for key, _kind in sorted(found, key=lambda row: row[1] in ERASING_KINDS)]


def _safely(key: UUID, step: Callable[[Case], str]) -> str | None:
    """Do a step for one case; None when it failed. Without its database nobody goes on."""
    for last in (False, True):
        try:
            return step(Case.objects.get(pk=key))
        except Case.DoesNotExist:
            return ""
        except Exception as problem:
            # Whatever it is, one case must not keep the others waiting.
            if isinstance(problem, OUTAGES) and not _is_deadlock(problem):
                raise
            if last or not _is_deadlock(problem):
                logger.error("case %s was not carried out: %s", key, type(problem).__name__)
                return None
    return None


def _is_deadlock(problem: Exception) -> bool:
    return getattr(problem.__cause__, "sqlstate", "") == DEADLOCK


def _carry_out(case: Case, now: datetime) -> str:
    """What the machine does with a case on its day: as a word for the counts.

    A deletion waits for a copy that was released within the last day, as long as it may.
    """
    from dsar.services import deciding

    if look_again(case):
        return "waiting"
    try:
        if case.kind in ERASING_KINDS:
            if is_waited_for(case, now):
                return "waiting"
            execute(case)
            return "erased"
        return "answered" if deciding.by_deadline(case) else "waiting"
    except (CaseStateError, CaseRefusedError):
        # Somebody was faster, or has to say something first: then the officer is told each day.
        return ""


def _close(case: Case) -> str:
    return "closed" if identity.close(case.pk) else ""


def _recount() -> int:
    """The terms of the law follow the calendar: a day off that was entered moves them."""
    changed = 0
    for case in Case.objects.running().iterator(chunk_size=500):
        day = None if case.paused_since else statutory_day(case)
        rows = Case.objects.running().filter(pk=case.pk, paused_since=case.paused_since)
        same = Q(statutory_due=day) if day else Q(statutory_due__isnull=True)
        changed += rows.exclude(same).update(statutory_due=day)
    return changed


def _foreseen(now: datetime, counts: "Counter[str]") -> "Counter[str]":
    for case in due(now):
        waits = case.kind in ERASING_KINDS and is_waited_for(case, now)
        if waits or case.subject is None or (case.is_shared and case.chosen_at is None):
            counts["waiting"] += 1
        else:
            counts["erased" if case.kind in ERASING_KINDS else "answered"] += 1
    counts["closed"] = len(identity.unproved(now))
    counts["reminded"] = len(reminding.stages(now))
    return counts


def broken(today: date) -> QuerySet[Case]:
    """Running cases of which a promise is past: its last day lies before ``today``."""
    return Case.objects.running().filter(promise_due__lt=today)
