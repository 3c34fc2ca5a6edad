"""Claim, send, mark: each mail under a lease, so that a killed worker loses none.

The claim is one short statement, sending happens outside any transaction, and the mark only
counts when the lease is still ours. A kill between sending and marking repeats that one mail.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from emsar.datamap.crypto import Unreadable
from emsar.outbox.messages import build_message
from emsar.outbox.models import BLANK, MailCopy, OutboundMail, OutboundMailQuerySet, Status

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # longer than EMAIL_TIMEOUT
DELAYS = [timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 1800, 3600)]
REFUSED_TRIES = 8  # a refusal may be a mistake of the day; after about two hours it is an answer
GIVE_UP = timedelta(days=3)

_HANDLERS: dict[tuple[str, str], Callable[[OutboundMail], None]] = {}


def register_handler(purpose: str, outcome: str, handle: Callable[[OutboundMail], None]) -> None:
    """A higher room is told, in the marking transaction, that its mail was sent or failed."""
    _HANDLERS[purpose, outcome] = handle


def send_due(limit: int = 200) -> int:
    """Send what is due, one claim at a time; the number of mails that the server accepted."""
    sent = 0
    backend = get_connection()
    try:
        for _ in range(limit):
            mail = claim(timezone.now())
            if mail is None:
                break
            sent += _deliver(mail, backend)
    finally:
        backend.close()
    return sent


def claim(now: datetime) -> OutboundMail | None:
    """Lease the mail that has waited longest; None when nothing is due."""
    with transaction.atomic():
        due = OutboundMail.objects.due(now).order_by("due_at")
        # "of self": a locked person must not hold up the mail, nor the mail the person.
        mail = due.select_for_update(skip_locked=True, of=("self",)).first()
        if mail is None:
            return None
        mail.status, mail.attempts, mail.due_at = Status.SENDING, mail.attempts + 1, now + LEASE
        OutboundMail.objects.filter(pk=mail.pk).update(
            status=mail.status, attempts=mail.attempts, due_at=mail.due_at
        )
        return mail


def _deliver(mail: OutboundMail, backend: BaseEmailBackend) -> bool:
    if any(isinstance(text, Unreadable) for text in (mail.to_address, mail.subject_line, mail.body)):
        _mark(mail, Status.FAILED, error="unreadable")
        return False
    try:
        backend.open()  # keeps one that is open; a refusal counts as this mail's attempt
        backend.send_messages([build_message(mail, backend)])
    except (OSError, smtplib.SMTPException) as problem:
        _failed(mail, problem)
        backend.close()
        return False
    return _mark(mail, Status.SENT)


def _failed(mail: OutboundMail, problem: Exception) -> None:
    # The server's sentence may quote the address: only the kind and the code are kept.
    code = _code(problem)
    error = f"{type(problem).__name__} {code or ''}".strip()
    logger.warning("mail %s not accepted: %s", mail.pk, error)
    refused = code >= 500 and mail.attempts >= REFUSED_TRIES
    if refused or mail.age > GIVE_UP:
        _mark(mail, Status.FAILED, error=error)
        return
    delay = DELAYS[min(mail.attempts, len(DELAYS)) - 1]
    _mine(mail).update(status=Status.QUEUED, due_at=timezone.now() + delay, last_error=error)


def _code(problem: Exception) -> int:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return min((int(code) for code, _ in problem.recipients.values()), default=0)
    code = getattr(problem, "smtp_code", 0)
    return code if isinstance(code, int) else 0


def _mine(mail: OutboundMail) -> OutboundMailQuerySet:
    return OutboundMail.objects.filter(
        pk=mail.pk, attempts=mail.attempts, status=Status.SENDING
    )


@transaction.atomic
def _mark(mail: OutboundMail, status: str, *, error: str = "") -> bool:
    """Write the outcome if the lease is still ours, and tell the room whose mail it is."""
    now = timezone.now()
    changes: dict[str, Any] = {"status": status, "last_error": error}
    if status == Status.SENT:
        changes |= {"sent_at": now, **BLANK}
    if _mine(mail).update(**changes) != 1:
        return False
    mail.status, mail.sent_at = status, now if status == Status.SENT else None
    if status == Status.SENT:
        _note_copy(mail, now)
    handle = _HANDLERS.get((mail.purpose, status))
    if handle is not None:
        handle(mail)
    return True


def _note_copy(mail: OutboundMail, now: datetime) -> None:
    if not mail.copy_in or mail.about is None:
        return
    MailCopy.objects.get_or_create(
        mailbox=mail.copy_in,
        message_id=mail.message_id,
        defaults={"reference": mail.reference, "about": mail.about, "at": now},
    )


def retry(mail: OutboundMail) -> bool:
    """Try a failed mail again now; False when it is not a failed one."""
    failed = OutboundMail.objects.filter(pk=mail.pk, status=Status.FAILED, body__isnull=False)
    now = timezone.now()
    return failed.update(status=Status.QUEUED, attempts=0, due_at=now, created_at=now) == 1


