from emsar.datamap import Basis, Erase, Personal, declare, declare_free
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

declare(
    LegalHold,
    subject="target",
    purpose="keep what a law obliges us to keep (E-4g)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="certificates",
    clauses=("E-4g", "E-7.2e"),
    personal={
        "target": Personal("whose data, or which record, is kept", erase=Erase.KEEP),
        "reason": Personal("why it is kept", erase=Erase.KEEP),
        "placed_at": Personal("since when", erase=Erase.KEEP),
        "released_at": Personal("until when", erase=Erase.KEEP),
        "placed_by": Personal("which officer placed it", export=False, erase=Erase.KEEP),
        "released_by": Personal("which officer released it", export=False, erase=Erase.KEEP),
    },
    free={
        "random key": ("id",),
        "codes of ours": ("kind", "code"),
        "the ground": ("legal_reference", "document", "review_on"),
    },
)
declare(
    Clearance,
    record="record",
    free={"a bare number and the officer's word": ("record", "last_day", "by", "at")},
)
declare_free(Sweep, figures_of_a_run=("id", "kind", "started_at", "ended_at", "records", "error"))
declare_free(
    DestructionLine,
    figures_of_a_batch=("rule", "clause", "trigger", "records", "counts", "first_day", "last_day"),
    bare_numbers=("id", "uid", "at", "sweep", "case"),
    integrity_of_the_row=("kid", "hmac"),
)
declare(
    LedgerEntry,
    purpose="forget again after a restore what was erased (S-5e)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="backups",
    clauses=("S-5e",),
    personal={
        "records": Personal("bare UUIDs of what was erased", export=False, erase=Erase.KEEP),
        "subjects": Personal("bare UUIDs of whom it was about", export=False, erase=Erase.KEEP),
    },
    free={
        "surrogate key": ("id", "uid", "at", "line", "rule"),
        "integrity of the row": ("kid", "hmac"),
    },
)
declare_free(Shipment, a_bare_number_and_a_time=("entry", "at"))
declare(
    DeletionOrder,
    purpose="delete the copies in our mailboxes (E-7.1a)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="deletion_orders",
    clauses=("E-7.1a", "E-7.2a"),
    personal={
        "mailbox": Personal("in which of our mailboxes the copy lies", export=False),
        "message_id": Personal("the name of the copy there", export=False),
        "reference": Personal("the reference of the record that was destroyed", export=False),
        "copied_at": Personal("when the copy arrived there", export=False),
    },
    free={
        "surrogate key": ("id", "line"),
        "state of the work": ("created_at", "done_at", "done_by", "method", "is_restricted"),
    },
)
declare_free(
    NecessityReview,
    a_rule_and_a_signature=(
        "id",
        "rule",
        "year",
        "outcome",
        "records",
        "signed_at",
        "signed_by",
    ),
)
