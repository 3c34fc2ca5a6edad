from emsar.datamap import Basis, Erase, Personal, declare
from emsar.outbox.models import MailCopy, OutboundMail

declare(
    OutboundMail,
    subject="subject",
    record="about",
    purpose="send what a request or a right needs, and nothing else (E-3.1c)",
    basis=Basis.CONSENT,
    controller="both",
    recipients=("hosting", "email"),
    term="outbox_row",
    clauses=("E-3.1c", "E-4h"),
    personal={
        "subject": Personal("whom it concerns", export=False),
        "to_address": Personal("where it goes; emptied after sending", erase=Erase.BLANK),
        "reply_to": Personal("whom to answer; emptied after sending", erase=Erase.BLANK),
        "subject_line": Personal("what it is about; emptied after sending", erase=Erase.BLANK),
        "body": Personal("what it says; emptied after sending", erase=Erase.BLANK),
        "about": Personal("which record it reports", export=False),
        "reference": Personal("the reference of that record"),
        "sent_at": Personal("when it was sent"),
        "purpose": Personal("why it was sent"),
    },
    free={
        "surrogate key": ("id", "key", "message_id"),
        "addresses of our own": ("mailbox", "copy_in"),
        "the name of a text of ours": ("enclosure",),
        "state of the queue": (
            "language",
            "automatic",
            "status",
            "attempts",
            "created_at",
            "due_at",
            "last_error",
        ),
    },
)
declare(
    MailCopy,
    subject="about",
    record="about",
    purpose="find and delete the copies in our mailboxes, sent ones included (E-7.1a)",
    basis=Basis.CONSENT,
    controller="both",
    recipients=("hosting", "email"),
    term="consultation_retention",
    clauses=("E-7.1a", "E-7.2a"),
    personal={
        "about": Personal("which record it is a copy of", export=False),
        "message_id": Personal("the name of the copy in the mailbox"),
        "reference": Personal("the reference of the record"),
        "mailbox": Personal("in which of our mailboxes it lies, sent mail included"),
        "at": Personal("when the mail was sent"),
    },
    free={"surrogate key": ("id",)},
)
