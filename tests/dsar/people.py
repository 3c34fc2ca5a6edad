"""A person about whom a row stands in every table of the data map, and their open case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from dsar.models import (
    Case,
    CaseFile,
    CaseMessage,
    CaseRecord,
    Disclosure,
    Kind,
    Means,
    Proof,
    Proposal,
    Release,
    ResidualTrace,
    Status,
    Telling,
)
from dsar.services.dates import promise_of
from dsar.services.transitions import note_event
from emsar.audit import record
from emsar.entities.businessdays import BAKU
from emsar.entities.models import LegalReference
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.models import Clearance, LegalHold
from emsar.staff.models import User
from emsar.subjects import links
from emsar.subjects.models import DataSubject, MailedLink, Objection, SubjectIdentifier
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message, Transfer
from tests.factories import make_request, make_user, solutions_user

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """Whom all rows are about, with what the tests look for."""

    person: DataSubject
    request: ConsultationRequest
    case: Case
    officer: User
    colleague: User


def open_case(person: DataSubject, kind: str = Kind.ACCESS, **fields: Any) -> Case:
    """A case whose identity is proved; ``language`` and the like as fields."""
    received = fields.pop("received_at", timezone.now() - DAY)
    promised = promise_of(kind, received)
    defaults = {
        "channel": "form",
        "language": "en",
        "status": Status.OPEN,
        "subject": person.pk,
        "verified_at": received + timedelta(hours=1),
        "promise_due": promised.last_day,
        "execute_on": promised.execute_on,
        "statutory_due": promised.last_day,
    }
    case = Case.objects.create(kind=kind, received_at=received, **{**defaults, **fields})
    contact = SubjectIdentifier.objects.filter(subject=person, kind="email").first()
    words = {"details": "What do you hold?", "proof": Proof.LINK, "proof_note": "seen on paper"}
    CaseFile.objects.create(id=case.pk, case=case, person=person, contact=contact, **words)
    note_event(case, "received", actor=None, reason="form")
    return case


def known_person(language: str = "en", **fields: Any) -> Known:
    """A person known by everything that there can be."""
    return known_by(make_request(**{"company": "Xəzər MMC", **fields}), language)


def staff() -> tuple[User, User]:
    """An officer and a colleague of a company."""
    return make_user(), solutions_user(full_name="Tərlan İ.")


def known_by(
    request: ConsultationRequest, language: str = "en", by: tuple[User, User] | None = None
) -> Known:
    """The same for whoever sent a request; ``by``: the officer and the colleague who worked."""
    person, (officer, colleague) = request.subject, by or staff()
    known = Known(person, request, open_case(person, language=language), officer, colleague)
    _about_person(known)
    _about_request(known)
    _about_case(known)
    return known


def let_go(known: Known) -> None:
    """Nothing keeps this person by law any more, and the officer lets the request go."""
    rows = ConsultationRequest.objects.filter(pk=known.request.pk)
    rows.update(contract_start=None, contract_end=None)
    AccountingDocument.objects.filter(subject=known.person).delete()
    Clearance.objects.create(
        record=known.request.pk, last_day=timezone.localdate(), by=known.officer.pk
    )


def _about_person(known: Known) -> None:
    person = known.person
    SubjectIdentifier.objects.create(
        subject=person, kind="phone", key=uuid4().bytes * 2, value="+994501234567"
    )
    DataSubject.objects.filter(pk=person.pk).update(
        blocked_at=timezone.now() - 9 * DAY, suspended_at=timezone.now() - 8 * DAY
    )
    Objection.objects.create(subject=person, purpose=Objection.Purpose.NOTICE)
    LegalHold.objects.create(
        kind=LegalHold.Kind.SUBJECT,
        target=person.pk,
        reason=LegalHold.Reason.COURT,
        legal_reference=LegalReference.objects.get(slug="civil-code"),
        review_on=date(2030, 1, 1),
        released_at=timezone.now(),
    )
    disclose(person, recipient="Nəsimi District Court")


def disclose(person: DataSubject, **fields: Any) -> Disclosure:
    defaults = {
        "document": "2026/77",
        "ground": Disclosure.Ground.COURT,
        "legal_reference": "civil-code",
        "fields": ["requests_inbox.consultationrequest.name"],
        "approver": uuid4(),
    }
    row = Disclosure(subject=person.pk, **{**defaults, **fields})
    row.save()
    return row


def _about_request(known: Known) -> None:
    request, now = known.request, timezone.now()
    rows = ConsultationRequest.objects.filter(pk=request.pk)
    days = {"contract_start": date(2026, 1, 5), "contract_end": date(2026, 9, 30)}
    rows.update(replied_at=now - DAY, first_replied_at=now - 2 * DAY, **days)
    rows.update(objected=["proposal"], objected_until=date(2026, 12, 19))
    message = Message.objects.create(
        request=request, kind="note", channel="phone", body="Calls back on Monday."
    )
    AccountingDocument.objects.create(
        subject=known.person,
        entity_id="solutions",
        request=request.pk,
        message=message.pk,
        reference=request.reference,
        legal_reference=LegalReference.objects.get(slug="accounting"),
        title="Invoice 7",
        text="For the test of the network: 900 AZN",
        at=datetime(2026, 3, 1, 9, tzinfo=BAKU),
        classed_by=known.colleague.pk,
        counted_from=date(2027, 3, 1),
        destroy_after=date(2032, 3, 1),
    )
    request.history.create(event="assigned", to_status="new", reason=str(known.colleague.pk))
    Transfer(
        request=request.pk,
        subject=known.person.pk,
        from_entity="consulting",
        to_entity="solutions",
        actor=known.officer.pk,
        reason="field",
        fields=["name", "email"],
    ).save()
    _mail(known)
    record("request.view", actor=known.colleague.pk, subject=known.person.pk, obj=request)
    # Some look by way of a record and name no person.
    record("retention.view", actor=known.officer.pk, obj=request)


def _mail(known: Known) -> None:
    request, now = known.request, timezone.now()
    OutboundMail.objects.filter(about=request.pk, subject=known.person).update(
        to_address="aysel@example.com",
        reply_to="office@example.com",
        subject_line="About your network",
        body="Dear Aysel,\nwe are on it.",
        sent_at=now,
    )
    MailCopy.objects.create(
        mailbox="info@emsarsolutions.az",
        message_id=f"<{uuid4()}@emsargroup.az>",
        reference=request.reference,
        about=request.pk,
        at=now,
    )
    token = links.issue("withdraw", known.person.pk, request.pk, 30 * DAY)
    assert token
    MailedLink.objects.filter(subject=known.person).update(used_at=now)


def _about_case(known: Known) -> None:
    case = known.case
    file = CaseFile.objects.get(case=case)
    reach = {"name": "Aysel Məmmədova", "postal": "Nizami 10, Bakı"}
    CaseFile.objects.filter(pk=file.pk).update(destroy_after=date(2027, 1, 31), **reach)
    Telling.objects.create(
        case=case,
        file=file,
        key=f"case:{case.pk}:answer",
        addressee="Aysel Məmmədova\nNizami 10, Bakı",
        words="Nothing else is held.",
        told_at=timezone.now(),
        means=Means.LETTER,
    )
    CaseMessage.objects.create(file=file, direction="note", body="Looks complete to us.")
    CaseRecord.objects.create(file=file, record=known.request.pk, belongs=True)
    Proposal.objects.create(
        file=file,
        model="requests_inbox.consultationrequest",
        row=str(known.request.pk),
        column="name",
        value="Aysel Məmmədli",
        state="applied",
        decided_at=timezone.now(),
    )
    _ended_case(known.person)


def _ended_case(person: DataSubject) -> None:
    """An earlier case that was released and ended, so that all its columns say something."""
    now = timezone.now()
    case = open_case(person, Kind.INFORMATION, received_at=now - 90 * DAY)
    ended = {"extended_at": now, "executed_at": now, "closed_at": now, "said_at": now - 95 * DAY}
    Case.objects.filter(pk=case.pk).update(
        status=Status.COMPLETED, outcome="fulfilled", destroy_after=date(2029, 1, 1), **ended
    )
    Release.objects.create(
        case=case, expires_at=now, downloads=1, sha256="ab" * 32, counts={"dsar.case": 1}
    )
    ResidualTrace.objects.create(case=case, sealed="{}")
