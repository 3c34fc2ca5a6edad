"""Staff register a request that came by phone, WhatsApp or e-mail (E-3.1a, E-3.1g)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.datamap.folding import word_keys
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.entities.wording import day_text
from emsar.outbox.models import OutboundMail
from emsar.staff.models import Role, User
from emsar.subjects.identifiers import IdentifierKind, find, find_or_create
from emsar.subjects.models import SubjectIdentifier
from policies.versions import in_force
from requests_inbox import mails
from requests_inbox.models import ConsultationRequest, HistoryEntry, Status
from requests_inbox.moments import EARLIEST
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
    clicked. The person gets the privacy notice if an e-mail address is known.

    Raises RequestStateError for a moment in the future or beyond the term of keeping (E-7.2a), a
    service of the other company, no address at all, and addresses not known as one person's.
    """
    _guard_moment(entry)
    service = registry().service(entry.service)
    if by.role == Role.ENTITY_STAFF and service.entity not in {"", by.entity_id}:
        raise RequestStateError(_("This service belongs to the other company."))
    contact, phone = _identifiers(entry, by)
    main = contact or phone
    if main is None:
        raise RequestStateError(_("Neither an email address nor a phone number is given."))
    request = _row(entry, main, contact, phone, service.entity or None)
    _guard_kept(request)
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


def _guard_moment(entry: StaffEntry) -> None:
    if entry.received_at > timezone.now():
        raise RequestStateError(_("The request cannot have come in later than now."))
    if entry.received_at < EARLIEST:
        # Calendars end somewhere: nothing is computed from such a moment.
        raise RequestStateError(_("This moment lies too far in the past."))


def _guard_kept(request: ConsultationRequest) -> None:
    """What would have to be deleted today already must not come in any more (E-7.2a)."""
    day = request.destroy_after
    if day is not None and day < timezone.localdate(timezone=BAKU):
        words = _(
            "A request of that time was kept until %(day)s, so it can no longer be registered."
        )
        raise RequestStateError(words % {"day": day_text(day)})


def _identifiers(
    entry: StaffEntry, by: User
) -> tuple[SubjectIdentifier | None, SubjectIdentifier | None]:
    """Both addresses as one person's; only for the officer a new one joins the person of a known.

    Whoever has an address of a person gets what both companies hold about that person, so company
    staff must not be able to give somebody one; nor to somebody new, whose number they may have
    from somebody else.
    """
    known = find(IdentifierKind.PHONE, entry.phone) if entry.phone else None
    if entry.email and entry.phone and not by.is_dpo:
        mailed = find(IdentifierKind.EMAIL, entry.email)
        if mailed is None or known is None or mailed.subject_id != known.subject_id:
            raise _two_persons()
    contact = phone = None
    if entry.email:
        owner = known.subject if known else None
        contact = find_or_create(IdentifierKind.EMAIL, entry.email, subject=owner)
    if entry.phone:
        owner = contact.subject if contact else None
        phone = find_or_create(IdentifierKind.PHONE, entry.phone, subject=owner)
    if contact and phone and contact.subject_id != phone.subject_id:
        raise _two_persons()
    return contact, phone


def _two_persons() -> RequestStateError:
    words = _("The email address and the phone number are not known as one person's. Please write "
              "one of the two into the text; if it is one person, the data protection officer can "
              "join the records.")  # fmt: skip
    return RequestStateError(words)


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
