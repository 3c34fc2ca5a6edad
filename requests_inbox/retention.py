"""When a request goes: by the policy's term, by withdrawal, or sooner where it is spam (E-7.2).

That of a customer stays while the contract lasts, accounting documents longer (E-7.2b, E-7.2c).
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models import ConsentEvent
from emsar.datamap.rules import (
    EvidenceRule,
    Rule,
    Source,
    Trigger,
    Waits,
    govern,
    govern_evidence,
)
from emsar.retention.checks import LATE_ROWS
from requests_inbox.models import (
    AccountingDocument,
    CloseReason,
    ConsultationRequest,
    Status,
    Transfer,
)
from requests_inbox.services.lateness import late_documents, late_requests

# A contract that is recorded wins over everything else (E-5b, E-8g).
CUSTOMER = Q(contract_start__isnull=False)
WITHDRAWN = Q(status=Status.WITHDRAWN)
OBJECTED = Q(status=Status.OBJECTED)
UNWANTED = Q(close_reason__in=[CloseReason.SPAM, CloseReason.DUPLICATE])
UNANSWERED = Q(replied_at__isnull=True, closed_at__isnull=True)

govern(
    Rule(
        "consultation",
        ConsultationRequest,
        clause="E-7.2a",
        term="consultation_retention",
        source=Source.POLICY,
        last_day="destroy_after",
        where=~CUSTOMER & ~WITHDRAWN & ~OBJECTED & ~UNWANTED,
        # One that nobody answered is shown to the officer first (decision E-7.2a).
        waits=Waits(UNANSWERED, "unanswered_wait"),
        title=_("requests for consultation"),
    )
)
govern(
    Rule(
        "customer",
        ConsultationRequest,
        clause="E-7.2b",
        term="consultation_retention",
        source=Source.POLICY,
        last_day="destroy_after",
        where=CUSTOMER,
        title=_("requests of customers with a contract"),
    )
)
govern(
    Rule(
        "accounting_documents",
        AccountingDocument,
        clause="E-7.2c",
        term="accounting_retention",
        source=Source.POLICY,
        last_day="destroy_after",
    )
)
govern(
    Rule(
        "withdrawn",
        ConsultationRequest,
        clause="E-8g",
        term="erasure_deadline",
        source=Source.POLICY,
        last_day="destroy_after",
        where=~CUSTOMER & WITHDRAWN,
        trigger=Trigger.PURPOSE,
        title=_("requests whose consent was withdrawn"),
    )
)
govern(
    Rule(
        "objected",
        ConsultationRequest,
        clause="E-8f",
        term="erasure_deadline",
        source=Source.POLICY,
        last_day="destroy_after",
        where=~CUSTOMER & OBJECTED,
        trigger=Trigger.PURPOSE,
        title=_("requests to whose answering the person objected"),
    )
)
govern(
    Rule(
        "objected_proposals",
        ConsultationRequest,
        clause="E-8f",
        term="erasure_deadline",
        source=Source.POLICY,
        last_day="objected_until",
        where=~CUSTOMER & Q(objected_until__isnull=False),
        trigger=Trigger.PURPOSE,
        empties={"project": None, "objected_until": None},
        title=_("words for a proposal to which the person objected"),
    )
)
govern(
    Rule(
        "spam",
        ConsultationRequest,
        clause="S-5c",
        term="spam",
        last_day="destroy_after",
        where=~CUSTOMER & ~WITHDRAWN & ~OBJECTED & UNWANTED,
        trigger=Trigger.PURPOSE,
        title=_("spam and duplicates"),
    )
)
govern(
    Rule(
        "nonces",
        ConsultationRequest,
        clause="E-3.1h",
        term="nonces",
        since="registered_at",
        where=Q(form_nonce__isnull=False),
        trigger=Trigger.PURPOSE,
        empties={"form_nonce": None},
        title=_("one-time numbers of the form"),
    )
)
govern_evidence(
    EvidenceRule("consents", ConsentEvent, clause="E-1l", term="consent_events", record="about")
)
govern_evidence(
    EvidenceRule("transfers", Transfer, clause="E-6.1a", term="transfers", record="request")
)
LATE_ROWS.append((ConsultationRequest._meta.label, late_requests))
LATE_ROWS.append((AccountingDocument._meta.label, late_documents))
