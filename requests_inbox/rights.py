"""Requests are worked on in the web; the worker notes what became of a reply, and dates.

The web deletes nothing but drafts of replies and documents that are none after all; the worker
what is past its last day kept.
"""

from emsar.audit.roles import narrow
from requests_inbox.models import (
    AccountingDocument,
    ConsultationRequest,
    HistoryEntry,
    Message,
    Transfer,
)

narrow(ConsultationRequest, web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE")
narrow(Message, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE, DELETE")
narrow(
    AccountingDocument,
    web="SELECT, INSERT, UPDATE, DELETE",
    worker="SELECT, UPDATE, DELETE",
)
narrow(HistoryEntry, web="SELECT, INSERT", worker="SELECT, INSERT, DELETE")
narrow(Transfer, web="SELECT, INSERT", worker="SELECT")
