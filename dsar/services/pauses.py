"""A question about identity: the term of the law rests while it is open (E-8k)."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dsar.models import Case
from dsar.services.dates import PAUSED, RESUMED, statutory_day
from dsar.services.transitions import transition


@transaction.atomic
def begin_pause(case: Case, *, actor: UUID) -> None:
    """Let the term of the law rest from now on; the promise does not."""
    now = timezone.now()
    transition(
        case,
        case.status,
        event=PAUSED,
        actor=actor,
        allowed=[case.status],
        paused_since=now,
        statutory_due=None,
    )


@transaction.atomic
def end_pause(case: Case, *, actor: UUID | None) -> None:
    """Let it run again, from what was left of it."""
    transition(
        case, case.status, event=RESUMED, actor=actor, allowed=[case.status], paused_since=None
    )
    recount(case)


def recount(case: Case) -> None:
    """Store the last day of the law anew, from the events of the case and the terms."""
    case.statutory_due = statutory_day(case)
    Case.objects.filter(pk=case.pk).update(statutory_due=case.statutory_due)
