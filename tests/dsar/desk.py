"""Cases in every state, and colleagues who look at them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone

from dsar.models import Case, CaseFile, Channel, Disclosure, Kind, Outcome, Status
from dsar.services import deciding, messages
from dsar.services.corrections import propose
from dsar.services.dates import promise_of, statutory_day
from dsar.services.disclosures import disclose
from dsar.services.transitions import note_event
from emsar.entities.businessdays import BAKU
from emsar.entities.models import LegalReference
from emsar.staff.models import Role, User
from emsar.subjects.identifiers import IdentifierKind, find_or_create
from emsar.subjects.models import SubjectIdentifier
from tests.desks import signed_in as signed_in
from tests.factories import make_request, make_user, solutions_user

ROLES = ("dpo", "auditor", "administrator", "entity_staff")


def someone(role: str) -> User:
    return solutions_user() if role == Role.ENTITY_STAFF else make_user(role)


def url(name: str, *args: object) -> str:
    return reverse(f"admin:dsar_{name}", args=args)


def verb_url(case: Case, verb: str) -> str:
    return url(f"case_{verb}", case.pk)


def person_of(email: str | None = None) -> SubjectIdentifier:
    """The address of a person, new unless it is known."""
    return find_or_create(IdentifierKind.EMAIL, email or f"{uuid4().hex[:12]}@example.com")


def make_case(
    kind: str = Kind.ACCESS,
    *,
    email: str | None = None,
    age: int = 0,
    received_at: datetime | None = None,
    verified: bool = True,
    details: str = "Please tell me what you hold about me.",
    **fields: Any,
) -> Case:
    """A case that came in so many days ago, with its file; open unless ``verified`` is False."""
    contact = person_of(email)
    received = received_at or timezone.now() - timedelta(days=age)
    promised = promise_of(kind, received)
    about = None if kind in (Kind.CHILD, Kind.DECEASED) else contact.subject_id
    defaults = {
        "channel": Channel.FORM,
        "language": "en",
        "subject": about,
        "received_at": received,
        "promise_due": promised.last_day,
        "execute_on": promised.execute_on,
        "status": Status.OPEN if verified else Status.UNVERIFIED,
        "verified_at": timezone.now() if verified else None,
    }
    case = Case(kind=kind, **{**defaults, **fields})
    if "statutory_due" not in fields:
        case.statutory_due = statutory_day(case)
    case.save(force_insert=True)
    CaseFile.objects.create(
        id=case.pk,
        case=case,
        person_id=contact.subject_id,
        contact=contact,
        details=details,
        proof="link" if verified else "",
    )
    note_event(case, "received", actor=None, reason=Channel.FORM)
    return case


def ended(case: Case, outcome: str = Outcome.FULFILLED, *, at: datetime | None = None) -> Case:
    """The case as it is when it has ended at a moment."""
    moment = at or timezone.now()
    case.status, case.outcome, case.closed_at = Status.COMPLETED, outcome, moment
    case.destroy_after = moment.astimezone(BAKU).date() + timedelta(days=1095)
    case.paused_since = None
    case.save()
    return case


def said(response: Any) -> list[str]:
    """The messages that a page shows."""
    return [str(message) for message in response.context["messages"]]


def a_full_board(officer: User) -> dict[str, Case]:
    """A case of each kind that the board tells apart, with everything that its page can show."""
    email = "aysel@example.com"
    for name in ("Aysel Məmmədova", "Rəşad Məmmədov"):
        make_request(email=email, name=name)
    overdue = make_case(Kind.DELETION, email="late@example.com", age=33)
    make_request(email="erase@example.com")
    approval = make_case(Kind.DELETION, email="erase@example.com", age=6)
    shared = make_case(Kind.ACCESS, email=email, is_shared=True, age=2)
    correction = make_case(Kind.CORRECTION, email="wrong@example.com", age=4)
    row = make_request(email="wrong@example.com")
    propose(correction, "requests_inbox.consultationrequest", str(row.pk), "name", "Leyla")
    asked = make_case(Kind.COMPLAINT, email="who@example.com", age=5)
    deciding.pause(asked, "Which of your two addresses is it about?", by=officer)
    messages.note(asked, "Called on Monday.\n<b>No answer</b>", by=officer)
    done = ended(make_case(Kind.WITHDRAWAL, age=9), at=timezone.now())
    asked.refresh_from_db()
    return {
        "overdue": overdue,
        "approval": approval,
        "shared": shared,
        "correction": correction,
        "asked": asked,
        "child": make_case(Kind.CHILD, age=1, details="My son wrote to you."),
        "unverified": make_case(Kind.OTHER, verified=False),
        "complaint": make_case(Kind.COMPLAINT, age=3),
        "done": done,
    }


def make_disclosure(subject: UUID, by: User, **fields: Any) -> Disclosure:
    """An entry of the register, as the officer makes it for an authority."""
    defaults = {
        "recipient": "Authority for examples",
        "document": "12/345",
        "ground": Disclosure.Ground.AUTHORITY,
        "fields": ["requests_inbox.consultationrequest.name"],
        "legal_reference": LegalReference.objects.filter(active=True)[0].pk,
    }
    return disclose(subject, by=by, **{**defaults, **fields})
