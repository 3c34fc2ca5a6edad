"""The data map in words for the person: what each table and each of its columns is called.

A table or a column that is declared later and has no words here is shown under its own name; a
test fails until somebody finds words for it.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dsar.package.caselabels import CASES
from dsar.package.tablewords import AT, BY_US, FROM_YOU, LANGUAGE, REFERENCE, UNTIL, TableWords

_RECOGNISE = _("To recognise your records in both companies as those of one person")
_WITH_REQUEST = _(
    "As long as the request to which it belongs: %(term)s after the last reply. Where a contract"
    " was concluded, as long as that."
)
_PERSON_KEPT = _("As long as a record of yours is kept; it goes together with the last of them.")
_NUMBER = _("the number under which your records stand")

# In the order in which a person wants to read them.
TABLES: dict[str, TableWords] = {
    "subjects.datasubject": TableWords(
        _("You, as a number"),
        _RECOGNISE,
        BY_US,
        _PERSON_KEPT,
        {
            "id": _NUMBER,
            "created_at": _("known since"),
            "blocked_at": _("blocked since"),
            "suspended_at": _("suspended since, while your objection is decided"),
        },
    ),
    "subjects.subjectidentifier": TableWords(
        _("Your addresses and numbers"),
        _RECOGNISE,
        FROM_YOU,
        _PERSON_KEPT,
        {"kind": _("kind"), "value": _("address or number")},
        is_list=True,
    ),
    "requests_inbox.consultationrequest": TableWords(
        _("Your requests for consultation"),
        _("To answer your request, prepare a proposal and direct it to the right company"),
        FROM_YOU,
        _("For %(term)s after the last reply. Where a contract was concluded, as long as that."),
        {
            "name": _("name and surname"),
            "company": _("company"),
            "project": _("project information"),
            "reference": REFERENCE,
            "service": _("service"),
            "entity": _("company that answers"),
            "language": LANGUAGE,
            "source": _("how it came in"),
            "received_at": _("received"),
            "replied_at": _("last reply sent"),
            "first_replied_at": _("first reply sent"),
            "version": _("policy version that was shown to you"),
            "objected": _("uses that you objected to"),
            "objected_until": _("words for a proposal kept until, after your objection"),
            "contract_start": _("contract since"),
            "contract_end": _("contract until"),
            "destroy_after": UNTIL,
        },
    ),
    "requests_inbox.message": TableWords(
        _("Messages and internal notes"),
        _("To answer your request, prepare a proposal and direct it to the right company"),
        _("You wrote it, or our staff did; internal notes are those of our staff."),
        _WITH_REQUEST,
        {"at": AT, "kind": _("kind"), "channel": _("channel"), "body": _("words")},
    ),
    "requests_inbox.accountingdocument": TableWords(
        _("Accounting documents"),
        _("To keep what the law wants kept with the accounts"),
        _("It is a copy of words of your request or of a message."),
        _("For %(term)s after the last day of the correspondence, because a law asks for it."),
        {
            "title": _("what it is"),
            "text": _("words"),
            "at": _("date of the document"),
            "entity": _("company that keeps it"),
            "reference": REFERENCE,
            "legal_reference": _("law that asks for it"),
            "classed_at": _("kept for the law since"),
            "destroy_after": UNTIL,
        },
    ),
    "requests_inbox.historyentry": TableWords(
        _("What was done with your requests"),
        _("To show who changed what, and when"),
        BY_US,
        _WITH_REQUEST,
        {"at": AT, "event": _("what was done"), "reason": _("reason")},
        is_list=True,
    ),
    "consent.consentevent": TableWords(
        _("Your consents and withdrawals"),
        _("To prove what you agreed to, and when you withdrew it"),
        _("You did it; our system noted it."),
        _("For %(term)s; after your data are deleted it names nobody any more."),
        {
            "subject": _NUMBER,
            "about": _("request"),
            "at": AT,
            "kind": _("kind"),
            "method": _("how"),
            "language": LANGUAGE,
            "text_sha256": _("SHA-256 of the words that were shown to you"),
            "sentence_sha256": _("SHA-256 of the sentence as it stood on your screen"),
            "version": _("policy version"),
            "purposes": _("purposes"),
            "controllers": _("towards whom"),
        },
    ),
    "subjects.objection": TableWords(
        _("Your objections"),
        _("To keep to what you objected to"),
        FROM_YOU,
        _PERSON_KEPT,
        {"purpose": _("what you objected to"), "at": AT},
        is_list=True,
    ),
    "outbox.outboundmail": TableWords(
        _("Mail to you or about your requests"),
        _("To send what your request or your right needs, and nothing else"),
        BY_US,
        _("Address, subject and words until it is sent, the rest for %(term)s."),
        {
            "to_address": _("to"),
            "reply_to": _("replies go to"),
            "subject_line": _("subject of the mail"),
            "body": _("words"),
            "reference": REFERENCE,
            "sent_at": _("sent"),
            "purpose": _("purpose"),
        },
    ),
    "outbox.mailcopy": TableWords(
        _("Copies in our mailboxes"),
        _("To find the copies in our mailboxes, so that they are deleted too"),
        BY_US,
        _WITH_REQUEST,
        {
            "at": _("date"),
            "mailbox": _("mailbox"),
            "reference": REFERENCE,
            "message_id": _("name of the message in the mailbox"),
        },
        is_list=True,
    ),
    "subjects.mailedlink": TableWords(
        _("Links that were mailed to you"),
        _("To let you act by a link that nobody but you was sent"),
        BY_US,
        _PERSON_KEPT,
        {
            "created_at": _("mailed"),
            "used_at": _("used"),
            "record": _("what it is about"),
        },
        is_list=True,
    ),
    "requests_inbox.transfer": TableWords(
        _("Transfers between the companies"),
        _("To show which data went to the other company, and why"),
        BY_US,
        _("For %(term)s; after your data are deleted it names nobody any more."),
        {
            "at": AT,
            "from_entity": pgettext_lazy("company", "from"),
            "to_entity": pgettext_lazy("company", "to"),
            "reason": _("reason"),
            "fields": _("which data"),
            "request": _("request"),
            "subject": _NUMBER,
        },
    ),
    "dsar.disclosure": TableWords(
        _("Disclosures outside the group"),
        _("To show who was told what about you, and by which right"),
        BY_US,
        _("For %(term)s; after your data are deleted it names nobody any more."),
        {
            "at": AT,
            "recipient": _("who asked"),
            "document": _("number of their document"),
            "ground": _("ground"),
            "legal_reference": _("legal reference"),
            "fields": _("which data"),
        },
    ),
    "retention.legalhold": TableWords(
        _("Legal holds"),
        _("To keep what a law obliges us to keep"),
        BY_US,
        _("Until it is released."),
        {
            "target": _("what is kept"),
            "reason": _("reason"),
            "placed_at": _("placed"),
            "released_at": _("released"),
        },
    ),
    **CASES,
    "audit.auditevent": TableWords(
        _("Who saw or changed your records"),
        _("To show who did or saw what"),
        _("Our system notes it."),
        _("Looks at records for %(views)s, the rest for %(term)s; it names nobody."),
        {"at": AT, "actor": _("who"), "action": _("what"), "subject": _NUMBER},
        is_list=True,
    ),
}
# In a list the same number in every line would tell nothing; the other files have it.
IS_OWN_NUMBER = {"audit.auditevent": "subject"}
