"""What ends in the rooms below this one: mail that was sent, logins, counters."""

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from emsar.audit.models import AuditEvent, Seal
from emsar.datamap.rules import EvidenceRule, Rule, Trigger, govern, govern_evidence
from emsar.outbox.models import OutboundMail, Status
from emsar.retention.models import (
    DeletionOrder,
    DestructionLine,
    LedgerEntry,
    LegalHold,
    NecessityReview,
    Sweep,
)
from emsar.staff.models import KeyedCount, SecurityReview, StaffSession
from emsar.subjects.models import MailedLink

# Address, subject and body of what was sent are emptied when it is sent; what could not be sent
# can be sent again as long as its row is there.
govern(
    Rule(
        "outbox_rows",
        OutboundMail,
        clause="E-3.1c",
        term="outbox_row",
        since="created_at",
        where=Q(status__in=[Status.SENT, Status.FAILED, Status.CANCELLED]),
        title=_("outgoing mail"),
    )
)
govern(
    Rule(
        "sessions",
        Session,
        clause="E-9c",
        term="",
        until="expire_date",
        trigger=Trigger.PURPOSE,
        title=_("browser sessions of staff"),
    )
)
govern(
    Rule(
        "staff_logins",
        StaffSession,
        clause="E-9c",
        term="login_attempts",
        since="seen_at",
        title=_("list of the logins of staff"),
    )
)
govern(
    Rule(
        "counters",
        KeyedCount,
        clause="E-3.2i",
        term="rate_counters",
        since="started_at",
        title=_("counters of attempts"),
    )
)
govern(
    Rule(
        "mailed_links",
        MailedLink,
        clause="E-8g",
        term="",
        until="expires_at",
        where=Q(expires_at__isnull=False),
        trigger=Trigger.PURPOSE,
        title=_("links sent by mail"),
    )
)
govern(
    Rule(
        "deletion_orders",
        DeletionOrder,
        clause="S-5e",
        term="deletion_orders",
        since="done_at",
        where=Q(done_at__isnull=False),
        title=_("deletion orders that are done"),
    )
)

# What was decided and done about retention is kept as long as the certificates that rest on it.
govern(
    Rule(
        "holds",
        LegalHold,
        clause="E-4g",
        term="certificates",
        since="released_at",
        where=Q(released_at__isnull=False),
        title=_("legal holds that were released"),
    )
)
govern(Rule("sweeps", Sweep, clause="S-5e", term="certificates", since="started_at"))
govern(Rule("reviews", NecessityReview, clause="S-5d", term="certificates", since="signed_at"))
govern(
    Rule(
        "security_reviews",
        SecurityReview,
        clause="E-9e",
        term="certificates",
        since="closed_at",
        where=Q(closed_at__isnull=False),
        title=_("security reviews that were closed"),
    )
)

# Views of personal data are events too, and go before the others of their table.
_VIEWS = "action LIKE '%.view' OR action LIKE '%.list' OR action LIKE '%.search'"
govern_evidence(
    EvidenceRule(
        "views",
        AuditEvent,
        clause="E-9c",
        term="views",
        where=_VIEWS,
        record="object_id",
        title=_("views of personal data"),
    )
)
_LOGINS = "action LIKE 'staff.log%'"
govern_evidence(
    EvidenceRule(
        "login_attempts",
        AuditEvent,
        clause="E-9c",
        term="login_attempts",
        where=_LOGINS,
        title=_("logins of staff"),
    )
)
govern_evidence(
    EvidenceRule(
        "audit_events",
        AuditEvent,
        clause="E-9c",
        term="audit_events",
        where=f"NOT ({_VIEWS}) AND NOT ({_LOGINS})",
        record="object_id",
        title=_("audit events"),
    )
)
govern_evidence(EvidenceRule("certificates", DestructionLine, clause="S-5e", term="certificates"))
govern_evidence(EvidenceRule("seals", Seal, clause="S-6b", term="seals"))
# An entry is needed until the oldest backup is gone, and never goes before it has been shipped.
govern_evidence(
    EvidenceRule(
        "ledger",
        LedgerEntry,
        clause="S-5e",
        term="backups",
        where="EXISTS (SELECT FROM public.retention_shipment AS s WHERE s.entry = uid)",
    )
)
