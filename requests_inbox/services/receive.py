"""A request arrives by the form: one transaction, one request a nonce (E-1l, E-4c)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from consent.models import ConsentEvent
from consent.notices import Notice
from consent.services import give
from emsar.audit import record
from emsar.datamap.folding import word_keys
from emsar.datamap.rotation import share_lookup_lock
from emsar.entities.businessdays import Due
from emsar.entities.calendar import current_calendar
from emsar.entities.profile import ServiceFacts
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail
from emsar.subjects.identifiers import IdentifierKind, find_or_create
from emsar.subjects.links import issue
from policies.versions import term_for
from requests_inbox import clocks, mails
from requests_inbox.models import ConsultationRequest, HistoryEntry, Source, Status
from requests_inbox.services.keeping import last_day_of

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


def receive(entry: FormEntry, notice: Notice) -> ConsultationRequest:
    """Store a request with its consent and its mails; the same nonce gives the same request."""
    try:
        with transaction.atomic():
            return _receive(entry, notice)
    except IntegrityError:
        before = ConsultationRequest.objects.filter(form_nonce=entry.nonce).first()
        if before is None:
            raise
        return before


def _receive(entry: FormEntry, notice: Notice) -> ConsultationRequest:
    share_lookup_lock()
    service = registry().service(entry.service)
    now = timezone.now()
    due = due_for(now, notice)
    contact = find_or_create(IdentifierKind.EMAIL, entry.email)
    request = ConsultationRequest(
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
    request.consent = _consent(request, notice)
    request.save(force_insert=True)
    HistoryEntry.objects.create(request=request, event="received", to_status=Status.NEW)
    _mails(request, entry, service, notice, due)
    record("request.received", actor=None, subject=request.subject_id, obj=request)
    return request


def due_for(received: datetime, notice: Notice | None) -> Due:
    """When the reply is due (E-4a), under the version shown and the one in force."""
    days = term_for("reply_within", notice.version if notice else None)
    return clocks.reply_due(received, days, current_calendar())


def _consent(request: ConsultationRequest, notice: Notice) -> ConsentEvent:
    return give(
        notice,
        subject=request.subject_id,
        about=request.pk,
        controllers=[entity.slug for entity in registry().entities],
        method=ConsentEvent.Method.FORM_BUTTON,
    )


def _mails(
    request: ConsultationRequest,
    entry: FormEntry,
    service: ServiceFacts,
    notice: Notice,
    due: Due,
) -> None:
    token = issue(WITHDRAWAL, request.subject_id, request.pk)
    mailbox = registry().mailbox(service.mailbox)
    OutboundMail.objects.bulk_create(
        [
            mails.to_mailbox(request, mailbox, entry.email),
            mails.acknowledgement(request, entry.email, notice, token, due),
        ]
    )


__all__ = ["WITHDRAWAL", "FormEntry", "due_for", "receive"]
