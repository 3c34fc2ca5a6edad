"""That whoever asks is who they say; before it nothing is told and nothing done (E-8j).

A mailed link proves an address, staff note what they saw. What nobody proves by the last promised
day is answered with a note and destroyed.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import mails
from dsar.models import Case, CaseFile, Outcome, Proof, Status
from dsar.services.claims import IS_CLAIMED, is_claimed
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.transitions import complete, lock_persons, persons_of, transition
from emsar.audit import record
from emsar.datamap.rules import Trigger
from emsar.entities.businessdays import BAKU
from emsar.retention.acts.content import COPIES
from emsar.retention.dependants import Counts, delete_rows
from emsar.retention.ledger import enter
from emsar.retention.models import DestructionLine
from emsar.retention.orders import order_copies, order_under_way
from emsar.retention.persons import forget_alone
from emsar.staff.models import User
from emsar.subjects.models import DataSubject

logger = logging.getLogger(__name__)

# The rule under which files are kept, so that a replay after a restore leaves the skeletons alone.
UNVERIFIED_RULE = "case_files"


@transaction.atomic
def verify(
    person: DataSubject,
    *,
    asked_until: datetime | None = None,
    only: Collection[str] | None = None,
) -> list[Case]:
    """The person used a mailed link: their unverified cases are open now.

    Only those entered before ``asked_until``, the moment of the mail that listed them: what
    somebody else enters afterwards is confirmed by nobody's click on an older mail. ``only`` are
    the references that the person left ticked.
    """
    lock_persons([person.pk])
    cases = unverified(person.pk).select_for_update(of=("self",)).order_by("received_at", "pk")
    if asked_until is not None:
        cases = cases.filter(registered_at__lte=asked_until)
    if only is not None:
        cases = cases.filter(reference__in=list(only))
    # All of them before anything follows: what one of them does can depend on the others.
    proved = [_proved(case, Proof.LINK, "", None) for case in cases]
    for case in proved:
        _go_on(case)
    return proved


@transaction.atomic
def confirm(person: DataSubject, case: Case) -> None:
    """The person, signed in by a link, says that a case entered after its mail is theirs too."""
    lock_persons([person.pk])
    found = unverified(person.pk).select_for_update(of=("self",)).filter(pk=case.pk).first()
    if found is None:
        raise CaseStateError(_("This request is confirmed already, or it has ended."))
    _go_on(_proved(found, Proof.LINK, "", None))


@transaction.atomic
def prove(case: Case, proof: str, note: str, *, by: User) -> None:
    """A colleague saw a proof: a document, an e-signature, or a call back; what was seen is noted,
    never kept."""
    if Proof(proof) == Proof.LINK:
        raise CaseRefusedError(_("A link proves itself, when it is used."))
    if not note.strip():
        raise CaseRefusedError(_("Please note what was seen as proof."))
    lock_persons(persons_of(case.pk))
    _go_on(_proved(case, Proof(proof), note.strip(), by))


def unverified(person: UUID) -> QuerySet[Case]:
    """What was asked in a person's name and nobody has confirmed."""
    return Case.objects.filter(status=Status.UNVERIFIED, file__person=person)


def _proved(case: Case, proof: Proof, note: str, by: User | None) -> Case:
    from dsar.services.sharing import is_shared

    actor = by.pk if by else None
    transition(
        case,
        Status.OPEN,
        event="verified",
        actor=actor,
        allowed=[Status.UNVERIFIED],
        reason=proof,
        verified_at=timezone.now(),
        is_shared=case.subject is not None and is_shared(case.subject),
    )
    CaseFile.objects.filter(pk=case.pk).update(proof=proof, proof_note=note or None, proof_by=actor)
    record("case.verify", actor=actor, subject=case.subject, obj=case, detail={"proof": proof})
    return case


def _go_on(case: Case) -> None:
    """What follows by itself; a right that cannot be carried out now waits for the officer."""
    from dsar.services import deciding

    try:
        with transaction.atomic():
            deciding.after_verification(case, is_locked=True)
    except (CaseStateError, CaseRefusedError) as problem:
        logger.warning("case %s waits for the officer: %s", case.pk, type(problem).__name__)
    case.refresh_from_db()
    if case.is_running:
        mails.acknowledged(case)


def close_unverified(now: datetime) -> int:
    """Answer, end and destroy what nobody has proved by the last promised day; how many."""
    return sum(close(key) for key in unproved(now))


def unproved(now: datetime) -> list[UUID]:
    """The cases that nobody has proved by their last promised day, the oldest first; without those
    of which a colleague says so, which wait for the officer."""
    today = timezone.localdate(now, BAKU)
    due = Case.objects.filter(status=Status.UNVERIFIED, promise_due__lte=today)
    due = due.exclude(IS_CLAIMED)
    return list(due.order_by("promise_due").values_list("pk", flat=True))


@transaction.atomic
def close(key: UUID) -> bool:
    """End one of them; False when it was proved or ended meanwhile."""
    lock_persons(persons_of(key))
    found = Case.objects.select_for_update(of=("self",), skip_locked=True)
    case = found.filter(pk=key, status=Status.UNVERIFIED).first()
    if case is None or is_claimed(case):
        return False
    mails.closed_unverified(case)
    complete(
        case,
        Outcome.UNVERIFIED,
        event="closed_unverified",
        actor=None,
        allowed=[Status.UNVERIFIED],
    )
    _destroy(case)
    record("case.close_unverified", actor=None, subject=case.subject, obj=case)
    return True


def give_way(case: Case) -> None:
    """End and destroy a case that nobody proved, because the same is asked again; no mail.

    For a case whose last day would come before the link of the new demand ends: the new one gets a
    case of its own. The caller holds the row of the person, who stays.
    """
    complete(
        case,
        Outcome.UNVERIFIED,
        event="closed_unverified",
        actor=None,
        allowed=[Status.UNVERIFIED],
        reason="asked_again",
    )
    _destroy(case, with_person=False)
    record("case.close_unverified", actor=None, subject=case.subject, obj=case)


def _destroy(case: Case, *, with_person: bool = True) -> None:
    """The file at once, and the person, if nothing else of theirs is here."""
    files = CaseFile.objects.filter(pk=case.pk)
    persons = list(files.values_list("person_id", flat=True)) if with_person else []
    line = DestructionLine(
        sweep=uuid4(),
        case=case.pk,
        rule=UNVERIFIED_RULE,
        clause="E-8j",
        trigger=Trigger.PURPOSE,
        records=1,
    )
    copies = order_copies([case.pk], line.uid, is_restricted=True)
    copies += order_under_way([case.pk], line.uid, is_restricted=True)
    counts = delete_rows(CaseFile, [case.pk])
    gone, more = forget_alone(persons)
    line.counts = _together(counts, {**more, **({COPIES: copies} if copies else {})})
    line.save()
    enter(line, [case.pk], gone)


def _together(first: Counts, second: Counts) -> Counts:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}
