"""Answering: drafts, the claim "X is writing a reply", the mailed reply and what counts as one."""

from collections.abc import Collection
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.outbox.models import OutboundMail
from emsar.staff import rows
from emsar.staff.models import User
from emsar.subjects.models import Objection
from requests_inbox import mails
from requests_inbox.models import OPEN, ConsultationRequest, Message, Status
from requests_inbox.services.due import due_under
from requests_inbox.services.errors import (
    RequestStateError,
    UnseenMessagesError,
    WriterBusyError,
)
from requests_inbox.services.seen import unseen
from requests_inbox.services.transitions import (
    guard_in_use,
    guard_not_objected,
    lock,
    lock_anywhere,
    note_event,
    transition,
)

WRITING = timedelta(minutes=15)
ANSWERABLE = (*OPEN, Status.REPLIED, Status.CLOSED)


@transaction.atomic
def claim_writing(request: ConsultationRequest, *, by: User) -> None:
    """Say "I am writing a reply" for a quarter of an hour; raises WriterBusyError with the name
    of a colleague who said so before. Two answers to one request are prevented by this and, once
    the quarter of an hour is over, by what :func:`send_reply` asks."""
    _guard_answerable(lock(request))
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
    return now.writing_by.get_full_name() if now.writing_by else _("A colleague")


@transaction.atomic
def save_draft(request: ConsultationRequest, body: str, *, by: User) -> Message | None:
    """Keep what a colleague has written so far; an empty draft goes."""
    _guard_answerable(lock(request))
    drafts = Message.objects.filter(request=request, author=by, kind=Message.Kind.DRAFT)
    if not body.strip():
        drafts.delete()
        return None
    draft, _new = Message.objects.update_or_create(
        request=request,
        author=by,
        kind=Message.Kind.DRAFT,
        defaults={"body": body, "at": timezone.now()},
    )
    return draft


@transaction.atomic
def send_reply(
    request: ConsultationRequest, body: str, *, by: User, seen: Collection[str] | None = None
) -> Message:
    """Queue a reply from the company's mailbox. The request counts as replied when the mail
    server has accepted it. Raises WriterBusyError while a colleague writes.

    ``seen`` are the keys of what the thread showed to the writer; UnseenMessagesError tells what
    has come since. None asks for no such check.
    """
    locked = lock(request)
    _guard_mailable(locked)
    claim_writing(locked, by=by)
    _guard_seen(locked, seen)
    message = _queue(locked, body.strip(), by)
    save_draft(locked, "", by=by)
    release_writing(locked, by=by)
    if locked.status == Status.NEW:
        transition(locked, Status.IN_REVIEW, event="reply_written", actor=by.pk, allowed=OPEN)
    record("request.reply", actor=by.pk, subject=locked.subject_id, obj=locked)
    return message


def _guard_answerable(request: ConsultationRequest) -> None:
    guard_in_use(request)
    guard_not_objected(request, Objection.Purpose.REPLY)


def _guard_mailable(request: ConsultationRequest) -> None:
    _guard_answerable(request)
    if request.contact is None:
        raise RequestStateError(
            _("No email address of the person is known, so no reply can be mailed.")
        )
    queued = Message.Kind.OUTGOING, Message.State.QUEUED
    if request.messages.filter(kind=queued[0], state=queued[1]).exists():
        raise RequestStateError(_("A reply to this request is being sent already."))


def _guard_seen(request: ConsultationRequest, seen: Collection[str] | None) -> None:
    news = unseen(request, seen) if seen is not None else []
    if news:
        raise UnseenMessagesError(news)


def _queue(request: ConsultationRequest, body: str, by: User) -> Message:
    """The message and the mail that carries it."""
    message = Message(
        request=request,
        kind=Message.Kind.OUTGOING,
        state=Message.State.QUEUED,
        author=by,
        body=body,
    )
    message.mail = mails.reply(request, message)
    message.mail.save(force_insert=True)
    message.save(force_insert=True)
    return message


def reply_was_sent(mail: OutboundMail) -> None:
    """Called by the outbox when the server has accepted a reply: the clock stops then."""
    message = Message.objects.select_related("request", "author").filter(mail=mail).first()
    if message is None:
        return
    at = mail.sent_at or timezone.now()
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, at=at)
    _answered(lock_anywhere(message.request), at, by=message.author)


def reply_failed(mail: OutboundMail) -> None:
    """Called by the outbox when a reply is given up: it shows, and the clock runs on."""
    _outcome(mail, Message.State.FAILED, "reply_failed")


def reply_queued_again(mail: OutboundMail) -> None:
    """Called by the outbox when somebody has a reply sent again that was given up.

    That may be an administrator, who sees no request.
    """
    with rows.of_request(mail.about) if mail.about else nullcontext():
        _outcome(mail, Message.State.QUEUED, "reply_queued_again")


def _outcome(mail: OutboundMail, state: str, event: str) -> None:
    message = Message.objects.select_related("request").filter(mail=mail).first()
    if message is None:
        return
    Message.objects.filter(pk=message.pk).update(state=state)
    note_event(message.request, event, actor=None)


def _answered(
    request: ConsultationRequest, at: datetime, *, by: User | None, event: str = "replied"
) -> None:
    """Note an answer. One that was given before the person wrote again leaves that open.

    A mail that has left is a fact, even if the person's records were blocked meanwhile.
    """
    if request.status not in ANSWERABLE:
        return
    closing: dict[str, Any] = {}
    if at >= request.waiting_since:
        closing = {"closed_at": None, "close_reason": ""}
    transition(
        request,
        Status.REPLIED if closing else request.status,
        event=event,
        actor=by.pk if by else None,
        allowed=ANSWERABLE,
        even_if_blocked=True,
        replied_at=max(at, request.replied_at or at),
        first_replied_at=min(at, request.first_replied_at or at),
        **closing,
    )


@transaction.atomic
def answered_elsewhere(
    request: ConsultationRequest, *, at: datetime, channel: str, note: str, by: User
) -> Message:
    """Record an answer that was given outside this system: when and through which channel."""
    locked = lock(request)
    guard_in_use(locked)
    if not locked.received_at <= at <= timezone.now():
        raise RequestStateError(
            _("The answer must lie between the arrival of the request and this moment.")
        )
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
    _audit("request.answered_elsewhere", locked, channel, by)
    return message


@transaction.atomic
def message_received(
    request: ConsultationRequest, *, at: datetime, channel: str, body: str, by: User
) -> Message:
    """Add a message of the person; after a reply it asks for another one, in a new term."""
    locked = lock(request)
    guard_in_use(locked)
    if at > timezone.now():
        raise RequestStateError(_("The message cannot have come in later than now."))
    message = Message.objects.create(
        request=locked, kind=Message.Kind.INCOMING, channel=channel, author=by, body=body, at=at
    )
    if locked.status in {Status.REPLIED, Status.CLOSED} and _unanswered(locked, at):
        _reopen(locked, at, by)
    else:
        note_event(locked, "message_received", actor=by.pk)
    _audit("request.message_received", locked, channel, by)
    return message


def _reopen(request: ConsultationRequest, at: datetime, by: User) -> None:
    transition(
        request,
        Status.IN_REVIEW,
        event="message_received",
        actor=by.pk,
        allowed=[Status.REPLIED, Status.CLOSED],
        waiting_since=at,
        reply_due_at=due_under(at, request.version).moment,
        closed_at=None,
        close_reason="",
    )


def _unanswered(request: ConsultationRequest, at: datetime) -> bool:
    """Whether a message may have come after the last reply.

    What staff enter knows no seconds: of the same minute it is better answered twice than never.
    """
    return request.replied_at is None or at >= request.replied_at.replace(second=0, microsecond=0)


def _audit(action: str, request: ConsultationRequest, channel: str, by: User) -> None:
    detail = {"channel": channel}
    record(action, actor=by.pk, subject=request.subject_id, obj=request, detail=detail)
