"""All changes of a case's state go through here: one conditional UPDATE and a dated row."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Case, CaseEvent, CaseFile, Outcome, Status
from dsar.services.errors import CaseStateError
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.subjects.models import DataSubject, SubjectIdentifier


@transaction.atomic
def transition(
    case: Case,
    to: str,
    *,
    event: str,
    actor: UUID | None,
    allowed: Sequence[str],
    reason: str = "",
    **changes: Any,
) -> None:
    """Move a case to a state, if it is in one of ``allowed`` in the database at this moment.

    ``changes`` are columns that move with it. Raises CaseStateError when somebody was faster.
    """
    before = case.status
    found = Case.objects.filter(pk=case.pk, status=before)
    if before not in allowed or found.update(status=to, **changes) != 1:
        raise not_in_state(before)
    for name, value in {**changes, "status": to}.items():
        setattr(case, name, value)
    _note(case, event, before, actor, reason)


def complete(
    case: Case,
    outcome: str,
    *,
    event: str,
    actor: UUID | None,
    allowed: Sequence[str],
    reason: str = "",
    **changes: Any,
) -> None:
    """End a case: its skeleton and its file get their last days kept (``[schedule]``).

    What rested only until it was decided goes on, however it ended.
    """
    from dsar.services import resting

    now = timezone.now()
    today = timezone.localdate(now, BAKU)
    last = add_calendar_months(today, 12 * terms.value("schedule", "case_skeleton"))
    days = terms.value("schedule", "case_documents")
    with transaction.atomic():
        transition(
            case,
            Status.COMPLETED,
            event=event,
            actor=actor,
            allowed=allowed,
            reason=reason,
            outcome=Outcome(outcome),
            closed_at=now,
            destroy_after=last,
            paused_since=None,
            said_at=None,
            **changes,
        )
        CaseFile.objects.filter(case=case).update(destroy_after=today + timedelta(days=days))
        resting.end(case, actor=actor)


def note_event(case: Case, event: str, *, actor: UUID | None, reason: str = "") -> None:
    """A dated row for what changes no state."""
    _note(case, event, case.status, actor, reason)


def _note(case: Case, event: str, before: str, actor: UUID | None, reason: str) -> None:
    CaseEvent.objects.create(
        case=case,
        actor=actor,
        event=event,
        from_status=before,
        to_status=case.status,
        reason=reason,
    )


def lock(case: Case) -> Case:
    """The case as it is now, locked until the transaction ends.

    The person before the case, as the form's entries and the erasure take them: who takes them
    the other way round waits for somebody who waits for them.
    """
    lock_persons(persons_of(case.pk))
    found = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if found is None:
        raise CaseStateError(_("This case is no longer kept: its last day has passed."))
    return found


def persons_of(key: UUID) -> set[UUID]:
    """Who asks in a case, and whose data it is about, as far as they are known."""
    known = Case.objects.filter(pk=key).values_list("subject", "file__person")
    return {person for pair in known for person in pair if person is not None}


def lock_persons(persons: Iterable[UUID]) -> None:
    """Hold the rows of persons and, before them, of their addresses."""
    known = sorted(persons)
    for rows in (
        SubjectIdentifier.objects.filter(subject__in=known),
        DataSubject.objects.filter(pk__in=known),
    ):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def not_in_state(status: str) -> CaseStateError:
    """The error for a verb that the case's status does not allow."""
    words = _("This is not possible for a case with the status “%(status)s”, or a colleague was "
              "faster. Please look at the case again.")  # fmt: skip
    return CaseStateError(words % {"status": Status(status).label})
