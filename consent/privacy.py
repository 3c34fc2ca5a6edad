from consent.models import ConsentEvent, ConsentText, RefusalCount
from emsar.datamap import Basis, Erase, Personal, declare, declare_free

declare_free(
    ConsentText,
    words_of_ours=(
        "id",
        "uid",
        "at",
        "kid",
        "hmac",
        "sha256",
        "form",
        "language",
        "sentence",
        "details",
    ),
)
declare_free(
    RefusalCount, a_number_of_choices_that_are_nobodys=("id", "day", "version", "language", "count")
)
declare(
    ConsentEvent,
    subject="subject",
    purpose="prove what the person agreed to, and when it was withdrawn (E-1l, E-5a)",
    basis=Basis.LEGAL_OBLIGATION,
    controller="both",
    recipients=("hosting",),
    term="consent_events",
    clauses=("E-1l", "E-5a", "E-8g", "E-9d", "E-10a"),
    personal={
        "subject": Personal(
            "who agreed, a visitor or a colleague; a UUID without meaning after erasure",
            erase=Erase.KEEP,
        ),
        "about": Personal("with which request", erase=Erase.KEEP),
        "at": Personal("when", erase=Erase.KEEP),
        "kind": Personal("given or withdrawn", erase=Erase.KEEP),
        "method": Personal("by which act", erase=Erase.KEEP),
        "language": Personal("in which language", erase=Erase.KEEP),
        "text_sha256": Personal("to which words", erase=Erase.KEEP),
        "sentence_sha256": Personal("to which sentence on the screen", erase=Erase.KEEP),
        "withdraws": Personal("which consent a withdrawal ends", erase=Erase.KEEP, export=False),
        "version": Personal("under which version of the policy", erase=Erase.KEEP),
        "purposes": Personal("for which purposes", erase=Erase.KEEP),
        "controllers": Personal("towards whom", erase=Erase.KEEP),
    },
    free={
        "surrogate key": ("id", "uid"),
        "integrity of the row": ("kid", "hmac"),
        "names of a form and a document": ("form", "policy"),
    },
)
