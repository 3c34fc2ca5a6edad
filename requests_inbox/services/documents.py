"""Accounting documents: what of a thread the law wants kept longer, by whose decision (E-7.2c)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.rules import Trigger
from emsar.entities.models import LegalReference
from emsar.retention.single import destroy_one
from emsar.staff.models import User
from requests_inbox.models import (
    AccountingDocument,
    ConsultationRequest,
    DocumentQuerySet,
    Message,
    UnclassReason,
)
from requests_inbox.services.contracts import lock_for, start_of
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.keeping import document_days
from requests_inbox.services.transitions import note_event


@dataclass(frozen=True)
class Item:
    """What can become a document: a message, or the request's own words (``message`` None)."""

    message: UUID | None
    at: datetime
    text: str


def documents_of(request: ConsultationRequest, user: User) -> DocumentQuerySet:
    """The documents of a request that this colleague may see."""
    return AccountingDocument.objects.visible_to(user).filter(request=request.pk)


def items(request: ConsultationRequest) -> list[Item]:
    """What of the thread has words that can be read and is no document yet, oldest first."""
    rows = AccountingDocument.objects.filter(request=request.pk)
    classed = set(rows.values_list("message", flat=True))
    return [item for item in _thread(request) if item.message not in classed]


def _thread(request: ConsultationRequest) -> Iterator[Item]:
    rows = request.messages.exclude(kind=Message.Kind.DRAFT).order_by("at")
    messages = (Item(row.pk, row.at, row.body or "") for row in rows)
    found = (Item(None, request.received_at, request.project or ""), *messages)
    return (item for item in found if item.text and not is_unreadable(item.text))


@transaction.atomic
def class_document(
    request: ConsultationRequest,
    message: UUID | None,
    *,
    title: str,
    legal_reference: LegalReference,
    by: User,
) -> AccountingDocument:
    """Keep a copy of an item for the years that the law asks for, with that law.

    Raises RequestStateError without a recorded contract, for an item that is not there or a
    document already, and for a law that is no longer in use; BlockedError for a blocked person.
    """
    locked = lock_for(request, by)
    start_of(locked)
    item = next((found for found in items(locked) if found.message == message), None)
    if item is None:
        raise RequestStateError(_("This item cannot be classed, or it is a document already."))
    if not legal_reference.active:
        raise RequestStateError(_("This legal reference is no longer in use."))
    document = _document(locked, item, title.strip(), legal_reference, by)
    document.save(force_insert=True)
    note_event(locked, "document_classed", actor=by.pk)
    detail = {"request": str(locked.pk), "law": legal_reference.slug}
    record("document.class", actor=by.pk, subject=locked.subject_id, obj=document, detail=detail)
    return document


def _document(
    request: ConsultationRequest, item: Item, title: str, law: LegalReference, by: User
) -> AccountingDocument:
    return AccountingDocument(
        subject_id=request.subject_id,
        entity=request.entity,
        request=request.pk,
        message=item.message,
        reference=request.reference,
        legal_reference=law,
        title=title,
        text=item.text,
        at=item.at,
        classed_by=by.pk,
        **document_days(request.destroy_after),
    )


@transaction.atomic
def unclass_document(
    request: ConsultationRequest, document: UUID, reason: str, *, by: User
) -> None:
    """Take back that an item is a document; its words stay in the thread as long as the rest.

    The copy is destroyed and certified, so that no backup brings it back for years.
    """
    locked = lock_for(request, by)
    code = UnclassReason(reason).value
    found = documents_of(locked, by).filter(pk=document).first()
    if found is None:
        raise RequestStateError(_("There is no such document any more."))
    note_event(locked, "document_unclassed", actor=by.pk, reason=code)
    detail = {"request": str(locked.pk), "reason": code}
    record("document.unclass", actor=by.pk, subject=locked.subject_id, obj=found, detail=detail)
    destroy_one("accounting_documents", found.pk, Trigger.NECESSITY)
