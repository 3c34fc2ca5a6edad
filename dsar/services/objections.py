"""Objection and withdrawal: what rested on a purpose stops at once and is deleted in its term.

Until the officer has decided which purposes an objection means, everything is suspended and
nothing is deleted (E-8f). A recorded contract is another basis: what rests on it stays (E-5b).
"""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from dsar import letters
from dsar.models import Case, Outcome, Status
from dsar.services import resting
from dsar.services.errors import CaseRefusedError
from dsar.services.messages import file_of, guard_officer
from dsar.services.sharing import chosen_of, look_again
from dsar.services.transitions import complete, lock
from emsar.audit import record
from emsar.entities.wording import day_text
from emsar.staff.models import User
from emsar.subjects import services as subjects
from emsar.subjects.models import DataSubject, Objection
from requests_inbox.models import ConsultationRequest
from requests_inbox.models import Status as RequestStatus
from requests_inbox.services import handling

PURPOSES: tuple[str, ...] = tuple(Objection.Purpose.values)


def withdraw_consents(case: Case) -> None:
    """Withdraw the consent of each request (E-8g) and end the case.

    Where several people share the address, their records are only suspended until the officer
    has chosen which are this person's.
    """
    if look_again(case):
        suspend(case)
        return
    # What an objection stopped rests on its consent all the same: that is withdrawn here.
    rows = _requests(case).exclude(status=RequestStatus.WITHDRAWN)
    stopped = list(rows.order_by("received_at"))
    for request in stopped:
        handling.withdraw_for_case(request)
    outcome = Outcome.FULFILLED if stopped else Outcome.NOTHING_HELD
    _end(case, outcome, "consents_withdrawn", None)
    letters.consent_withdrawn(case, file_of(case), [row.reference for row in stopped])


def suspend(case: Case) -> None:
    """Once identity is proved: nothing is done with the data until the objection is decided."""
    resting.begin(case, _person(case))


@transaction.atomic
def object(  # noqa: A001 - the verb of the right
    case: Case, purposes: Sequence[str], *, by: User | None
) -> None:
    """Decide to which purposes an objection extends: they stop, and the rest goes on.

    ``purposes`` are codes of :class:`Objection.Purpose`; ``by`` None is the machine. The person is
    told what is deleted until when, and what a contract keeps. Raises CaseRefusedError for none
    or unknown purposes and before the records are chosen; CaseStateError unless the case is open.
    """
    if by is not None:
        guard_officer(by)
    locked = lock(case)
    if not purposes or not set(purposes) <= set(PURPOSES):
        raise CaseRefusedError(_("Please choose at least one purpose."))
    if look_again(locked):
        raise CaseRefusedError(_("Please choose first which records are this person's."))
    actor = by.pk if by else None
    _object(locked, [code for code in PURPOSES if code in purposes], actor)


def object_to_all(case: Case) -> None:
    """What the machine does with an objection that nobody decided; a shared address waits."""
    if not look_again(case):
        _object(case, PURPOSES, None)


def _object(case: Case, purposes: Sequence[str], actor: UUID | None) -> None:
    person, file, chosen = _person(case), file_of(case), chosen_of(case)
    for purpose in purposes:
        subjects.object_to(person, purpose, actor=actor, records=chosen)
    requests = list(_requests(case).order_by("received_at"))
    kept = list(_kept(requests, purposes, case.language))
    _end(case, Outcome.PARTLY if kept else Outcome.FULFILLED, "objected", actor)
    with translation.override(case.language):
        words = [str(Objection.Purpose(code).label) for code in purposes]
    letters.objected(case, file, words, [*_deleted(requests, case.language), *kept])
    codes = ",".join(purposes)
    record("case.object", actor=actor, subject=case.subject, obj=case, detail={"purposes": codes})


def _deleted(requests: Sequence[ConsultationRequest], language: str) -> Iterator[str]:
    """What goes until when, a sentence a request."""
    with translation.override(language):
        for request in requests:
            words = {"reference": request.reference}
            if request.has_contract:
                continue
            if Objection.Purpose.REPLY in request.objected and request.destroy_after:
                words["day"] = day_text(request.destroy_after)
                yield _("Request %(reference)s is deleted by %(day)s at the latest.") % words
            elif request.objected_until is not None:
                words["day"] = day_text(request.objected_until)
                yield (
                    _("What you wrote about your project in request %(reference)s is deleted by "
                      "%(day)s at the latest.")
                    % words
                )  # fmt: skip


def _kept(
    requests: Sequence[ConsultationRequest], purposes: Collection[str], language: str
) -> Iterator[str]:
    """What another basis keeps, and which."""
    if not {Objection.Purpose.REPLY, Objection.Purpose.PROPOSAL} & set(purposes):
        return
    with translation.override(language):
        for request in requests:
            if request.has_contract:
                yield (
                    _("Request %(reference)s is kept as long as the contract with you and the law "
                      "ask for it.")
                    % {"reference": request.reference}
                )  # fmt: skip


def _requests(case: Case) -> QuerySet[ConsultationRequest]:
    rows = ConsultationRequest.objects.filter(subject=case.subject)
    chosen = chosen_of(case)
    return rows if chosen is None else rows.filter(pk__in=chosen)


def _person(case: Case) -> DataSubject:
    found = DataSubject.objects.filter(pk=case.subject).first() if case.subject else None
    if found is None:
        raise CaseRefusedError(_("Nobody is assigned to this case yet."))
    return found


def _end(case: Case, outcome: str, event: str, actor: UUID | None) -> None:
    complete(case, outcome, event=event, actor=actor, allowed=[Status.OPEN])
