"""The requests of persons about their data in words for them: cases, files, answers, copies."""

from django.utils.translation import gettext_lazy as _

from dsar.package.tablewords import (
    AT,
    BY_US,
    FROM_YOU,
    LANGUAGE,
    REFERENCE,
    RIGHTS,
    UNTIL,
    TableWords,
)

_CASE_KEPT = _("For %(term)s after the end of your request about your data.")

# In the order in which a person wants to read them.
CASES: dict[str, TableWords] = {
    "dsar.case": TableWords(
        _("Your requests about your data"),
        RIGHTS,
        FROM_YOU,
        _("These dates for %(term)s after its end; they name nobody."),
        {
            "reference": REFERENCE,
            "kind": _("what was asked for"),
            "channel": _("how it came in"),
            "language": LANGUAGE,
            "status": _("status"),
            "outcome": _("outcome"),
            "received_at": _("received"),
            "said_at": _("said to have been received"),
            "verified_at": _("identity proved"),
            "promise_due": _("promised until"),
            "statutory_due": _("due by law"),
            "extended_at": _("extended"),
            "executed_at": _("carried out"),
            "closed_at": _("completed"),
            "destroy_after": UNTIL,
        },
    ),
    "dsar.casefile": TableWords(
        _("Files of your requests about your data"),
        RIGHTS,
        _("You gave it to us; how identity was proved was noted by our staff or our system."),
        _CASE_KEPT,
        {
            "name": _("name and surname"),
            "postal": _("postal address"),
            "details": _("in your words"),
            "proof": _("identity proved by"),
            "proof_note": _("what was seen"),
            "destroy_after": UNTIL,
        },
    ),
    "dsar.casemessage": TableWords(
        _("Messages and notes about your data"),
        RIGHTS,
        _("You wrote it, or our staff did; internal notes are those of our staff."),
        _CASE_KEPT,
        {"at": AT, "direction": _("kind"), "body": _("words")},
    ),
    "dsar.telling": TableWords(
        _("Answers told by letter, by phone or in person"),
        RIGHTS,
        BY_US,
        _CASE_KEPT,
        {
            "addressee": _("to whom"),
            "words": _("words"),
            "at": AT,
            "told_at": _("told"),
            "means": _("how"),
        },
    ),
    "dsar.proposal": TableWords(
        _("Proposed corrections"),
        _("To correct what is wrong"),
        FROM_YOU,
        _CASE_KEPT,
        {
            "column": _("what is to be corrected"),
            "value": _("right value"),
            "state": _("status"),
            "at": _("proposed"),
            "decided_at": _("decided"),
        },
    ),
    "dsar.caseevent": TableWords(
        _("What was done with your requests about your data"),
        _("To show who did what, and when"),
        BY_US,
        _("For %(term)s after the end of your request; it names nobody."),
        {"at": AT, "event": _("what was done"), "reason": _("reason")},
        is_list=True,
    ),
    "dsar.release": TableWords(
        _("Copies like this one"),
        _("To hand out a copy of your data to nobody but you"),
        BY_US,
        _("For %(term)s after the end of your request; it names nobody."),
        {
            "released_at": _("ready since"),
            "expires_at": _("can be fetched until"),
            "downloads": _("times fetched before"),
            "sha256": _("SHA-256 of the last one"),
            "counts": _("rows a table in it"),
        },
    ),
}
