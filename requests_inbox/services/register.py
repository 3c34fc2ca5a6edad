"""Staff register a request that came by phone, WhatsApp or e-mail (E-3.1a, E-3.1g)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.datamap.folding import word_keys
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail
from emsar.staff.models import Role, User
from emsar.subjects.identifiers import IdentifierKind, find_or_create
from emsar.subjects.models import SubjectIdentifier
from policies.versions import in_force
from requests_inbox import mails
from requests_inbox.models import ConsultationRequest, HistoryEntry, Status
from requests_inbox.services.due import due_under
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.keeping import last_day_of


@dataclass(frozen=True)
class StaffEntry:
    """What a colleague took down; e-mail and phone are normalised, at least one is given."""

    source: str
    received_at: datetime
    language: str
    name: str
    email: str
    phone: str
    company: str | None
    service: str
    project: str


@transaction.atomic
def register(entry: StaffEntry, *, by: User) -> ConsultationRequest:
    """Store the request; its clock starts at ``received_at``. No consent is recorded: none was
    clicked. The person gets the privacy notice if an e-mail address is known."""
    if entry.received_at > timezone.now():
        raise RequestStateError(_("The request cannot have come in later than now."))
    service = registry().service(entry.service)
    if by.role == Role.ENTITY_STAFF and service.entity not in {"", by.entity_id}:
        raise RequestStateError(_("This service belongs to the other company."))
    contact, phone = _identifiers(entry)
    main = contact or phone
    if main is None:
        raise RequestStateError(_("Neither an email address nor a phone number is given."))
    request = _row(entry, main, contact, phone, service.entity or None)
    request.save(force_insert=True)
    HistoryEntry.objects.create(
        request=request, actor=by.pk, event="registered", to_status=Status.NEW, reason=entry.source
    )
    outgoing = [mails.to_mailbox(request, registry().mailbox(service.mailbox), entry.email)]
    if entry.email:
        outgoing.append(mails.privacy_notice(request, entry.email))
    OutboundMail.objects.bulk_create(outgoing)
    record("request.registered", actor=by.pk, subject=request.subject_id, obj=request)
    return request


def _identifiers(
    entry: StaffEntry,
) -> tuple[SubjectIdentifier | None, SubjectIdentifier | None]:
    contact = find_or_create(IdentifierKind.EMAIL, entry.email) if entry.email else None
    if not entry.phone:
        return contact, None
    return contact, find_or_create(
        IdentifierKind.PHONE, entry.phone, subject=contact.subject if contact else None
    )


def _row(
    entry: StaffEntry,
    main: SubjectIdentifier,
    contact: SubjectIdentifier | None,
    phone: SubjectIdentifier | None,
    entity: str | None,
) -> ConsultationRequest:
    request = ConsultationRequest(
        subject=main.subject,
        contact=contact,
        phone=phone,
        entity_id=entity,
        service_id=entry.service,
        language=entry.language,
        source=entry.source,
        name=entry.name,
        company=entry.company,
        project=entry.project,
        search_keys=word_keys(entry.name, entry.company),
        received_at=entry.received_at,
        waiting_since=entry.received_at,
        reply_due_at=due_under(entry.received_at, None).moment,
        version=in_force(),
    )
    request.destroy_after = last_day_of(request).day
    return request
