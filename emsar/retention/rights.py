"""The worker destroys and notes it; in the web the officer holds, clears, and confirms copies."""

from emsar.audit.functions import lend
from emsar.audit.roles import WORKER, narrow
from emsar.retention import evidence_sql
from emsar.retention.models import (
    Clearance,
    DeletionOrder,
    DestructionLine,
    LedgerEntry,
    LegalHold,
    NecessityReview,
    Shipment,
    Sweep,
)

narrow(LegalHold, web="SELECT, INSERT, UPDATE", worker="SELECT")
narrow(Clearance, web="SELECT, INSERT", worker="SELECT, DELETE")
narrow(Sweep, web="SELECT", worker="SELECT, INSERT, UPDATE")
narrow(DestructionLine, web="SELECT", worker="SELECT, INSERT")
narrow(LedgerEntry, web="SELECT", worker="SELECT, INSERT")
narrow(Shipment, web="SELECT", worker="SELECT, INSERT, DELETE")
narrow(DeletionOrder, web="SELECT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(NecessityReview, web="SELECT, INSERT", worker="SELECT")
# Evidence itself is deleted by neither: it leaves through this.
lend(evidence_sql.FUNCTION, evidence_sql.SIGNATURE, role=WORKER, define=evidence_sql.define)
