from emsar.datamap import Basis, Erase, Personal, declare
from requests_inbox.models import ConsultationRequest, HistoryEntry, Message, Transfer

PURPOSE = "answer the request, prepare a proposal, route to the right company (E-4a to E-4d)"
RECIPIENTS = ("hosting-provider", "email-provider", "technical-support")

declare(
    ConsultationRequest,
    subject="subject",
    purpose=PURPOSE,
    basis=Basis.CONSENT,
    controller="entity",
    recipients=RECIPIENTS,
    term="consultation_retention",
    clauses=("E-3.1a", "E-3.1b", "E-3.1c", "E-3.1d", "E-3.1e", "E-3.1f", "E-3.1g", "E-7.2a"),
    personal={
        "subject": Personal("whose request it is", export=False),
        "contact": Personal("where the reply goes", export=False),
        "phone": Personal("the number, when the request came by phone", export=False),
        "name": Personal("to address the person", correct=True),
        "company": Personal("context, if the person gave it", correct=True),
        "project": Personal("to prepare a proposal", correct=True),
        "search_keys": Personal("keyed hashes of the words of name and company", export=False),
        "reference": Personal("what the person and we call the request"),
        "service": Personal("to route the request"),
        "entity": Personal("which company answers"),
        "language": Personal("the language of the reply", correct=True),
        "source": Personal("how the request came in"),
        "received_at": Personal("when it came in"),
        "replied_at": Personal("when the last reply was sent"),
        "first_replied_at": Personal("when the first reply was sent"),
        "consent": Personal("what was agreed to", export=False, erase=Erase.KEEP),
        "version": Personal("which version of the policy was shown"),
        "destroy_after": Personal("until when it is kept"),
        "assigned_to": Personal("which member of staff works on it", export=False),
        "writing_by": Personal("which member of staff is writing", export=False),
    },
    free={
        "random keys": ("id", "form_nonce"),
        "state of the work": (
            "registered_at", "status", "waiting_since", "reply_due_at", "closed_at",
            "close_reason", "writing_until",
        ),
    },
)
declare(
    Message,
    subject="request__subject",
    purpose=PURPOSE,
    basis=Basis.CONSENT,
    controller="entity",
    recipients=RECIPIENTS,
    term="consultation_retention",
    clauses=("E-3.1a", "E-7.2a", "E-8c"),
    personal={
        "request": Personal("to which request it belongs", export=False),
        "body": Personal("what was written, internal notes included", correct=True),
        "author": Personal("which member of staff wrote or recorded it", export=False),
        "at": Personal("when"),
        "kind": Personal("reply, message received, note or draft"),
        "channel": Personal("by which channel"),
        "mail": Personal("the mail that carried it", export=False),
    },
    free={"surrogate key": ("id",), "state of the work": ("state",)},
)
declare(
    HistoryEntry,
    subject="request__subject",
    purpose="show who changed what, and when (E-8d)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="entity",
    term="consultation_retention",
    clauses=("E-9c",),
    personal={
        "request": Personal("to which request it belongs", export=False),
        "at": Personal("when"),
        "actor": Personal("which member of staff", export=False),
        "event": Personal("what was done"),
        "reason": Personal("why, as a code"),
    },
    free={"surrogate key": ("id",), "state of the work": ("from_status", "to_status")},
)
declare(
    Transfer,
    subject="subject",
    purpose="show which data went to the other company, and why (E-6.1a)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    term="transfers",
    clauses=("E-6.1a",),
    personal={
        "subject": Personal("whose data", erase=Erase.KEEP),
        "request": Personal("of which request", erase=Erase.KEEP),
        "from_entity": Personal("from which company", erase=Erase.KEEP),
        "to_entity": Personal("to which company", erase=Erase.KEEP),
        "at": Personal("when", erase=Erase.KEEP),
        "reason": Personal("why", erase=Erase.KEEP),
        "fields": Personal("which fields", erase=Erase.KEEP),
        "actor": Personal("which member of staff", export=False, erase=Erase.KEEP),
    },
    free={"surrogate key": ("id", "uid"), "integrity of the row": ("kid", "hmac")},
)
