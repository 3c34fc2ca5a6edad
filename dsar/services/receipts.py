"""The officer's word on when a case came in, where company staff say that it was earlier (E-9c)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.models import Case
from dsar.models.cases import JOINING
from dsar.services.dates import if_received
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.joining import start_earlier, would_end
from dsar.services.transitions import lock, not_in_state, note_event
from emsar.audit import record
from emsar.entities.businessdays import BAKU
from emsar.staff.models import User

NOT_EARLIER = "not_earlier"
CHANGED = gettext_lazy("What is said of this case has changed. Please read it again.")
ENDS_BEFORE = gettext_lazy(
    "Nobody has proved yet who asks, and counted from then the case would be closed before the "
    "link that was mailed ends. First record the proof, or wait until the person has used the link."
)


def foreseen(case: Case) -> Case | None:
    """The case as it would be by what is said, not saved; None where nothing is said any more."""
    return if_received(case, case.said_at) if case.said_at else None


def ends_too_soon(case: Case, moved: Case) -> bool:
    """Whether a case that nobody has proved would end by this before its link does.

    Once its own last day has come it ends anyway, as soon as the officer has answered.
    """
    return _today() < case.promise_due and would_end(case, moved.promise_due)


@transaction.atomic
def came_then(case: Case, *, by: User) -> None:
    """It was received as a colleague says: both clocks count from then.

    ``case`` is as the officer saw it. CaseRefusedError for anybody but the officer and where the
    case would end before its link; CaseStateError when something else is said by now.
    """
    locked, moment = _said(case, by)
    moved = if_received(locked, moment)
    if ends_too_soon(locked, moved):
        raise CaseRefusedError(ENDS_BEFORE)
    start_earlier(locked, moved, reason=locked.channel, by=by)


@transaction.atomic
def did_not(case: Case, *, by: User) -> None:
    """It was not: the saying is taken away, and the clocks stay. Raises as :func:`came_then`."""
    locked, _moment = _said(case, by)
    Case.objects.filter(pk=locked.pk).update(said_at=None)
    note_event(locked, NOT_EARLIER, actor=by.pk)
    record("case.not_earlier", actor=by.pk, subject=locked.subject, obj=locked)


def _said(case: Case, by: User) -> tuple[Case, datetime]:
    """The case under its lock, with the moment that is still the one that was looked at."""
    if not by.is_dpo:
        raise CaseRefusedError(_("Only the data protection officer decides this."))
    locked = lock(case)
    if locked.status not in JOINING:
        raise not_in_state(locked.status)
    if locked.said_at is None or locked.said_at != case.said_at:
        raise CaseStateError(CHANGED)
    return locked, locked.said_at


def _today() -> date:
    return timezone.localdate(timezone=BAKU)
