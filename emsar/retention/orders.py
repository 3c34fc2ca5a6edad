"""Copies in mailboxes: what was known as a copy becomes an order to delete it there (E-7.1a).

Copies of what we sent as well as of what came in: a mailbox keeps both.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from emsar.audit import record
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail, Status
from emsar.retention.models import DeletionOrder
from emsar.staff.models import Role, User

# A technical limit: after so long an open order is an alarm.
PATIENCE = timedelta(days=3)
_ORDER = """
WITH copies AS (
    DELETE FROM outbox_mailcopy WHERE about = ANY(%s)
    RETURNING mailbox, message_id, reference, at
)
INSERT INTO retention_deletionorder (line, mailbox, message_id, reference, copied_at, created_at,
    method, is_restricted)
SELECT %s, mailbox, message_id, reference, at, %s, '', %s FROM copies
"""

_EXECUTORS: list[Callable[[Sequence[DeletionOrder]], list[int]]] = []


def register_executor(execute: Callable[[Sequence[DeletionOrder]], list[int]]) -> None:
    """The room that reaches the mailboxes deletes copies and answers which orders are done."""
    _EXECUTORS[:] = [execute]


def order_copies(records: Sequence[Any], line: UUID, *, is_restricted: bool = False) -> int:
    """Turn the known copies of records into orders; how many.

    ``is_restricted``: only the officer sees them, as is the case with records of blocked persons
    and with all that tells of a person's rights.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORDER, [list(records), line, timezone.now(), is_restricted])
        return int(cursor.rowcount)


def order_under_way(records: Sequence[Any], line: UUID, *, is_restricted: bool = False) -> int:
    """Orders for mails of records that a server may have by now, or may get in a moment; how many.

    To be called before the records go, and their mails with them: nobody notes these copies later.
    A mail that was tried before may lie there although no answer of the server reached us.
    """
    tried = Q(status=Status.SENDING) | Q(status=Status.QUEUED, attempts__gt=0)
    mails = OutboundMail.objects.filter(tried, about__in=records).select_for_update(of=("self",))
    return sum(order_copy(mail, line, is_restricted=is_restricted) for mail in mails)


def order_copy(mail: OutboundMail, line: UUID, *, is_restricted: bool = False) -> int:
    """Order the copies of one mail, wherever they lie; how many orders."""
    now = timezone.now()
    rows = [
        DeletionOrder(
            line=line,
            mailbox=mailbox,
            message_id=mail.message_id,
            reference=mail.reference,
            copied_at=mail.sent_at or now,
            created_at=now,
            is_restricted=is_restricted,
        )
        for mailbox in mail.kept_in
    ]
    return len(DeletionOrder.objects.bulk_create(rows))


def open_orders() -> QuerySet[DeletionOrder]:
    return DeletionOrder.objects.filter(done_at__isnull=True)


def overdue_orders() -> QuerySet[DeletionOrder]:
    """Open for longer than three days: an alarm."""
    return open_orders().filter(created_at__lt=timezone.now() - PATIENCE)


def orders_for(user: User) -> QuerySet[DeletionOrder]:
    """The orders for the mailboxes that a colleague works with; the officer sees all."""
    if user.role == Role.DPO:
        return DeletionOrder.objects.all()
    if user.role != Role.ENTITY_STAFF:
        return DeletionOrder.objects.none()
    theirs = (user.entity_id or "", "")
    mailboxes = {row.address for row in registry().mailboxes if row.entity in theirs}
    return DeletionOrder.objects.filter(mailbox__in=mailboxes, is_restricted=False)


@transaction.atomic
def confirm_by_hand(orders: Sequence[int], *, by: User) -> int:
    """Note that a colleague deleted the copies; those done already are left alone."""
    mine = orders_for(by).filter(pk__in=list(orders), done_at__isnull=True)
    done = mine.update(done_at=timezone.now(), done_by=by.pk, method=DeletionOrder.Method.BY_HAND)
    if done:
        record("retention.copies_deleted", actor=by.pk, detail={"count": done})
    return done


def execute_open(limit: int = 200) -> int:
    """Let the room of the mailboxes do what it can; how many orders are done."""
    if not _EXECUTORS:
        return 0
    batch = list(open_orders().order_by("created_at")[:limit])
    done = _EXECUTORS[0](batch)
    return DeletionOrder.objects.filter(pk__in=done, done_at__isnull=True).update(
        done_at=timezone.now(), method=DeletionOrder.Method.MACHINE
    )
