"""Opening a case, however the demand came in; the same asked twice joins the open case."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, CaseMessage, Channel, Kind, Status
from dsar.services.dates import promise_of, statutory_day
from dsar.services.errors import CaseRefusedError
from dsar.services.transitions import note_event
from emsar.audit import record
from emsar.entities.registry import registry
from emsar.staff.models import User
from emsar.subjects.models import DataSubject, SubjectIdentifier

# Whose data it is about is not who asks: the officer picks the person.
ABOUT_OTHERS = (Kind.CHILD, Kind.DECEASED)


@transaction.atomic
def open_case(
    kind: str,
    *,
    person: DataSubject,
    contact: SubjectIdentifier | None,
    language: str,
    channel: str,
    received_at: datetime,
    details: str = "",
    by: User | None = None,
    subject: UUID | None = None,
) -> Case:
    """The case of a demand: the one that is open for it, or a new one, not yet verified.

    The clocks start at ``received_at``, which may lie before today for a letter or a call; a
    moment to come is refused (CaseRefusedError). ``by`` is the colleague who enters it.
    """
    kind = Kind(kind)
    if received_at > timezone.now():
        raise CaseRefusedError(_("A request cannot have been received in the future."))
    _lock(person)
    about = subject or (None if kind in ABOUT_OTHERS else person.pk)
    case = _open_one(kind, person, about)
    if case is not None:
        return _joined(case, details.strip(), channel, by)
    case = _new(kind, about, language, channel, received_at, by)
    CaseFile.objects.create(
        id=case.pk,
        case=case,
        person=person,
        contact=contact,
        details=details.strip() or None,
    )
    note_event(case, "received", actor=by.pk if by else None, reason=channel)
    _audit("case.open", case, by)
    return case


def _lock(person: DataSubject) -> None:
    """One demand of a person at a time, so that two workers cannot open the same case twice."""
    DataSubject.objects.select_for_update(no_key=True).get(pk=person.pk)


def _open_one(kind: Kind, person: DataSubject, about: UUID | None) -> Case | None:
    running = Case.objects.running().filter(kind=kind)
    if about is not None:
        return running.filter(subject=about).first()
    return running.filter(subject__isnull=True, file__person=person).first()


def _new(
    kind: Kind,
    about: UUID | None,
    language: str,
    channel: str,
    received_at: datetime,
    by: User | None,
) -> Case:
    promised = promise_of(kind, received_at)
    case = Case(
        kind=kind,
        channel=Channel(channel),
        language=language,
        subject=about,
        received_at=received_at,
        registered_by=by.pk if by else None,
        promise_due=promised.last_day,
        execute_on=promised.execute_on,
    )
    # No question can have been asked before the case is there, so nothing rests yet.
    case.statutory_due = statutory_day(case)
    case.save(force_insert=True)
    return case


def _joined(case: Case, details: str, channel: str, by: User | None) -> Case:
    """The open case gets the words; its clocks run from the first demand."""
    note_event(case, "asked_again", actor=by.pk if by else None, reason=channel)
    file = CaseFile.objects.filter(pk=case.pk).first()
    if details and file is not None:
        _add_words(case, file, details, by)
    _audit("case.join", case, by)
    return case


def _add_words(case: Case, file: CaseFile, details: str, by: User | None) -> None:
    """Words of a form prove nothing: to a case that is verified they come as a marked note."""
    direction, author = CaseMessage.Direction.FROM_PERSON, by.pk if by else None
    if by is None and case.status != Status.UNVERIFIED:
        direction = CaseMessage.Direction.NOTE
        with translation.override(registry().default_language):
            mark = _("Sent with the public form; it is not proved that the person wrote this:")
        details = f"{mark}\n\n{details}"
    CaseMessage.objects.create(file=file, direction=direction, body=details, author=author)


def _audit(action: str, case: Case, by: User | None) -> None:
    record(
        action,
        actor=by.pk if by else None,
        subject=case.subject,
        obj=case,
        detail={"kind": case.kind, "channel": case.channel},
    )
