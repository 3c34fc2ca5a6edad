"""Mail to the data protection officer: 10, 3 and 1 days before a deadline, and each day after.

Each mail names a case by its reference and its days, nobody by name. What waits for the officer's
own choice although the machine's day has come is told every day, and so are a deletion whose
approval no longer counts, a copy that waits for the answer to a question, and what a scan found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from dsar.clocks import earlier
from dsar.models import Case, CaseEvent, ResidualTrace, Status
from dsar.models.kinds import RELEASING_KINDS
from dsar.services import byhand
from dsar.services.sharing import APPROVAL_VOID, needs_choice, watch
from emsar.audit.notices import notify_role
from emsar.entities.businessdays import BAKU
from emsar.staff.models import Role

# Days before the earlier of both deadlines; those of the issue, not of any policy.
STAGES = (1, 3, 10)
DUE, CHOICE, FOUND = "dsar_case_due", "dsar_case_choice", "dsar_case_found"
BY_HAND, ASKED = "dsar_case_by_hand", "dsar_case_question"


@dataclass(frozen=True)
class Reminder:
    """One mail: its template, the case, the days left (negative: over), and its own key."""

    template: str
    case: Case
    days: int
    key: str


def remind(now: datetime) -> int:
    """Queue what is to be told today, each once, however often this runs; how many reminders."""
    watch()
    found = stages(now)
    for reminder in found:
        notify_role(Role.DPO, reminder.template, _context(reminder), key=reminder.key)
    return len(found)


def stages(now: datetime) -> list[Reminder]:
    """What the officer is to be told on a day of Asia/Baku."""
    today = timezone.localdate(now, BAKU)
    waiting = [*_choices(today), *_questions(today), *_found(today), *_by_hand(now, today)]
    return [*_deadlines(today), *waiting]


def _deadlines(today: date) -> Iterator[Reminder]:
    for case in Case.objects.running().by_deadline():
        day = earlier(case.promise_due, case.statutory_due)
        stage = stage_of((day - today).days)
        if stage is not None:
            # The deadline is part of the key: a term that is extended is told of anew.
            key = f"case:{case.pk}:{day:%Y%m%d}:{stage or f'over:{today:%Y%m%d}'}"
            yield Reminder(DUE, case, (day - today).days, key)


def stage_of(days: int) -> int | None:
    """The reminder for so many days before a deadline; 0 once it is over, None when too early.

    A night that was missed is made up for by the next one.
    """
    if days < 0:
        return 0
    return next((stage for stage in STAGES if days <= stage), None)


def _choices(today: date) -> Iterator[Reminder]:
    """The machine's day has come, and only the officer can say whose data it is about.

    At once where the officer had approved already and believes that it is done.
    """
    void = Exists(CaseEvent.objects.filter(case=OuterRef("pk"), event=APPROVAL_VOID))
    rows = Case.objects.filter(status=Status.OPEN, verified_at__isnull=False)
    for case in rows.filter(Q(execute_on__lte=today) | void).order_by("execute_on", "pk"):
        if needs_choice(case):
            key = f"case:{case.pk}:choice:{today:%Y%m%d}"
            yield Reminder(CHOICE, case, (case.promise_due - today).days, key)


def _questions(today: date) -> Iterator[Reminder]:
    """The machine's day has come, and no copy leaves while it is not answered who asks."""
    rows = Case.objects.filter(status=Status.OPEN, verified_at__isnull=False)
    rows = rows.filter(kind__in=RELEASING_KINDS, paused_since__isnull=False)
    for case in rows.filter(execute_on__lte=today).order_by("execute_on", "pk"):
        key = f"case:{case.pk}:question:{today:%Y%m%d}"
        yield Reminder(ASKED, case, (case.promise_due - today).days, key)


def _found(today: date) -> Iterator[Reminder]:
    for row in ResidualTrace.objects.select_related("case").order_by("at"):
        if row.found.get("findings"):
            days = (row.case.promise_due - today).days
            yield Reminder(FOUND, row.case, days, f"case:{row.pk}:found:{today:%Y%m%d}")


def _by_hand(now: datetime, today: date) -> Iterator[Reminder]:
    """An answer or a package that no mail carries, each day until the officer has brought it."""
    for case in byhand.cases_waiting(now):
        days = (case.promise_due - today).days
        yield Reminder(BY_HAND, case, days, f"case:{case.pk}:by_hand:{today:%Y%m%d}")


def _context(reminder: Reminder) -> dict[str, object]:
    case = reminder.case
    return {
        "reference": case.reference,
        "case": str(case.pk),
        "kind": case.get_kind_display,
        "days": reminder.days,
        "over": -reminder.days,
        "promise": case.promise_due,
        "by_law": case.statutory_due,
    }
