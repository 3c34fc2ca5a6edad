"""Answering: drafts, the claim "X is writing a reply", the mailed reply and what counts as one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from emsar.audit import record
from emsar.outbox.models import OutboundMail
from emsar.staff.models import User
from requests_inbox import mails
from requests_inbox.models import OPEN, ConsultationRequest, Message, Status
from requests_inbox.services.errors import RequestStateError, WriterBusyError
from requests_inbox.services.receive import due_for
from requests_inbox.services.transitions import guard_not_blocked, note_event, transition

WRITING = timedelta(minutes=15)
ANSWERABLE = (*OPEN, Status.REPLIED, Status.CLOSED)


def claim_writing(request: ConsultationRequest, *, by: User) -> None:
    """Say "I am writing a reply" for a quarter of an hour; raises WriterBusyError with the name
    of a colleague who said so before. Two answers to one request are prevented by this."""
    now = timezone.now()
    free = Q(writing_by=by) | Q(writing_until__isnull=True) | Q(writing_until__lte=now)
    rows = ConsultationRequest.objects.filter(free, pk=request.pk)
    if rows.update(writing_by=by, writing_until=now + WRITING) != 1:
        raise WriterBusyError(_writer_name(request))
    request.writing_by, request.writing_until = by, now + WRITING


def release_writing(request: ConsultationRequest, *, by: User) -> None:
    """Stop writing; harmless when somebody else writes."""
    rows = ConsultationRequest.objects.filter(pk=request.pk, writing_by=by)
    rows.update(writing_by=None, writing_until=None)


def _writer_name(request: ConsultationRequest) -> str:
    now = ConsultationRequest.objects.select_related("writing_by").get(pk=request.pk)
    return str(now.writing_by or "")


@transaction.atomic
def save_draft(request: ConsultationRequest, body: str, *, by: User) -> Message | None:
    """Keep what a colleague has written so far; an empty draft goes."""
    guard_not_blocked(request)
    drafts = Message.objects.filter(request=request, author=by, kind=Message.Kind.DRAFT)
    if not body.strip():
        drafts.delete()
        return None
    draft, _ = Message.objects.update_or_create(
        request=request,
        author=by,
        kind=Message.Kind.DRAFT,
        defaults={"body": body, "at": timezone.now()},
    )
    return draft


@transaction.atomic
def send_reply(request: ConsultationRequest, body: str, *, by: User) -> Message:
    """Queue a reply from the company's mailbox. The request counts as replied when the mail
    server has accepted it. Raises WriterBusyError while a colleague writes."""
    locked = _lock(request)
    if locked.status not in ANSWERABLE:
        raise RequestStateError(f"{request}: {locked.status}")
    if locked.contact is None:
        raise RequestStateError("no e-mail address is known")
    guard_not_blocked(locked)
    claim_writing(locked, by=by)
    if _is_queued(locked):
        raise RequestStateError("a reply is being sent already")
    message = Message(
        request=locked,
        kind=Message.Kind.OUTGOING,
        state=Message.State.QUEUED,
        author=by,
        body=body.strip(),
    )
    mail = mails.reply(locked, message)
    mail.save(force_insert=True)
    message.mail = mail
    message.save(force_insert=True)
    save_draft(locked, "", by=by)
    release_writing(locked, by=by)
    if locked.status == Status.NEW:
        transition(locked, Status.IN_REVIEW, event="reply_written", actor=by.pk, allowed=OPEN)
    record("request.reply", actor=by.pk, subject=locked.subject_id, obj=locked)
    return message


def _lock(request: ConsultationRequest) -> ConsultationRequest:
    rows = ConsultationRequest.objects.select_for_update(of=("self",))
    return rows.select_related("subject", "contact", "version").get(pk=request.pk)


def _is_queued(request: ConsultationRequest) -> bool:
    return request.messages.filter(
        kind=Message.Kind.OUTGOING, state=Message.State.QUEUED
    ).exists()


def reply_was_sent(mail: OutboundMail) -> None:
    """Called by the outbox when the server has accepted a reply: the clock stops then."""
    message = Message.objects.select_related("request").filter(mail=mail).first()
    if message is None:
        return
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, at=mail.sent_at)
    _answered(_lock(message.request), mail.sent_at or timezone.now(), by=message.author)


def reply_failed(mail: OutboundMail) -> None:
    """Called by the outbox when a reply is given up: it shows, and the clock runs on."""
    message = Message.objects.select_related("request").filter(mail=mail).first()
    if message is None:
        return
    Message.objects.filter(pk=message.pk).update(state=Message.State.FAILED)
    note_event(message.request, "reply_failed", actor=None)


def _answered(
    request: ConsultationRequest, at: datetime, *, by: User | None, event: str = "replied"
) -> None:
    if request.status not in ANSWERABLE:
        return
    transition(
        request,
        Status.REPLIED,
        event=event,
        actor=by.pk if by else None,
        allowed=ANSWERABLE,
        replied_at=max(at, request.replied_at or at),
        first_replied_at=request.first_replied_at or at,
        closed_at=None,
        close_reason="",
    )


@transaction.atomic
def answered_elsewhere(
    request: ConsultationRequest, *, at: datetime, channel: str, note: str, by: User
) -> Message:
    """Record an answer that was given outside this system: when and through which channel."""
    locked = _lock(request)
    if locked.status not in ANSWERABLE or not locked.received_at <= at <= timezone.now():
        raise RequestStateError("answered before it came in, in the future, or not answerable")
    message = Message.objects.create(
        request=locked,
        kind=Message.Kind.OUTGOING,
        channel=channel,
        state=Message.State.RECORDED,
        author=by,
        body=note,
        at=at,
    )
    _answered(locked, at, by=by, event="answered_elsewhere")
    record(
        "request.answered_elsewhere",
        actor=by.pk,
        subject=locked.subject_id,
        obj=locked,
        detail={"channel": channel},
    )
    return message


@transaction.atomic
def message_received(
    request: ConsultationRequest, *, at: datetime, channel: str, body: str, by: User
) -> Message:
    """Add a message of the person; after a reply it asks for another one, in a new term."""
    locked = _lock(request)
    if locked.status == Status.WITHDRAWN or at > timezone.now():
        raise RequestStateError("in the future, or the consent is withdrawn")
    guard_not_blocked(locked)
    message = Message.objects.create(
        request=locked, kind=Message.Kind.INCOMING, channel=channel, author=by, body=body, at=at
    )
    if locked.status in {Status.REPLIED, Status.CLOSED} and _unanswered(locked, at):
        transition(
            locked,
            Status.IN_REVIEW,
            event="message_received",
            actor=by.pk,
            allowed=[Status.REPLIED, Status.CLOSED],
            waiting_since=at,
            reply_due_at=due_for(at, None).moment,
            closed_at=None,
            close_reason="",
        )
    else:
        note_event(locked, "message_received", actor=by.pk)
    record("request.message_received", actor=by.pk, subject=locked.subject_id, obj=locked)
    return message


def _unanswered(request: ConsultationRequest, at: datetime) -> bool:
    return request.replied_at is None or at > request.replied_at
