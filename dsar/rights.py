"""The web takes in and decides; the worker looks up, carries out and forgets.

What the officer approves is carried out at once, in the web: the person sees the data go when the
word is given, not when a queue gets to it. So the web deletes here what otherwise only the worker
does, in one transaction, with the certificate and the ledger that go with it. It still ships no
ledger and touches no evidence that was written before.
"""

from dsar.models import (
    Case,
    CaseEvent,
    CaseFile,
    CaseMessage,
    CaseRecord,
    Disclosure,
    Intake,
    Proposal,
    Release,
    ResidualTrace,
    Telling,
)
from emsar.audit.roles import narrow
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.models import (
    Clearance,
    DeletionOrder,
    DestructionLine,
    LedgerEntry,
    Sweep,
)
from requests_inbox.models import ConsultationRequest, HistoryEntry

narrow(Intake, web="SELECT, INSERT", worker="SELECT, UPDATE, DELETE")
narrow(Disclosure, web="SELECT, INSERT", worker="SELECT")
narrow(CaseEvent, web="SELECT, INSERT", worker="SELECT, INSERT, DELETE")
for _model in (
    *(Case, CaseFile, CaseMessage, CaseRecord),
    *(Proposal, Release, ResidualTrace, Telling),
):
    narrow(_model, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, INSERT, UPDATE, DELETE")

# An approved deletion: the records with their history and mails, the orders for the copies, the
# certificate, the ledger. What the worker needs stays as its own rooms say.
narrow(ConsultationRequest, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE, DELETE")
narrow(HistoryEntry, web="SELECT, INSERT, DELETE", worker="SELECT, INSERT, DELETE")
narrow(
    OutboundMail,
    web="SELECT, INSERT, UPDATE, DELETE",
    worker="SELECT, INSERT, UPDATE, DELETE",
)
narrow(MailCopy, web="SELECT, DELETE", worker="SELECT, INSERT, DELETE")
narrow(Clearance, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, DELETE")
narrow(DeletionOrder, web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(DestructionLine, web="SELECT, INSERT", worker="SELECT, INSERT")
narrow(LedgerEntry, web="SELECT, INSERT", worker="SELECT, INSERT")
narrow(Sweep, web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE")
