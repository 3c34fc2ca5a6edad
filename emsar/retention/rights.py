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

narrow(LegalHold, web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE")
narrow(Clearance, web="SELECT, INSERT, UPDATE", worker="SELECT, DELETE")
# A document that is taken back is destroyed by whoever decides it, and certified like the rest.
narrow(Sweep, web="SELECT, INSERT", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(DestructionLine, web="SELECT, INSERT", worker="SELECT, INSERT")
narrow(LedgerEntry, web="SELECT, INSERT", worker="SELECT, INSERT")
narrow(Shipment, web="SELECT", worker="SELECT, INSERT, DELETE")
narrow(DeletionOrder, web="SELECT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(NecessityReview, web="SELECT, INSERT", worker="SELECT, UPDATE, DELETE")
# Evidence itself is deleted by neither: it leaves through this.
lend(evidence_sql.FUNCTION, evidence_sql.SIGNATURE, role=WORKER, define=evidence_sql.define)
