"""What the officer and the person write to each other about a case, and the officer's notes."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from dsar import letters
from dsar.models import Case, CaseFile, CaseMessage, Status
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.pauses import end_pause
from dsar.services.transitions import lock, not_in_state, note_event
from emsar.audit import record
from emsar.outbox.notices import notify_role
from emsar.staff.models import Role, User

MAX_BODY = 5000
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("\r\n?")


@transaction.atomic
def write(case: Case, body: str, *, by: User) -> CaseMessage:
    """Write to the person: on the page of the case and by mail, if an address is known.

    Raises CaseRefusedError for an empty or too long text and while identity is not proved:
    nothing personal leaves before that.
    """
    locked = guard_running(lock(case))
    guard_officer(by)
    if locked.verified_at is None:
        raise CaseRefusedError(
            _("It is not proved yet who asks. Until then only a question about that can be sent.")
        )
    row = store(locked, CaseMessage.Direction.TO_PERSON, body, by)
    letters.message(locked, row.file, row)
    _noted(locked, "message_written", by)
    return row


@transaction.atomic
def note(case: Case, body: str, *, by: User) -> CaseMessage:
    """An internal note; the person gets it with their data (E-8c)."""
    locked = lock(case)
    guard_officer(by)
    row = store(locked, CaseMessage.Direction.NOTE, body, by)
    _noted(locked, "note_written", by)
    return row


@transaction.atomic
def from_person(case: Case, body: str) -> CaseMessage:
    """What the person wrote on the page of the case; it ends a question that was open."""
    locked = guard_running(lock(case))
    row = store(locked, CaseMessage.Direction.FROM_PERSON, body, None)
    _noted(locked, "message_received", None)
    context = {"reference": locked.reference, "case": str(locked.pk)}
    notify_role(Role.DPO, "dsar_message_arrived", context, key=f"case:{locked.pk}:from:{row.pk}")
    if locked.paused_since is not None:
        end_pause(locked, actor=None)
        _go_on(locked)
    return row


def _go_on(case: Case) -> None:
    from dsar.services.deciding import go_on

    go_on(case)


def store(case: Case, direction: str, body: str, by: User | None) -> CaseMessage:
    """A message in the file of a case; CaseStateError when the file is no longer kept."""
    row = CaseMessage(file=file_of(case), direction=direction, body=clean(body))
    row.author = by.pk if by else None
    row.save(force_insert=True)
    return row


def clean(body: str) -> str:
    """The text without control characters; CaseRefusedError when nothing or too much is left."""
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", body)).strip()
    if not text:
        raise CaseRefusedError(_("Please write something."))
    if len(text) > MAX_BODY:
        words = _("Please use at most %(limit)d characters.")
        raise CaseRefusedError(words % {"limit": MAX_BODY})
    return text


def file_of(case: Case) -> CaseFile:
    """The file of a case; CaseStateError when it is no longer kept."""
    found = CaseFile.objects.select_related("person", "contact").filter(case=case).first()
    if found is None:
        raise CaseStateError(_("The file of this case is no longer kept."))
    return found


def guard_running(case: Case) -> Case:
    """The case, if it is still to be answered; CaseStateError when it has ended."""
    if case.status == Status.COMPLETED:
        raise not_in_state(case.status)
    return case


def guard_officer(by: User) -> None:
    """Raise CaseRefusedError for everybody but the data protection officer."""
    if not (by.is_active and by.is_dpo):
        raise CaseRefusedError(_("Only the data protection officer decides on a case."))


def _noted(case: Case, event: str, by: User | None) -> None:
    actor = by.pk if by else None
    note_event(case, event, actor=actor)
    record(f"case.{event}", actor=actor, subject=case.subject, obj=case)
