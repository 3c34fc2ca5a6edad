"""Customers: requests with a contract, and their documents."""

from datetime import date
from typing import Any

from emsar.entities.models import LegalReference
from emsar.staff.models import User
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from requests_inbox.services import contracts, documents
from tests.factories import make_request, solutions_user
from tests.requests_inbox.desk import fresh, travel

# Requests of Monday, 23 November 2026: the reply is due on the 24th, so this is their last day.
USUAL = date(2027, 11, 24)


def monday_request(**fields: Any) -> ConsultationRequest:
    with travel(23, 10):
        return make_request(**fields)


def customer(start: date, end: date | None = None, **fields: Any) -> ConsultationRequest:
    """A request with a contract that is recorded on the 24th."""
    item = monday_request(**fields)
    with travel(24, 12):
        contracts.record_contract(item, start, end, by=solutions_user())
    return fresh(item)


def law() -> LegalReference:
    return LegalReference.objects.get(slug="civil-code")


def classed(
    item: ConsultationRequest, message: Message | None = None, by: User | None = None
) -> AccountingDocument:
    """A message of a request as a document; the request's own words without one."""
    return documents.class_document(
        item,
        message.pk if message else None,
        title="Invoice 12",
        legal_reference=law(),
        by=by or solutions_user(),
    )


def days(document: AccountingDocument) -> tuple[date | None, date | None]:
    """From when the years of a document count, and its last day."""
    now = AccountingDocument.objects.get(pk=document.pk)
    return now.counted_from, now.destroy_after
