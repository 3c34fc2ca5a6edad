"""Writing a corrected value: the column, what is computed from it, and mails that wait (E-8d)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from dsar.correcting import Place
from emsar.datamap.crypto import lookup_key
from emsar.datamap.folding import fold
from emsar.datamap.rotation import LOOKUP_LOCK
from emsar.outbox.models import OutboundMail
from emsar.outbox.models import Status as MailStatus
from emsar.subjects.models import IdentifierKind, SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.correcting import computed, note_correction
from requests_inbox.services.keeping import keep_documents


def field_of(place: Place) -> str:
    """What a history calls the field: an address by its kind, the others by their columns."""
    return str(place.row.kind) if isinstance(place.row, SubjectIdentifier) else place.column


def write(place: Place, value: str) -> None:
    """One column of one row, with what is computed from it."""
    row, column = place.row, place.column
    if isinstance(row, SubjectIdentifier):
        _write_address(row, value)
        return
    stored: Any = date.fromisoformat(value) if isinstance(getattr(row, column), date) else value
    if column in {"contract_start", "contract_end"}:
        stored = date.fromisoformat(value)
    setattr(row, column, stored)
    changes = {column: stored, **(computed(row) if isinstance(row, ConsultationRequest) else {})}
    type(row)._base_manager.filter(pk=row.pk).update(**changes)
    if isinstance(row, ConsultationRequest):
        row.destroy_after = changes["destroy_after"]
        keep_documents(row)


def _write_address(row: SubjectIdentifier, value: str) -> None:
    """An address with its key, and where it stands on mails that have not left yet."""
    old = row.value
    with connection.cursor() as cursor:
        # Keys are not rewritten under a writer: see ``find_or_create``.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOOKUP_LOCK])
    row.value, row.key = value, lookup_key(row.kind, fold(value))
    row.save(update_fields=["value", "key"])
    waiting = OutboundMail.objects.filter(
        subject=row.subject_id, status__in=[MailStatus.QUEUED, MailStatus.FAILED]
    )
    for mail in waiting.only("pk", "to_address", "reply_to"):
        names = [name for name in ("to_address", "reply_to") if getattr(mail, name) == old]
        OutboundMail.objects.filter(pk=mail.pk).update(**dict.fromkeys(names, value))


def requests_of(places: Sequence[Place]) -> list[ConsultationRequest]:
    """The requests that the corrected rows belong to; for an address, those that use it."""
    keys: set[Any] = set()
    for place in places:
        row = place.row
        if isinstance(row, ConsultationRequest):
            keys.add(row.pk)
        elif isinstance(row, SubjectIdentifier):
            column = "contact" if row.kind == IdentifierKind.EMAIL else "phone"
            found = ConsultationRequest.objects.filter(**{column: row})
            keys |= set(found.values_list("pk", flat=True))
        else:
            # A message names its request by a foreign key, a document by a bare UUID.
            keys.add(getattr(row, "request_id", None) or getattr(row, "request", None))
    return list(ConsultationRequest.objects.filter(pk__in=keys - {None}).order_by("received_at"))


def note_on_requests(
    requests: Sequence[ConsultationRequest], field: str, actor: UUID | None
) -> None:
    for request in requests:
        note_correction(request, field, actor=actor)
