"""Blocking: processing is suspended, nothing is deleted, and lifting needs a reason (E-8h).

What a block means is kept by every room for itself (``outside_block``); here is only when one
begins and ends.
"""

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dsar import letters
from dsar.models import Case, CaseEvent, CaseFile, Kind, Outcome, Status
from dsar.services.errors import CaseRefusedError
from dsar.services.messages import file_of, guard_officer
from dsar.services.transitions import complete, lock, note_event
from emsar.staff.models import User
from emsar.subjects import services as subjects
from emsar.subjects.models import DataSubject, UnblockReason

BLOCKED_BEFORE = "blocked_before"


def take_effect(case: Case) -> None:
    """Once identity is proved: block at once what is not blocked yet.

    The same kind asks for the end of a block; whether that is meant, the officer reads in the
    person's words, so a case about records that are blocked already waits.
    """
    if _person(case).blocked_at is None:
        by_deadline(case)
    elif not _was_blocked(case):
        note_event(case, BLOCKED_BEFORE, actor=None)


def by_deadline(case: Case) -> None:
    """What nobody has decided by the machine's day: it blocks whoever was not blocked before.

    Somebody who was may have asked for the end of the block. The machine neither lifts it nor
    tells them that their records are blocked, also if the block has ended by another case since:
    that stays with the officer.
    """
    if _person(case).blocked_at is None and not _was_blocked(case):
        block_anew(case)


def _was_blocked(case: Case) -> bool:
    """Whether the person was blocked already when identity was proved."""
    return CaseEvent.objects.filter(case=case, event=BLOCKED_BEFORE).exists()


def block_anew(case: Case, actor: UUID | None = None) -> None:
    """Block what exists now, also where an older block covers only a part of it."""
    person = _person(case)
    if person.blocked_at is None:
        subjects.block(person, actor=actor)
    else:
        subjects.block_again(person, actor=actor)
    _end(case, "blocked", actor)
    letters.blocked(case, file_of(case))


@transaction.atomic
def block(case: Case, *, by: User) -> None:
    """The officer blocks the records of the person whom a case is about.

    Raises CaseStateError unless the case is open, CaseRefusedError while nobody is assigned.
    """
    guard_officer(by)
    block_anew(lock(case), by.pk)


@transaction.atomic
def lift(case: Case, reason: str, *, by: User) -> None:
    """End the block of the person whom a case is about; mails that waited are sent.

    ``reason`` is a code of :class:`UnblockReason`. An open case about blocking ends with it; from
    one that has ended the block can be lifted as well. Raises CaseRefusedError without a reason
    and when nothing is blocked.
    """
    guard_officer(by)
    if reason not in UnblockReason.values:
        raise CaseRefusedError(_("Please say why the block ends."))
    locked = lock(case)
    try:
        subjects.unblock(_person(locked), actor=by.pk, reason=reason)
    except subjects.SubjectStateError:
        raise CaseRefusedError(_("The records are not blocked.")) from None
    if locked.kind == Kind.BLOCKING and locked.status == Status.OPEN:
        _end(locked, "unblocked", by.pk, reason)
    else:
        note_event(locked, "unblocked", actor=by.pk, reason=reason)
    with translation.override(locked.language):
        words = str(UnblockReason(reason).label)
    file = CaseFile.objects.select_related("person", "contact").filter(case=locked).first()
    # The file of a case that ended long ago is gone, and with it where to write.
    if file is not None:
        letters.unblocked(locked, file, words)


def _person(case: Case) -> DataSubject:
    found = DataSubject.objects.filter(pk=case.subject).first() if case.subject else None
    if found is None:
        raise CaseRefusedError(_("Nobody is assigned to this case yet."))
    return found


def _end(case: Case, event: str, actor: UUID | None, reason: str = "") -> None:
    """A case about blocking has reached its aim; for other kinds it is a step."""
    if case.kind == Kind.BLOCKING:
        complete(
            case, Outcome.FULFILLED, event=event, actor=actor, allowed=[Status.OPEN], reason=reason
        )
    else:
        note_event(case, event, actor=actor, reason=reason)
