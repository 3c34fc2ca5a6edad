"""A request arrives by the form: one transaction, one request a nonce (E-1l, E-4c)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import IntegrityError, models
from django.utils import timezone

from consent.models import ConsentEvent
from consent.notices import Notice
from consent.services import given
from emsar.audit.recording import event_of
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.folding import word_keys
from emsar.entities.businessdays import Due
from emsar.entities.profile import ServiceFacts
from emsar.entities.registry import registry
from emsar.staff import rows
from emsar.subjects.identifiers import IdentifierKind, find_or_create
from emsar.subjects.links import prepare
from requests_inbox import mails
from requests_inbox.models import ConsultationRequest, HistoryEntry, Source, Status
from requests_inbox.services.due import due_under
from requests_inbox.services.keeping import last_day_of
from requests_inbox.services.together import insert_together

WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class FormEntry:
    """What a visitor sent, validated; ``email`` is normalised."""

    name: str
    email: str
    company: str | None
    service: str
    project: str
    nonce: UUID


class SentBeforeError(Exception):
    """The form was sent before, with other content; ``reference`` names that request."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def receive(entry: FormEntry, notice: Notice) -> ConsultationRequest:
    """Store a request with its consent and its mails; the same nonce gives the same request.

    Raises SentBeforeError when the nonce was used for other content, which is not stored then.
    """
    key = uuid4()
    try:
        with rows.new_request(key):
            return _receive(key, entry, notice)
    except IntegrityError:
        with rows.sent_before(entry.nonce):
            before = _before(entry)
        if before is None:
            raise
        return before


def _before(entry: FormEntry) -> ConsultationRequest | None:
    """What the same page has sent already; SentBeforeError when that was something else."""
    found = ConsultationRequest.objects.filter(form_nonce=entry.nonce).first()
    if found is not None and not _is_same(found, entry):
        raise SentBeforeError(found.reference) from None
    return found


def _is_same(before: ConsultationRequest, entry: FormEntry) -> bool:
    """Whether a double click or a reload sent the very same again."""
    email = before.contact.value if before.contact else None
    stored = (before.name, email, before.company, before.service_id, before.project)
    sent = (entry.name, entry.email, entry.company, entry.service, entry.project)
    return all(a == b or is_unreadable(a) for a, b in zip(stored, sent, strict=True))


def _receive(key: UUID, entry: FormEntry, notice: Notice) -> ConsultationRequest:
    service = registry().service(entry.service)
    now = timezone.now()
    due = due_under(now, notice.version)
    contact = find_or_create(IdentifierKind.EMAIL, entry.email)
    request = ConsultationRequest(
        id=key,
        subject_id=contact.subject_id,
        contact=contact,
        entity_id=service.entity or None,
        service_id=service.slug,
        language=notice.language,
        source=Source.FORM,
        name=entry.name,
        company=entry.company,
        project=entry.project,
        search_keys=word_keys(entry.name, entry.company),
        received_at=now,
        waiting_since=now,
        reply_due_at=due.moment,
        version=notice.version,
        form_nonce=entry.nonce,
    )
    request.destroy_after = last_day_of(request).day
    insert_together([request, *_beside(request, entry, service, notice, due)])
    return request


def _beside(
    request: ConsultationRequest,
    entry: FormEntry,
    service: ServiceFacts,
    notice: Notice,
    due: Due,
) -> list[models.Model]:
    """What is written with a request: the consent, both mails, the way out, history and audit."""
    consent = given(
        notice,
        subject=request.subject_id,
        about=request.pk,
        controllers=[entity.slug for entity in registry().entities],
        method=ConsentEvent.Method.FORM_BUTTON,
    )
    # By its uid: the number that the database gives it is not read back.
    request.consent_id = consent.uid
    token, link = prepare(WITHDRAWAL, request.subject_id, request.pk)
    mailbox = registry().mailbox(service.mailbox)
    return [
        consent,
        HistoryEntry(request=request, event="received", to_status=Status.NEW),
        link,
        mails.to_mailbox(request, mailbox, entry.email),
        mails.acknowledgement(request, entry.email, notice, token, due),
        event_of("request.received", actor=None, subject=request.subject_id, obj=request),
    ]


__all__ = ["WITHDRAWAL", "FormEntry", "SentBeforeError", "receive"]
