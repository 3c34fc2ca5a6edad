"""What follows when identity is proved, and what the officer decides about a case."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import letters
from dsar.grounds import Ground
from dsar.models import Case, CaseMessage, Kind, Outcome, Status
from dsar.models.kinds import ERASING_KINDS, RELEASING_KINDS
from dsar.services import blocking, objections
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.messages import file_of, guard_officer, guard_running, store
from dsar.services.pauses import begin_pause, end_pause, recount
from dsar.services.sharing import look_again
from dsar.services.transitions import complete, lock, transition
from emsar.audit import record
from emsar.entities.businessdays import BAKU
from emsar.entities.profile import ReferenceFacts
from emsar.entities.registry import registry
from emsar.staff.models import User

logger = logging.getLogger(__name__)

UNDECIDED = (Status.UNVERIFIED, Status.OPEN, Status.APPROVED)
ANSWERS = (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NOTHING_HELD)
EXTENDED = "extended"


def after_verification(case: Case, *, is_locked: bool = False) -> None:
    """Carry out at once what waits for nobody; also called once records have been chosen.

    Withdrawal, objection and blocking take effect, information and access are released; where
    several people share the address, only what can be undone happens before the officer has
    chosen. Harmless for a case that has gone on meanwhile. ``is_locked``: this transaction holds
    the case and its persons, and has just read or written it.
    """
    _take(case, _AT_ONCE, is_locked=is_locked)


def go_on(case: Case) -> None:
    """After a question was answered, for a case that this transaction holds: what waited for it."""
    try:
        with transaction.atomic():
            after_verification(case, is_locked=True)
    except (CaseStateError, CaseRefusedError) as problem:
        logger.warning("case %s waits for the officer: %s", case.pk, type(problem).__name__)


def by_deadline(case: Case) -> bool:
    """In the night of ``execute_on``: what the officer could still have decided. Whether it was.

    An objection then covers every purpose; complaints, corrections and other rights need a person
    and stay with the officer, as does what somebody wants who was blocked before. No copy of data
    leaves while a question about identity is open: the officer is told of it every day.
    """
    return _take(case, _BY_DEADLINE)


@transaction.atomic
def _take(
    case: Case, effects: dict[Kind, Callable[[Case], None]], *, is_locked: bool = False
) -> bool:
    locked = case if is_locked else lock(case)
    if locked.status != Status.OPEN or locked.verified_at is None:
        return False
    if locked.paused_since is not None:
        if locked.kind in RELEASING_KINDS:
            # No copy leaves before the person, or the officer, has said that it is answered.
            return False
        if locked.paused_since <= locked.verified_at:
            # The proof is the answer to what was asked before it.
            end_pause(locked, actor=None)
    take = effects.get(Kind(locked.kind))
    if take is not None:
        take(locked)
    if not is_locked:
        case.refresh_from_db()
    return take is not None and case.status != Status.OPEN


def _release(case: Case) -> None:
    from dsar.services.releases import release_locked

    if not look_again(case):
        release_locked(case)


_AT_ONCE: dict[Kind, Callable[[Case], None]] = {
    Kind.INFORMATION: _release,
    Kind.ACCESS: _release,
    Kind.WITHDRAWAL: objections.withdraw_consents,
    Kind.OBJECTION: objections.suspend,
    Kind.BLOCKING: blocking.take_effect,
}
_BY_DEADLINE: dict[Kind, Callable[[Case], None]] = {
    **dict.fromkeys(RELEASING_KINDS, _release),
    Kind.WITHDRAWAL: objections.withdraw_consents,
    Kind.OBJECTION: objections.object_to_all,
    Kind.BLOCKING: blocking.by_deadline,
}


@transaction.atomic
def pause(case: Case, question: str, *, by: User) -> CaseMessage:
    """Ask about identity: the term of the law rests until it is answered, the promise does not.

    Raises CaseRefusedError when a question is open already; CaseStateError for a case that ended.
    """
    locked = _undecided(case, by)
    if locked.paused_since is not None:
        raise CaseRefusedError(_("A question is open already."))
    row = store(locked, CaseMessage.Direction.TO_PERSON, question, by)
    begin_pause(locked, actor=by.pk)
    letters.question(locked, row.file, row)
    _noted("case.pause", locked, by)
    return row


@transaction.atomic
def resume(case: Case, *, by: User) -> None:
    """The question was answered: the term of the law runs again."""
    locked = _undecided(case, by)
    if locked.paused_since is None:
        raise CaseRefusedError(_("No question is open."))
    end_pause(locked, actor=by.pk)
    _noted("case.resume", locked, by)
    go_on(locked)


@transaction.atomic
def extend(case: Case, reason: str, *, by: User) -> None:
    """Extend the term of the law, once, with a reason that the person is told (E-8k).

    The promise does not move. Raises CaseRefusedError when it was extended before, rests, is
    switched off, or has passed already.
    """
    locked = _undecided(case, by)
    if locked.extended_at is not None:
        raise CaseRefusedError(_("The term of the law can be extended only once."))
    if locked.statutory_due is None or locked.statutory_due < timezone.localdate(timezone=BAKU):
        raise CaseRefusedError(_("The term of the law does not run, or it has passed already."))
    row = store(locked, CaseMessage.Direction.TO_PERSON, reason, by)
    transition(
        locked,
        locked.status,
        event=EXTENDED,
        actor=by.pk,
        allowed=[locked.status],
        extended_at=timezone.now(),
    )
    recount(locked)
    letters.extended(locked, row.file, row.body or "")
    _noted("case.extend", locked, by)


@transaction.atomic
def refuse(case: Case, ground: str, legal_reference: str, words: str, *, by: User) -> None:
    """Refuse with a ground, the law behind it and reasons; the letter says where to complain.

    ``ground`` is a code of :class:`dsar.grounds.Ground`, ``legal_reference`` the slug of an act in
    use. Raises CaseRefusedError without either, or when no words are given (E-8i).
    """
    locked = _undecided(case, by)
    code, law = _ground(ground), _law(legal_reference)
    row = store(locked, CaseMessage.Direction.TO_PERSON, words, by)
    _end(locked, Outcome.REFUSED, "refused", by.pk, reason=code.value)
    letters.refused(locked, row.file, code, law, row.body or "")
    _noted("case.refuse", locked, by, ground=code.value, law=law.slug)


def _ground(code: str) -> Ground:
    if code not in Ground.values:
        raise CaseRefusedError(_("Please choose the ground of the refusal."))
    return Ground(code)


def _law(slug: str) -> ReferenceFacts:
    """The act of a slug, if it is in use."""
    found = next((law for law in registry().references if law.slug == slug), None)
    if found is None:
        raise CaseRefusedError(_("Please choose the legal act on which this rests."))
    return found


@transaction.atomic
def answer(case: Case, words: str, *, by: User, outcome: str = Outcome.FULFILLED) -> None:
    """Answer in words and end the case: complaints and every other right that a person decides.

    The letter says where to complain (E-8i, E-14a). Raises CaseRefusedError for an unproved
    identity, and for kinds that end by what is carried out: data are deleted or handed out.
    """
    locked = _undecided(case, by)
    _guard_answerable(locked, outcome)
    row = store(locked, CaseMessage.Direction.TO_PERSON, words, by)
    _end(locked, outcome, "answered", by.pk)
    letters.answered(locked, row.file, row.body or "")
    _noted("case.answer", locked, by, outcome=outcome)


def _guard_answerable(case: Case, outcome: str) -> None:
    if case.kind in {*ERASING_KINDS, *RELEASING_KINDS}:
        raise CaseRefusedError(
            _("Such a case ends when it is carried out; it can be refused with a ground.")
        )
    if case.verified_at is None:
        raise CaseRefusedError(_("It is not proved yet who asks."))
    if outcome not in ANSWERS:
        raise CaseRefusedError(_("Please say how the case ended; a refusal needs a ground."))


@transaction.atomic
def withdraw(case: Case, *, by_person: bool = True, by: User | None = None) -> None:
    """The person takes the request back: on the page of the case, or by telling the officer.

    What was done before stays done. Raises CaseStateError once it was carried out.
    """
    locked = guard_running(lock(case))
    if by is not None:
        guard_officer(by)
    elif not by_person:
        raise CaseRefusedError(_("Only the person can take a request back."))
    actor = by.pk if by else None
    file = file_of(locked)
    _end(locked, Outcome.WITHDRAWN, "taken_back", actor)
    letters.taken_back(locked, file)
    record("case.take_back", actor=actor, subject=locked.subject, obj=locked)


def _undecided(case: Case, by: User) -> Case:
    """The case, locked, for a verb of the officer's."""
    guard_officer(by)
    return guard_running(lock(case))


def _end(case: Case, outcome: str, event: str, actor: UUID | None, reason: str = "") -> None:
    complete(case, outcome, event=event, actor=actor, allowed=UNDECIDED, reason=reason)


def _noted(action: str, case: Case, by: User, **detail: str) -> None:
    record(action, actor=by.pk, subject=case.subject, obj=case, detail=detail)
