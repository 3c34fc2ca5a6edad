from emsar.audit.models import AuditEvent, Heartbeat, Seal
from emsar.datamap import Basis, Erase, Personal, declare, declare_free

declare(
    AuditEvent,
    subject="subject",
    purpose="show who did or saw what (E-9c)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="audit_events",
    clauses=("E-9c", "S-6b"),
    personal={
        "subject": Personal("whose data it was about", erase=Erase.KEEP),
        "actor": Personal("which member of staff acted", erase=Erase.KEEP),
        "at": Personal("when", erase=Erase.KEEP),
        "action": Personal("what was done or seen", erase=Erase.KEEP),
    },
    free={
        "surrogate key": ("id", "uid"),
        "integrity of the row": ("kid", "hmac"),
        "codes and UUIDs of our own": ("object_type", "object_id", "detail"),
    },
)
declare_free(
    Seal,
    digests_and_row_numbers=("id", "at", "spans", "previous", "kid", "digest"),
)
declare_free(Heartbeat, scheduled_jobs_of_ours=("job", "at", "note"))
