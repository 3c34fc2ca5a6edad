"""Everything else that staff do with a request: notes, assignment, closing, handing over."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import ConsentEvent
from consent.services import withdraw as withdraw_consent
from emsar.audit import record
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.models import Status as MailStatus
from emsar.retention.holds import covers_company
from emsar.staff import rows
from emsar.staff.models import Role, User
from emsar.subjects.models import Objection
from requests_inbox import mails
from requests_inbox.models import (
    OPEN,
    AccountingDocument,
    CloseReason,
    ConsultationRequest,
    Message,
    Status,
    Transfer,
    TransferReason,
)
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.passing import passed_on
from requests_inbox.services.transitions import (
    guard_in_use,
    guard_not_objected,
    lock,
    lock_anywhere,
    note_event,
    transition,
)

STOPPED_MAIL = [Purpose.ROUTING, Purpose.REPLY, Purpose.ACKNOWLEDGEMENT, Purpose.PRIVACY_NOTICE]


@transaction.atomic
def add_note(request: ConsultationRequest, body: str, *, by: User) -> Message:
    """An internal note; the person may ask to see it (E-8c)."""
    guard_in_use(lock(request))
    message = Message.objects.create(
        request=request, kind=Message.Kind.NOTE, author=by, body=body.strip()
    )
    record("request.note", actor=by.pk, subject=request.subject_id, obj=request)
    return message


@transaction.atomic
def assign(request: ConsultationRequest, to: User | None, *, by: User) -> None:
    """Say who works on it; the first assignment takes a new request into review."""
    locked = lock(request)
    guard_in_use(locked)
    if to is not None and not ConsultationRequest.objects.visible_to(to).filter(pk=request.pk):
        raise RequestStateError(_("That colleague may not see this request."))
    if locked.assigned_to_id == (to.pk if to else None):
        return
    ConsultationRequest.objects.filter(pk=request.pk).update(assigned_to=to)
    _note_assignment(locked, to, by)
    request.assigned_to, request.status = to, locked.status
    record("request.assign", actor=by.pk, subject=request.subject_id, obj=request)


def _note_assignment(request: ConsultationRequest, to: User | None, by: User) -> None:
    if to is None:
        note_event(request, "unassigned", actor=by.pk)
        return
    # The colleague is named by the bare UUID, as the actor is.
    note_event(request, "assigned", actor=by.pk, reason=str(to.pk))
    if request.status == Status.NEW:
        transition(request, Status.IN_REVIEW, event="in_review", actor=by.pk, allowed=[Status.NEW])


@transaction.atomic
def close(request: ConsultationRequest, reason: str, *, by: User) -> None:
    """Close without a reply: no answer needed, spam, or a duplicate."""
    code = CloseReason(reason).value
    transition(
        lock(request),
        Status.CLOSED,
        event="closed",
        actor=by.pk,
        allowed=[*OPEN, Status.REPLIED],
        reason=code,
        closed_at=timezone.now(),
        close_reason=code,
    )
    record(
        "request.close",
        actor=by.pk,
        subject=request.subject_id,
        obj=request,
        detail={"reason": code},
    )


@transaction.atomic
def hand_over(request: ConsultationRequest, to_entity: str, reason: str, *, by: User) -> Transfer:
    """Pass a request to a company: to the other one, or take over one that is nobody's (E-6.1a)."""
    target = registry().entity(to_entity)
    code = TransferReason(reason).value
    locked = lock(request)
    guard_in_use(locked)
    guard_not_objected(locked, Objection.Purpose.ROUTING)
    _guard_target(locked, target.slug, by)
    _guard_what_rests_on(locked)
    before = locked.entity_id or ""
    # From here on it may be nothing that this colleague would still see.
    with rows.of_request(locked.pk):
        ConsultationRequest.objects.filter(pk=request.pk).update(
            entity=target.slug, assigned_to=None, writing_by=None, writing_until=None
        )
        request.entity_id = locked.entity_id = target.slug
        request.assigned_to = request.writing_by = request.writing_until = None
        return _passed_on(locked, before, code, by)


def _guard_target(request: ConsultationRequest, to_entity: str, by: User) -> None:
    if request.entity_id == to_entity:
        raise RequestStateError(_("The request belongs to that company already."))
    if by.role == Role.ENTITY_STAFF and request.entity_id is None and to_entity != by.entity_id:
        raise RequestStateError(
            _("A request without a company can only be taken over for your own company.")
        )


def _guard_what_rests_on(request: ConsultationRequest) -> None:
    """What a company has to keep stays with it."""
    if AccountingDocument.objects.filter(request=request.pk).exists():
        raise RequestStateError(
            _("Accounting documents rest on this contract. Please take them back first.")
        )
    if request.entity_id and covers_company(request.entity_id):
        raise RequestStateError(
            _("A legal hold keeps everything of this company, so the request cannot leave it.")
        )


def _passed_on(request: ConsultationRequest, before: str, reason: str, by: User) -> Transfer:
    transfer = Transfer(
        request=request.pk,
        subject=request.subject_id,
        from_entity=before,
        to_entity=request.entity_id or "",
        actor=by.pk,
        reason=reason,
        fields=list(passed_on(request)),
    )
    transfer.save()
    note_event(request, "handed_over", actor=by.pk, reason=reason)
    mailbox = registry().mailbox_of(request.entity_id or "")
    email = request.contact.value if request.contact else None
    mails.to_mailbox(request, mailbox, email, again=f":{transfer.uid}").save(force_insert=True)
    record(
        "request.hand_over",
        actor=by.pk,
        subject=request.subject_id,
        obj=request,
        detail={"from": before, "to": request.entity_id or "", "reason": reason},
    )
    return transfer


@transaction.atomic
def withdraw(request: ConsultationRequest, *, method: str, actor: User | None) -> ConsentEvent:
    """Record the withdrawal and stop processing at once (E-8g); a second time changes nothing."""
    locked = lock(request) if actor else lock_anywhere(request)
    if locked.consent is None:
        raise RequestStateError(_("No consent was given for this request by the form."))
    by = actor.pk if actor else None
    event = withdraw_consent(locked.consent, method=method, actor=by)
    if locked.status != Status.WITHDRAWN:
        _stop(locked, by)
    return event


@transaction.atomic
def withdraw_for_case(request: ConsultationRequest) -> None:
    """The same for a person who has proved who they are and asks for it in a case (E-8g).

    A request that somebody took down carries no consent event, yet it rests on the same basis:
    its processing stops too.
    """
    if request.consent is not None:
        withdraw(request, method=ConsentEvent.Method.CASE, actor=None)
        return
    locked = ConsultationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status != Status.WITHDRAWN:
        record("request.withdraw", actor=None, subject=locked.subject_id, obj=locked)
        _stop(locked, None)


def _stop(request: ConsultationRequest, by: UUID | None) -> None:
    end_processing(request, Status.WITHDRAWN, event="consent_withdrawn", by=by)
    for mail in mails.withdrawal(request):
        mail.save(force_insert=True)


def end_processing(
    request: ConsultationRequest, to: Status, *, event: str, by: UUID | None
) -> None:
    """Stop a request for good by the person's will: no mail, no draft, nobody works on it.

    One that an objection stopped before keeps that moment: the day promised then does not move.
    """
    is_stopped = request.status == Status.OBJECTED and request.closed_at is not None
    transition(
        request,
        to,
        event=event,
        actor=by,
        allowed=[*OPEN, Status.REPLIED, Status.CLOSED, Status.OBJECTED],
        even_if_blocked=True,
        closed_at=request.closed_at if is_stopped else timezone.now(),
        assigned_to=None,
        writing_by=None,
        writing_until=None,
    )
    cancel_mails(request, STOPPED_MAIL)
    Message.objects.filter(request=request, kind=Message.Kind.DRAFT).delete()


def cancel_mails(request: ConsultationRequest, purposes: Sequence[str]) -> None:
    """Withdraw the unsent mails of some purposes; a reply among them shows as not sent."""
    OutboundMail.objects.cancel_for(request.pk, purposes)
    unsent = Message.objects.filter(request=request, state=Message.State.QUEUED)
    unsent.filter(mail__status=MailStatus.CANCELLED).update(state=Message.State.FAILED)
