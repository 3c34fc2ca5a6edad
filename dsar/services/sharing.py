"""Whose records they are: addresses with several names, and cases about somebody else.

The machine never guesses. While the officer has not chosen, nothing is released and nothing is
erased; such a case is shown to the officer every day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, CaseRecord, Disclosure, Kind, Status
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.transitions import lock, not_in_state, note_event, transition
from dsar.walk import numbers_of
from emsar.audit import record
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.folding import words
from emsar.staff.models import User
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest

# Kinds about somebody else than who asks: only the officer says about whom (E-11c, S-5b).
ABOUT_ANOTHER = (Kind.CHILD, Kind.DECEASED)
UNDECIDED = (Status.UNVERIFIED, Status.OPEN, Status.APPROVED)
# Another name came under the address; an approval was given before that.
NAMES_FOUND, APPROVAL_VOID = "names_found", "approval_void"
_MARKED = ("is_shared", "chosen_at", "status", "approved_at", "approved_by", "seconded_by")


def is_shared(person_id: UUID) -> bool:
    """Whether more than one name stands under a person's address, however each is written.

    A name that cannot be read may be anybody's, so it counts as a name of its own.
    """
    return person_id in mixed_among([person_id])


def mixed_among(persons: Iterable[UUID]) -> set[UUID]:
    """Those of some persons under whose address more than one name stands."""
    names: defaultdict[UUID, set[tuple[str, ...]]] = defaultdict(set)
    rows = ConsultationRequest.objects.filter(subject__in=list(persons))
    found = rows.values_list("subject", "pk", "name")
    for person, key, name in found.iterator(chunk_size=500):
        names[person].add(_folded(key, name))
    return {person for person, known in names.items() if len(known) > 1}


def _folded(key: UUID, name: str | None) -> tuple[str, ...]:
    """The words of a name in no order: some write the surname first."""
    return (str(key),) if is_unreadable(name) else tuple(sorted(words(name)))


def needs_choice(case: Case) -> bool:
    """Whether the officer has to say first whose data, or which records, it is about.

    It asks what stands under the address now: ``is_shared`` is as old as the last look.
    """
    if case.subject is None or case.chosen_at is not None:
        return case.subject is None
    return case.is_shared or would_be_shared(case)


def guard_chosen(case: Case) -> None:
    """Raise CaseRefusedError, in words for everybody, while the officer has yet to choose."""
    if look_again(case):
        raise CaseRefusedError(
            _("The data protection officer has to choose first whose data, or which records, it is "
              "about.")
        )  # fmt: skip


def chosen_of(case: Case) -> set[UUID] | None:
    """The records that belong to the person of the case; None: all that are under the address.

    While the officer has not chosen it is the empty set, also where nobody has noted yet that
    another name came. A record that came in after the choice
    is not among them: nobody has said whose it is.
    """
    if not case.is_shared and not would_be_shared(case):
        return None
    rows = CaseRecord.objects.filter(file__case=case, belongs=True)
    return set(rows.values_list("record", flat=True))


def records_to_choose(case: Case) -> QuerySet[ConsultationRequest]:
    """The records under the address, of which the officer says whose they are; oldest first."""
    return records_under(case.subject) if case.subject else ConsultationRequest.objects.none()


def records_under(person: UUID) -> QuerySet[ConsultationRequest]:
    """Every request under the address of a person; oldest first."""
    return ConsultationRequest.objects.filter(subject=person).order_by("received_at", "pk")


def disclosures_to_choose(case: Case) -> QuerySet[Disclosure]:
    """What was disclosed of whoever is under the address: of one of them, but of whom?"""
    return disclosures_under(case.subject) if case.subject else Disclosure.objects.none()


def disclosures_under(person: UUID) -> QuerySet[Disclosure]:
    """What was disclosed of whoever stands under the address of a person; oldest first."""
    return Disclosure.objects.filter(subject__in=numbers_of(person)).order_by("id")


def numbers_to_choose(case: Case) -> set[UUID]:
    """All of these by their numbers, as a choice names them."""
    requests = records_to_choose(case).values_list("pk", flat=True)
    return {*requests, *disclosures_to_choose(case).values_list("uid", flat=True)}


@transaction.atomic
def choose(case: Case, chosen: Mapping[UUID, bool], *, by: User) -> None:
    """Say of every record under the address whether it is the person's; may be said again.

    Records are requests, and disclosures by their ``uid``.

    Raises CaseRefusedError when a record is left out or stands elsewhere, CaseStateError when it
    is too late.
    """
    _guard(by)
    now = _undecided(case)
    if set(chosen) != numbers_to_choose(now):
        raise CaseRefusedError(_("Please say of every record whether it belongs to the person."))
    file = CaseFile.objects.get(case=now)
    CaseRecord.objects.filter(file=file).delete()
    rows = [CaseRecord(file=file, record=key, belongs=value) for key, value in chosen.items()]
    CaseRecord.objects.bulk_create(rows)
    # Asked for by hand where the machine saw one name only, it is a choice all the same.
    _change(case, is_shared=True, chosen_at=timezone.now())
    detail: dict[str, str | int] = {"records": len(rows), "chosen": sum(chosen.values())}
    note_event(case, "chosen", actor=by.pk)
    record("case.choose", actor=by.pk, subject=case.subject, obj=case, detail=detail)


@transaction.atomic
def choose_subject(case: Case, subject_id: UUID, *, by: User) -> None:
    """Say whose data a case about somebody else is about (E-11c, S-5b); may be said again.

    The records are chosen anew afterwards where several names stand under that address. Raises
    CaseRefusedError for a kind that is about who asks, and for a person who is not here.
    """
    _guard(by)
    _undecided(case)
    if case.kind not in ABOUT_ANOTHER:
        raise CaseRefusedError(_("This case is about the person who asks."))
    if not DataSubject.objects.filter(pk=subject_id).exists():
        raise CaseRefusedError(_("There is no such person, or no longer."))
    CaseRecord.objects.filter(file__case=case).delete()
    try:
        with transaction.atomic():
            _change(case, subject=subject_id, is_shared=_is_mixed(case, subject_id), chosen_at=None)
    except IntegrityError:
        raise CaseRefusedError(_("A case of this kind about this person is open.")) from None
    note_event(case, "subject_chosen", actor=by.pk)
    record("case.choose_subject", actor=by.pk, subject=subject_id, obj=case)


def _is_mixed(case: Case, subject_id: UUID) -> bool:
    """A child who wrote from the reporter's own address: whose records are whose is a choice."""
    own = CaseFile.objects.filter(case=case, person=subject_id).exists()
    return is_shared(subject_id) or (case.kind == Kind.CHILD and own)


def would_be_shared(case: Case) -> bool:
    """Whether several names stand under the address of a case by now."""
    return case.subject is not None and is_shared(case.subject)


@transaction.atomic
def look_again(case: Case) -> bool:
    """Before anything goes out or goes away: did another name come under the address meanwhile?

    Whether the officer has to choose. A choice that was made stays: what came in after it was
    not chosen and so stays as it is. An approval that was given while one name stood there no
    longer counts: nobody approved of deleting the records of somebody else.
    """
    if not case.is_shared and case.chosen_at is None and would_be_shared(case):
        now = lock(case)
        if not now.is_shared:
            _mark(now)
        _copy(now, case)
    return needs_choice(case)


def _mark(case: Case) -> None:
    _change(case, is_shared=True)
    if case.is_running:
        note_event(case, NAMES_FOUND, actor=None)
    if case.status != Status.APPROVED:
        return
    transition(
        case,
        Status.OPEN,
        event=APPROVAL_VOID,
        actor=None,
        allowed=[Status.APPROVED],
        approved_at=None,
        approved_by=None,
        seconded_by=None,
    )
    record("case.approval_void", actor=None, subject=case.subject, obj=case)


def watch() -> int:
    """Look again at every proved case that is undecided: how many wait for a choice since then.

    One statement where nobody has written twice, so that each look at the board can do it.
    """
    states = [Status.OPEN, Status.APPROVED]
    rows = Case.objects.filter(status__in=states, is_shared=False, verified_at__isnull=False)
    requests = ConsultationRequest.objects.filter(subject__in=rows.values("subject"))
    several = requests.values("subject").annotate(number=Count("pk")).filter(number__gt=1)
    known = list(several.values_list("subject", flat=True))
    mixed = mixed_among(known) if known else set()
    found = rows.filter(subject__in=mixed).order_by("pk") if mixed else ()
    return sum(look_again(case) for case in found)


def _undecided(case: Case) -> Case:
    """The case under its lock; what was approved stays so, unless another name has come since."""
    now = lock(case)
    look_again(now)
    _copy(now, case)
    if now.status not in UNDECIDED:
        raise not_in_state(now.status)
    if now.status == Status.APPROVED:
        raise CaseStateError(_("What has been approved cannot be chosen anew."))
    return now


def _copy(now: Case, case: Case) -> None:
    """The caller's case says what the row says."""
    for name in _MARKED:
        setattr(case, name, getattr(now, name))


def _change(case: Case, **changes: object) -> None:
    Case.objects.filter(pk=case.pk).update(**changes)
    for name, value in changes.items():
        setattr(case, name, value)


def _guard(by: User) -> None:
    if not by.is_dpo:
        raise CaseRefusedError(_("Only the data protection officer decides this."))
