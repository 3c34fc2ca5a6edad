"""Codes of events in words for the person."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

_LOOKED = gettext_lazy("looked at the record")
_ACTIONS: dict[str, Promise] = {
    "request.view": gettext_lazy("looked at your request"),
    "request.registered": gettext_lazy("entered your request"),
    "request.reply": gettext_lazy("wrote a reply"),
    "request.note": gettext_lazy("wrote an internal note"),
    "request.assign": gettext_lazy("gave the request to a colleague"),
    "request.close": gettext_lazy("closed the request"),
    "request.received": gettext_lazy("sent the request by the form"),
    "request.answered_elsewhere": gettext_lazy("noted that you were answered elsewhere"),
    "request.message_received": gettext_lazy("added a message of yours"),
    "request.hand_over": gettext_lazy("passed the request on"),
    "request.contract": gettext_lazy("recorded a contract"),
    "request.contract_end": gettext_lazy("recorded the end of the contract"),
    "request.contract_remove": gettext_lazy("took a recorded contract back"),
    "document.class": gettext_lazy("classed an item as an accounting document"),
    "document.unclass": gettext_lazy("took an accounting document back"),
    "consent.withdraw": gettext_lazy("noted the withdrawal of the consent"),
    "mail.retry": gettext_lazy("had a mail sent again"),
    "mail.view": gettext_lazy("looked at a mail"),
    "subject.view": gettext_lazy("looked at your records"),
    "subject.block": gettext_lazy("blocked your records"),
    "subject.unblock": gettext_lazy("lifted the block"),
    "subject.object": gettext_lazy("noted your objection"),
    "subject.merge": gettext_lazy("put your records together"),
    "hold.place": gettext_lazy("placed a legal hold"),
    "hold.release": gettext_lazy("released a legal hold"),
    "hold.view": gettext_lazy("looked at a legal hold"),
    "hold.target.view": gettext_lazy("looked up a record for a legal hold"),
    "retention.view": gettext_lazy("looked at a record that is to be deleted"),
    "retention.clear": gettext_lazy("let a record be deleted"),
    "case.open": gettext_lazy("opened your request about your data"),
    "case.view": gettext_lazy("looked at your request about your data"),
    "case.join": gettext_lazy("added to your request about your data"),
    "case.reach": gettext_lazy("changed your name or postal address, as you asked"),
    "case.earlier": gettext_lazy("noted that your request was received earlier"),
    "case.claim": gettext_lazy("noted what the data protection officer has to confirm"),
    "case.not_earlier": gettext_lazy("noted that your request was not received earlier"),
    "case.verify": gettext_lazy("noted that your identity was proved"),
    "case.link": gettext_lazy("had a link mailed to you"),
    "case.records": gettext_lazy("looked at the records under your address"),
    "case.choose": gettext_lazy("said which records are yours"),
    "case.choose_subject": gettext_lazy("said whose data a request is about"),
    "case.take_back": gettext_lazy("took the request back"),
    "case.approve": gettext_lazy("approved a deletion"),
    "case.second": gettext_lazy("approved a deletion as the second person"),
    "case.execute": gettext_lazy("carried out a deletion"),
    "case.complete": gettext_lazy("completed the request"),
    "disclosure.enter": gettext_lazy("entered a disclosure"),
    "disclosure.export": gettext_lazy("handed out what was disclosed"),
    "case.release": gettext_lazy("made a copy of your data ready"),
    "case.download": gettext_lazy("fetched a copy of the data"),
    "case.hand_over": gettext_lazy("fetched a copy of the data to hand it over to you"),
    "case.tell": gettext_lazy("told you an answer"),
}
_FIELDS: dict[str, Promise] = {
    "name": pgettext_lazy("name of a person", "name"),
    "email": gettext_lazy("email"),
    "phone": gettext_lazy("phone"),
    "company": gettext_lazy("company"),
    "service": gettext_lazy("service"),
    "project": gettext_lazy("project information"),
    "messages": gettext_lazy("messages and internal notes"),
}


def action_words(code: str) -> str:
    """What an audit event says; a code of a later room that has no words is better than nothing."""
    if code in _ACTIONS:
        return str(_ACTIONS[code])
    if code.endswith(".view"):
        return f"{_LOOKED} ({code})"
    return case_event_words(code.partition(".")[2]) if code.startswith("case.") else code


def case_event_words(code: str) -> str:
    """An event of a case, as its page says it, or else as the officer reads it."""
    # Both tell of releases, which this is a part of.
    from dsar.admin.sentences import SENTENCES
    from dsar.following import EVENTS

    if code in EVENTS:
        return str(EVENTS[code])
    return _(SENTENCES[code]) % {"reason": "—"} if code in SENTENCES else code


def field_words(code: str) -> str:
    """A field that was passed on or told, as people call it."""
    return str(_FIELDS.get(code, code))
