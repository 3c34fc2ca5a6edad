"""Copies that must go from some mailboxes while their record stays: an objection to passing on."""

from collections.abc import Collection
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Exists, Q
from django.utils import timezone

from emsar.datamap.rules import Rule
from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.retention import ledger
from emsar.retention.acts.content import COPIES
from emsar.retention.due import holds_on
from emsar.retention.models import DeletionOrder, DestructionLine

_ORDER = """
WITH copies AS (
    DELETE FROM outbox_mailcopy WHERE about = %s AND mailbox = ANY(%s)
    RETURNING mailbox, message_id, reference, at
)
INSERT INTO retention_deletionorder (line, mailbox, message_id, reference, copied_at, created_at,
    method, is_restricted)
SELECT %s, mailbox, message_id, reference, at, %s, '', %s FROM copies
"""


def order_copies_in(
    mailboxes: Collection[str], record: UUID, rule: Rule, *, is_restricted: bool = False
) -> int:
    """Order the copies of a record that lie in the mailboxes, or are on their way there; how many.

    They are certified by a line of their own under ``rule``, which counts no record, because none
    goes. Nothing is ordered while a legal hold reaches the record.
    """
    if not mailboxes or _is_held(record, rule):
        return 0
    line = DestructionLine(
        uid=uuid4(), sweep=uuid4(), rule=rule.name, clause=rule.clause, trigger=rule.trigger,
        records=0,
    )  # fmt: skip
    orders = _order_known(mailboxes, record, line.uid, is_restricted)
    orders += _order_under_way(mailboxes, record, line.uid, is_restricted)
    if orders:
        line.counts = {COPIES: orders}
        line.save()
        ledger.enter(line, [], [])
    return orders


def _is_held(record: UUID, rule: Rule) -> bool:
    rows = rule.model._base_manager.filter(pk=record)
    return any(rows.filter(Q(Exists(hold))).exists() for hold in holds_on(rule))


def _order_known(mailboxes: Collection[str], record: UUID, line: UUID, is_restricted: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ORDER, [record, list(mailboxes), line, timezone.now(), is_restricted])
        return int(cursor.rowcount)


def _order_under_way(
    mailboxes: Collection[str], record: UUID, line: UUID, is_restricted: bool
) -> int:
    """A server may have these by now, or may get them in a moment."""
    tried = Q(status=Status.SENDING) | Q(status=Status.QUEUED, attempts__gt=0)
    mails = OutboundMail.objects.filter(
        tried, about=record, purpose=Purpose.ROUTING, copy_in__in=mailboxes
    )
    rows = [
        DeletionOrder(
            line=line,
            mailbox=mail.copy_in,
            message_id=mail.message_id,
            reference=mail.reference,
            copied_at=timezone.now(),
            is_restricted=is_restricted,
        )
        for mail in mails.select_for_update(of=("self",))
    ]
    return len(DeletionOrder.objects.bulk_create(rows))
