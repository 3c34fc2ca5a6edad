"""What stops when a person objects to a purpose: at once, marked, and gone in its term (E-8f).

Answering is what a request is for: without it the request ends as after a withdrawal. Passing on
ends alone. What was written for a proposal is no longer shown and then emptied. A contract that is
recorded is another basis: what it needs stays (E-5b).
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from emsar.audit import record
from emsar.datamap.rules import rule as rule_of
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.outbox.models import MailCopy, Purpose
from emsar.retention.elsewhere import order_copies_in
from emsar.subjects.models import DataSubject, Objection
from requests_inbox import mails
from requests_inbox.models import STOPPED, ConsultationRequest, Status, Transfer
from requests_inbox.services.handling import cancel_mails, end_processing
from requests_inbox.services.keeping import terms_of
from requests_inbox.services.transitions import note_event


@transaction.atomic
def stop(
    subject: DataSubject, purpose: str, records: Collection[UUID] | None, actor: UUID | None
) -> None:
    """Stop a use of the requests of a person; ``records`` None: of all that exist now."""
    rows = ConsultationRequest.objects.filter(subject=subject).exclude(objected__contains=[purpose])
    if records is not None:
        rows = rows.filter(pk__in=records)
    for request in rows.select_for_update(of=("self",)).order_by("pk"):
        _stop(request, purpose, actor)


def _stop(request: ConsultationRequest, purpose: str, actor: UUID | None) -> None:
    request.objected = [*request.objected, purpose]
    ConsultationRequest.objects.filter(pk=request.pk).update(objected=request.objected)
    note_event(request, "objected", actor=actor, reason=purpose)
    detail = {"purpose": purpose}
    record("request.object", actor=actor, subject=request.subject_id, obj=request, detail=detail)
    effect = _EFFECTS.get(purpose)
    # For a purpose without one the mark is all: what it forbids looks for it.
    if effect is not None:
        effect(request, actor)


def _stop_answering(request: ConsultationRequest, actor: UUID | None) -> None:
    """The request ends; one that a withdrawal ended before stays as it is."""
    if request.status not in STOPPED:
        end_processing(request, Status.OBJECTED, event="stopped", by=actor)
        _tell_mailboxes(request, Objection.Purpose.REPLY)


def _stop_passing_on(request: ConsultationRequest, _actor: UUID | None) -> None:
    """What is on its way to another company is held back, and whoever has a copy is told.

    What lies in the mailboxes of companies that do not have the request is ordered to be deleted;
    the copies of the company that answers stay with the request.
    """
    if Transfer.objects.filter(request=request.pk).exists():
        # Told before the orders, after which nobody knows of a copy there.
        _tell_mailboxes(request, Objection.Purpose.ROUTING)
        blocked = request.subject is not None and request.subject.blocked_at is not None
        rule = rule_of("objected")
        order_copies_in(_other_mailboxes(request), request.pk, rule, is_restricted=blocked)
        cancel_mails(request, [Purpose.ROUTING])


def _other_mailboxes(request: ConsultationRequest) -> list[str]:
    """Those of the companies, but for the mailbox of the one that has the request."""
    everyone = {mailbox.address for mailbox in registry().mailboxes if mailbox.entity}
    return sorted(everyone - {registry().mailbox_of(request.entity_id or "").address})


def _stop_proposals(request: ConsultationRequest, _actor: UUID | None) -> None:
    """The words go in the term of an erasure, less its reserve, unless a contract needs them."""
    held = terms_of(request)
    last = timezone.localdate(timezone=BAKU) + timedelta(days=held.erasure_days - held.reserve_days)
    request.objected_until = last
    ConsultationRequest.objects.filter(pk=request.pk).update(objected_until=last)
    _tell_mailboxes(request, Objection.Purpose.PROPOSAL)


_EFFECTS: dict[str, Callable[[ConsultationRequest, UUID | None], None]] = {
    Objection.Purpose.REPLY: _stop_answering,
    Objection.Purpose.ROUTING: _stop_passing_on,
    Objection.Purpose.PROPOSAL: _stop_proposals,
}


def _tell_mailboxes(request: ConsultationRequest, purpose: str) -> None:
    """Every mailbox of ours that holds a copy, and that of the company that has the request."""
    copies = MailCopy.objects.filter(about=request.pk).values_list("mailbox", flat=True)
    own = registry().mailbox_of(request.entity_id or "").address
    for mailbox in sorted({own, *copies}):
        mails.objection(request, [purpose], mailbox).save(force_insert=True)
