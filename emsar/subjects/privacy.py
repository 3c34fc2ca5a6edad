from emsar.datamap import Basis, Erase, Personal, declare
from emsar.subjects.models import DataSubject, MailedLink, Objection, SubjectIdentifier

PURPOSE = "recognise one person's records across both companies (E-2c)"

declare(
    DataSubject,
    subject="id",
    purpose=PURPOSE,
    basis=Basis.CONSENT,
    controller="both",
    recipients=("hosting",),
    term="consultation_retention",
    clauses=("E-2c", "E-8b"),
    personal={
        "id": Personal("the random UUID under which a person's records stand together"),
        "created_at": Personal("since when we know of the person"),
        "blocked_at": Personal("since when the records are blocked (E-8h)"),
        "suspended_at": Personal("since when an objection is being decided (E-8f)"),
    },
)
declare(
    SubjectIdentifier,
    subject="subject",
    purpose=PURPOSE,
    basis=Basis.CONSENT,
    controller="both",
    recipients=("hosting",),
    term="consultation_retention",
    clauses=("E-3.1c", "E-3.1g"),
    personal={
        "subject": Personal("whose address it is", export=False),
        "kind": Personal("what kind of address it is"),
        "key": Personal("keyed hash by which the address is found", export=False),
        "value": Personal("to send the reply", correct=True),
    },
    free={"surrogate key": ("id",)},
)
declare(
    Objection,
    subject="subject",
    purpose="keep to what the person objected to (E-8f)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="consultation_retention",
    clauses=("E-8f",),
    personal={
        "subject": Personal("who objected", export=False),
        "purpose": Personal("to what"),
        "at": Personal("when"),
    },
    free={"surrogate key": ("id",)},
)
declare(
    MailedLink,
    subject="subject",
    record="record",
    purpose="let the person act on a record by a link that only they were mailed",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="consultation_retention",
    clauses=("E-8g",),
    personal={
        "token_hash": Personal("hash of the mailed token", export=False),
        "subject": Personal("to whom it was mailed", export=False),
        "record": Personal("which record it acts on", erase=Erase.DELETE),
        "created_at": Personal("when it was mailed"),
        "used_at": Personal("when it was used"),
    },
    free={
        "surrogate key": ("id",),
        "codes of ours": ("purpose",),
        "a date of ours": ("expires_at",),
    },
)
