"""Opening a case, however the demand came in; the same asked twice joins the open case."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, Channel, Kind
from dsar.services import claims, identity
from dsar.services.dates import promise_of, statutory_day
from dsar.services.errors import CaseRefusedError
from dsar.services.joining import Demand, audit, ends_before_a_link, join
from dsar.services.transitions import lock_persons, note_event
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
    reach: Mapping[str, str] | None = None,
    proof: str = "",
) -> Case:
    """The case of a demand: the one that is open for it, or a new one, not yet verified.

    The clocks start at ``received_at``, which may lie before today for a letter or a call, long
    before only by the officer's word; a moment to come is refused (CaseRefusedError). ``by`` is the
    colleague who enters it, ``reach`` name and postal address, ``proof`` how the colleague knows
    who asks. What joins a case without a proof is noted there and changes nothing but the clocks.
    """
    kind = Kind(kind)
    if received_at > timezone.now():
        raise CaseRefusedError(_("A request cannot have been received in the future."))
    _lock(person)
    about = subject or (None if kind in ABOUT_OTHERS else person.pk)
    given = {column: value for column, value in (reach or {}).items() if value}
    demand = Demand(channel, received_at, details.strip(), given, proof, by)
    case = _open_one(kind, person, about)
    if case is not None and not proof and ends_before_a_link(case):
        identity.give_way(case)
    elif case is not None:
        return join(case, demand)
    case = _new(kind, about, language, demand)
    _file(case, person, contact, demand)
    _noted(case, demand)
    return case


def _lock(person: DataSubject) -> None:
    """One demand of a person at a time, so that two workers cannot open the same case twice."""
    lock_persons([person.pk])


def _open_one(kind: Kind, person: DataSubject, about: UUID | None) -> Case | None:
    """The case that the demand joins; one that was carried out is over for what comes later."""
    found = Case.objects.joining().filter(kind=kind).select_for_update(of=("self",))
    if about is not None:
        return found.filter(subject=about).first()
    return found.filter(subject__isnull=True, file__person=person).first()


def _noted(case: Case, demand: Demand) -> None:
    actor = demand.by.pk if demand.by else None
    note_event(case, "received", actor=actor, reason=demand.channel)
    if demand.by is not None:
        claims.earlier(case, demand.received_at, by=demand.by)
    audit("case.open", case, demand.by)


def _new(kind: Kind, about: UUID | None, language: str, demand: Demand) -> Case:
    received_at = claims.counted_from(demand.received_at, demand.by)
    promised = promise_of(kind, received_at)
    case = Case(
        kind=kind,
        channel=Channel(demand.channel),
        language=language,
        subject=about,
        received_at=received_at,
        registered_by=demand.by.pk if demand.by else None,
        promise_due=promised.last_day,
        execute_on=promised.execute_on,
    )
    # No question can have been asked before the case is there, so nothing rests yet.
    case.statutory_due = statutory_day(case)
    case.save(force_insert=True)
    return case


def _file(
    case: Case, person: DataSubject, contact: SubjectIdentifier | None, demand: Demand
) -> None:
    CaseFile.objects.create(
        id=case.pk,
        case=case,
        person=person,
        contact=contact,
        details=demand.details or None,
        **demand.reach,
    )
