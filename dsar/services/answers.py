"""What becomes of the mails of a case once they have left, or could not.

The copy of the last answer, which is kept in the mailbox that it was sent from, is ordered to be
deleted as soon as it is there. An answer that cannot be delivered is an alarm to the officer,
until it is sent after all or the officer has told the person by another way.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.mails import CLOSED_UNVERIFIED, DELETED, ENDED, told_in
from dsar.models import Case, CaseEvent, CaseFile, CaseQuerySet, Means
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.messages import guard_officer
from dsar.services.transitions import lock, note_event
from emsar.audit import record
from emsar.outbox.models import BLANK, OutboundMail, Purpose, Status
from emsar.outbox.sending import note_copies, register_handler
from emsar.retention.models import DestructionLine
from emsar.retention.orders import order_copy
from emsar.staff.models import User

# Nothing may be left of whoever these are sent to, so they are emptied even if they never arrive.
LAST = (DELETED, CLOSED_UNVERIFIED, ENDED)
ERASED = "erased"
UNDELIVERED, DELIVERED, TOLD = "answer_undeliverable", "answer_delivered", "answer_told"


def undelivered() -> CaseQuerySet:
    """Cases, running and completed ones, of which an answer has not reached the person yet."""
    later = CaseEvent.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    arrived = Q(event=DELIVERED, reason=OuterRef("reason"))
    failed = CaseEvent.objects.filter(event=UNDELIVERED)
    open_ones = failed.exclude(Exists(later.filter(Q(event=TOLD) | arrived)))
    return Case.objects.filter(pk__in=open_ones.values("case"))


@transaction.atomic
def told(case: Case, means: str, *, by: User) -> None:
    """The officer has told by another way what no mail could; that ends the alarm.

    Raises CaseRefusedError for anybody but the officer and without a way, CaseStateError when
    every answer has arrived or was told.
    """
    guard_officer(by)
    if means not in Means.values:
        raise CaseRefusedError(_("Please say how it was told."))
    locked = lock(case)
    if not undelivered().filter(pk=locked.pk).exists():
        raise CaseStateError(_("Every answer of this case has arrived, or was told."))
    note_event(locked, TOLD, actor=by.pk, reason=means)
    record("case.told", actor=by.pk, subject=locked.subject, obj=locked, detail={"means": means})


def register() -> None:
    """Let the outbox tell, in the transaction that marks a mail, what became of it."""
    register_handler(Purpose.RIGHTS, Status.SENT, was_sent)
    register_handler(Purpose.RIGHTS, Status.FAILED, was_refused)


def was_sent(mail: OutboundMail) -> None:
    """See to the copy of the last answer; and what failed before has arrived after all."""
    case, what = _told_in(mail)
    if case is None:
        return
    if what in LAST:
        _see_to_copy(mail, case.pk)
    if CaseEvent.objects.filter(case=case, event=UNDELIVERED, reason=what).exists():
        note_event(case, DELIVERED, actor=None, reason=what)


def was_refused(mail: OutboundMail) -> None:
    """An answer is given up: an alarm, if it is proved who asks.

    Anybody can have a link mailed to any address, which may well not exist.
    """
    case, what = _told_in(mail)
    if case is None:
        return
    if what in LAST:
        OutboundMail.objects.filter(pk=mail.pk).update(status=Status.CANCELLED, **BLANK)
    if case.verified_at is not None:
        note_event(case, UNDELIVERED, actor=None, reason=what)


def _told_in(mail: OutboundMail) -> tuple[Case | None, str]:
    number, what = told_in(mail)
    return (Case.objects.filter(pk=number).first() if number else None), what


def _see_to_copy(mail: OutboundMail, case: UUID) -> None:
    """An order under what was destroyed for the case; where the file of the person stays, the copy
    is one more of that file and goes with it."""
    line = _line_of(case)
    if line is None or CaseFile.objects.filter(pk=case).exists():
        note_copies(mail, case, mail.sent_at or timezone.now())
    else:
        order_copy(mail, line.uid, is_restricted=True)


def _line_of(case: UUID) -> DestructionLine | None:
    """Under which line the file of a case was destroyed: its own, or that of the erasure with
    which it ended."""
    ended = CaseEvent.objects.filter(case=case, event=ERASED).values("reason")
    with_which = Case.objects.filter(reference__in=ended).values("pk")
    lines = DestructionLine.objects.filter(Q(case=case) | Q(case__in=with_which))
    found: DestructionLine | None = lines.order_by("-id").first()
    return found
