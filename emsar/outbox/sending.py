"""Claim, send, mark: each mail under a lease, so that a killed worker loses none.

The claim is one short statement, sending happens outside any transaction, and the mark only
counts when the lease is still ours. A kill between sending and marking repeats that one mail.
"""

import logging
import smtplib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from emsar.datamap.crypto import is_unreadable
from emsar.outbox.messages import build_message
from emsar.outbox.models import BLANK, MailCopy, OutboundMail, OutboundMailQuerySet, Status

logger = logging.getLogger(__name__)

DELAYS = [timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 1800, 3600)]
# A server that takes no connection says nothing about the mail: ask again soon.
AWAY_DELAY = timedelta(minutes=5)
TRIES = 8  # a refusal may be a mistake of the day; after about two hours it is an answer
GIVE_UP = timedelta(days=3)

_HANDLERS: dict[tuple[str, str], Callable[[OutboundMail], None]] = {}


class ServerAwayError(Exception):
    """The mail server takes no connection; the mails behind this one keep their turn."""


def register_handler(purpose: str, outcome: str, handle: Callable[[OutboundMail], None]) -> None:
    """A higher room is told, in the marking transaction, that its mail was sent or failed."""
    _HANDLERS[purpose, outcome] = handle


def send_due(limit: int = 200) -> int:
    """Send what is due, one claim at a time; the number of mails that the server accepted.

    One connection serves all of them, and none is made when nothing is due.
    """
    sent = 0
    with closing(get_connection()) as backend:
        for mail in islice(iter(lambda: claim(timezone.now()), None), limit):
            try:
                sent += _deliver(mail, backend)
            except ServerAwayError:
                break
    return sent


def claim(now: datetime) -> OutboundMail | None:
    """Lease the mail that has waited longest; None when nothing is due."""
    lease = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    with transaction.atomic():
        due = OutboundMail.objects.due(now).order_by("due_at")
        # "of self": a locked person must not hold up the mail, nor the mail the person.
        mail = due.select_for_update(skip_locked=True, of=("self",)).first()
        if mail is None:
            return None
        mail.status, mail.attempts, mail.due_at = Status.SENDING, mail.attempts + 1, now + lease
        OutboundMail.objects.filter(pk=mail.pk).update(
            status=mail.status, attempts=mail.attempts, due_at=mail.due_at
        )
        return mail


def _deliver(mail: OutboundMail, backend: BaseEmailBackend) -> bool:
    """One attempt; whether the mail was accepted and marked as sent."""
    if mail.to_address is None:  # taken away while it was being sent: see ``cancel_for``
        _mark(mail, Status.CANCELLED)
    elif any(map(is_unreadable, (mail.to_address, mail.reply_to, mail.subject_line, mail.body))):
        _mark(mail, Status.FAILED, error="unreadable")
    elif _accepted(mail, backend):
        return _mark(mail, Status.SENT)
    return False


def _accepted(mail: OutboundMail, backend: BaseEmailBackend) -> bool:
    """Hand the mail to the server; when that fails, it is put back or given up."""
    _connect(mail, backend)
    try:
        if backend.send_messages([build_message(mail, backend)]):
            return True
        _mark(mail, Status.FAILED, error="no recipient")
    except (OSError, smtplib.SMTPException) as problem:
        backend.close()
        code = _code(problem)
        _put_back(mail, _name(problem, code), _delay(mail), refused=code >= 500)
    except ValueError as problem:
        # No message can be made of it, now or later.
        _mark(mail, Status.FAILED, error=_name(problem, 0))
    return False


def _connect(mail: OutboundMail, backend: BaseEmailBackend) -> None:
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as problem:
        delay = min(_delay(mail), AWAY_DELAY)
        _put_back(mail, _name(problem, _code(problem)), delay, refused=False)
        raise ServerAwayError from problem


def _put_back(mail: OutboundMail, error: str, delay: timedelta, *, refused: bool) -> None:
    logger.warning("mail %s not accepted: %s", mail.pk, error)
    if mail.attempts >= TRIES and (refused or mail.age > GIVE_UP):
        _mark(mail, Status.FAILED, error=error)
        return
    _mine(mail).update(status=Status.QUEUED, due_at=timezone.now() + delay, last_error=error)


def _delay(mail: OutboundMail) -> timedelta:
    return DELAYS[min(mail.attempts, len(DELAYS)) - 1]


def _name(problem: Exception, code: int) -> str:
    """Kind and code of a problem; the server's own sentence may quote the address."""
    return f"{type(problem).__name__} {code or ''}".strip()


def _code(problem: Exception) -> int:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return min((int(code) for code, _ in problem.recipients.values()), default=0)
    code = getattr(problem, "smtp_code", 0)
    return code if isinstance(code, int) else 0


def _mine(mail: OutboundMail) -> OutboundMailQuerySet:
    return OutboundMail.objects.filter(pk=mail.pk, attempts=mail.attempts, status=Status.SENDING)


def _mark(mail: OutboundMail, status: str, *, error: str = "") -> bool:
    """Write the outcome if the lease is still ours, and tell the room whose mail it is.

    Once more if PostgreSQL let somebody else go first: a mail that is out and not marked would be
    sent again.
    """
    try:
        return _marked(mail, status, error)
    except OperationalError as problem:
        if not isinstance(problem.__cause__, DeadlockDetected):
            raise
        return _marked(mail, status, error)


@transaction.atomic
def _marked(mail: OutboundMail, status: str, error: str) -> bool:
    now = timezone.now()
    changes: dict[str, Any] = {"status": status, "last_error": error}
    if status == Status.SENT:
        changes |= {"sent_at": now, **BLANK}
    if _mine(mail).update(**changes) != 1:
        return False
    mail.status, mail.sent_at = status, now if status == Status.SENT else None
    if status == Status.SENT and mail.about:
        note_copies(mail, mail.about, now)
    _tell(mail, status)
    return True


def note_copies(mail: OutboundMail, about: UUID, at: datetime) -> None:
    """Write down where copies of a mail lie, as long as the record ``about`` is kept."""
    for mailbox in mail.kept_in:
        MailCopy.objects.get_or_create(
            mailbox=mailbox,
            message_id=mail.message_id,
            defaults={"reference": mail.reference, "about": about, "at": at},
        )


def _tell(mail: OutboundMail, outcome: str) -> None:
    """Call the room's handler. If it fails the mark stays: the mail is out, or it is not."""
    handle = _HANDLERS.get((mail.purpose, outcome))
    if handle is None:
        return
    try:
        with transaction.atomic():
            handle(mail)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # noqa: BLE001 - whatever it is, taking the mark back mails twice
        kind = type(problem).__name__
        logger.critical("mail %s is %s, but its record was not told: %s", mail.pk, outcome, kind)


@transaction.atomic
def retry(mail: OutboundMail) -> bool:
    """Try a failed mail again now; False when it is no failed one, or a block holds it back.

    The room whose mail it is is told, as the handler of the outcome "queued".
    """
    failed = OutboundMail.objects.unblocked().filter(
        pk=mail.pk, status=Status.FAILED, body__isnull=False
    )
    now = timezone.now()
    if failed.update(status=Status.QUEUED, attempts=0, due_at=now, created_at=now) != 1:
        return False
    _tell(mail, Status.QUEUED)
    return True
