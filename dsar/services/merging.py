"""When two persons turn out to be one, their cases come together as well."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar import letters
from dsar.models import Case, CaseFile, CaseMessage, Kind, Outcome, Proposal, Status
from dsar.models.cases import RUNNING
from dsar.services import claims
from dsar.services.corrections import OPEN_STATES
from dsar.services.dates import PAUSED, statutory_day
from dsar.services.joining import RECEIVED_EARLIER
from dsar.services.transitions import complete, note_event, transition
from emsar.entities.registry import registry
from emsar.subjects.models import DataSubject

_DATES = ("received_at", "promise_due", "execute_on", "statutory_due", "said_at")
_NOTE = CaseMessage.Direction.NOTE


def move(kept: DataSubject, doubled: DataSubject) -> None:
    """Cases and files of the doubled person become those of the one that stays.

    Of two undecided cases of one kind one goes on, with the nearer dates of both: the one that was
    proved, else the earlier. Those about a child stay apart, as each has a reporter of its own.
    """
    CaseFile.objects.filter(person=doubled).update(person=kept)
    doubles = Case.objects.joining().filter(subject=doubled.pk).exclude(kind=Kind.CHILD)
    for kind in list(doubles.values_list("kind", flat=True)):
        _join(kept, doubled, kind)
    Case.objects.filter(subject=doubled.pk).update(subject=kept.pk)


def _join(kept: DataSubject, doubled: DataSubject, kind: str) -> None:
    both = Case.objects.joining().filter(kind=kind, subject__in=[kept.pk, doubled.pk])
    found = list(both.select_for_update().order_by("received_at", "pk"))
    # The sort is stable: of two that were proved alike the earlier one stays in front.
    first, *others = sorted(found, key=_standing)
    for other in others:
        _bring_together(first, other)


def _standing(case: Case) -> tuple[bool, bool]:
    """What was proved goes before what nobody proved, and what was approved before the rest."""
    return case.verified_at is None, case.status != Status.APPROVED


def _bring_together(case: Case, other: Case) -> None:
    """End ``other`` in favour of ``case``; what one asker wrote is never shown to another."""
    target = CaseFile.objects.filter(case=case).first()
    file = CaseFile.objects.filter(case=other).first()
    is_same = target is not None and file is not None and target.person_id == file.person_id
    if is_same and target is not None and file is not None:
        _hand_over(case, target, other, file)
    _start_earlier(case, other)
    complete(other, Outcome.JOINED, event="joined", actor=None, allowed=RUNNING)
    # Before a proof nothing is told, not even that (E-8j).
    if file is not None and not is_same and other.verified_at is not None:
        _tell(other, file)


def _tell(other: Case, file: CaseFile) -> None:
    """Somebody else asked the same about this person: each asker has an answer."""
    with translation.override(other.language):
        words = _("A case of this kind about this person is open.")
    letters.answered(other, file, words)


def _hand_over(case: Case, target: CaseFile, other: Case, file: CaseFile) -> None:
    """What belongs to the case that ends is found in the one that goes on.

    Nothing that is not proved changes a case that is: of such only the words are noted, marked.
    """
    is_trusted = other.verified_at is not None or case.verified_at is None
    if file.details:
        CaseMessage.objects.create(
            file=target,
            direction=CaseMessage.Direction.FROM_PERSON if is_trusted else _NOTE,
            body=file.details if is_trusted else _marked(other, file.details),
            at=other.received_at,
        )
    if is_trusted:
        _fill_reach(target, file)
        Proposal.objects.filter(file=file, state__in=OPEN_STATES).update(file=target)
        _go_on_asking(case, other)
    else:
        _mark_messages(other, file)
    CaseMessage.objects.filter(file=file).update(file=target)


def _mark_messages(other: Case, file: CaseFile) -> None:
    rows = CaseMessage.objects.filter(file=file, direction=CaseMessage.Direction.FROM_PERSON)
    for row in rows:
        row.direction, row.body = _NOTE, _marked(other, row.body or "")
        row.save(update_fields=["direction", "body"])


def _marked(other: Case, words: str) -> str:
    with translation.override(registry().default_language):
        if other.registered_by is None:
            mark = _("Sent with the public form; it is not proved that the person wrote this:")
        else:
            mark = _("Entered by a colleague; it is not proved that it comes from the person:")
    return f"{mark}\n\n{words}"


def _fill_reach(target: CaseFile, file: CaseFile) -> None:
    """Name and postal address, where the file that stays has none."""
    given = {name: getattr(file, name) for name in ("name", "postal") if getattr(file, name)}
    missing = {name: new for name, new in given.items() if not getattr(target, name)}
    if missing:
        CaseFile.objects.filter(pk=target.pk).update(**missing)


def _go_on_asking(case: Case, other: Case) -> None:
    """A question that is open in the case that ends is answered in the one that goes on.

    The term of the law of that one rests from now on, not from when the other was asked.
    """
    if other.paused_since is None or case.paused_since is not None:
        return
    transition(
        case,
        case.status,
        event=PAUSED,
        actor=None,
        allowed=[Status.UNVERIFIED, Status.OPEN, Status.APPROVED],
        paused_since=timezone.now(),
        statutory_due=None,
    )


def _start_earlier(case: Case, other: Case) -> None:
    """Each date is the nearer one of both, never a later one; the law's rests during a question."""
    is_earlier = other.received_at < case.received_at
    case.received_at = min(case.received_at, other.received_at)
    case.promise_due = min(case.promise_due, other.promise_due)
    case.execute_on = min(case.execute_on, other.execute_on)
    by_law = None if case.paused_since else statutory_day(case)
    if by_law is not None:
        known = (by_law, case.statutory_due, other.statutory_due)
        by_law = min(day for day in known if day is not None)
    case.statutory_due = by_law
    _keep_saying(case, other)
    Case.objects.filter(pk=case.pk).update(**{name: getattr(case, name) for name in _DATES})
    if is_earlier:
        note_event(case, RECEIVED_EARLIER, actor=None, reason=other.channel)


def _keep_saying(case: Case, other: Case) -> None:
    """The earliest of what colleagues say of both, as far as it is earlier than what holds."""
    said = [moment for moment in (case.said_at, other.said_at) if moment is not None]
    earliest = claims.still_said(min(said, default=None), case.received_at)
    if earliest is not None and earliest != case.said_at:
        claims.hand_on(case, other)
    case.said_at = earliest
