"""Requests with all that belongs to them, and what outlives them."""

from requests_inbox.models.documents import AccountingDocument, DocumentQuerySet, UnclassReason
from requests_inbox.models.requests import (
    OPEN,
    STOPPED,
    CloseReason,
    ConsultationRequest,
    RequestQuerySet,
    RequestScopedQuerySet,
    Source,
    Status,
)
from requests_inbox.models.thread import HistoryEntry, Message
from requests_inbox.models.transfers import Transfer, TransferReason

__all__ = [
    "OPEN",
    "STOPPED",
    "AccountingDocument",
    "CloseReason",
    "ConsultationRequest",
    "DocumentQuerySet",
    "HistoryEntry",
    "Message",
    "RequestQuerySet",
    "RequestScopedQuerySet",
    "Source",
    "Status",
    "Transfer",
    "TransferReason",
    "UnclassReason",
]
