"""Persons with records of every kind, and cases about them, as the forms and services make them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dsar.models import Case, CaseFile, CaseMessage, Kind, Proof, Status
from dsar.services.dates import promise_of
from emsar.subjects.models import SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request


def make_case(
    request: ConsultationRequest,
    kind: str = Kind.DELETION,
    *,
    received: datetime | None = None,
    **fields: Any,
) -> Case:
    """A verified case of the person who sent a request, with a file, ready for the officer."""
    contact = request.contact
    assert contact is not None
    return case_of(contact, kind, received=received, **fields)


def case_of(
    contact: SubjectIdentifier, kind: str, *, received: datetime | None = None, **fields: Any
) -> Case:
    moment = received or timezone.now()
    dates = promise_of(kind, moment)
    about = None if kind in (Kind.CHILD, Kind.DECEASED) else contact.subject_id
    number = uuid.uuid4()
    values: dict[str, Any] = {
        "id": number,
        "kind": kind,
        "channel": "form",
        "language": "en",
        "status": Status.OPEN,
        "subject": about,
        "received_at": moment,
        "verified_at": moment,
        "promise_due": dates.last_day,
        "execute_on": dates.execute_on,
    }
    case = Case.objects.create(**{**values, **fields})
    file = CaseFile.objects.create(
        id=case.pk,
        case=case,
        person_id=contact.subject_id,
        contact=contact,
        details="Please delete all that you hold about me, Ayxan Quliyev.",
        proof=Proof.LINK,
        proof_note="The link in the mail was used.",
    )
    CaseMessage.objects.create(file=file, direction="from_person", body="Thank you, Ayxan Quliyev.")
    return case


def make_person(name: str, email: str, **fields: Any) -> ConsultationRequest:
    """The first request of somebody new."""
    return make_request(name=name, email=email, **fields)


def days(number: int) -> timedelta:
    return timedelta(days=number)
