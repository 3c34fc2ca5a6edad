"""What happened to a request, in plain words and with the names of staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from emsar.entities.registry import registry
from emsar.entities.wording import day_text
from emsar.site.languages import active_language
from emsar.staff.models import User
from emsar.subjects.models import Objection
from requests_inbox.models import (
    CloseReason,
    ConsultationRequest,
    HistoryEntry,
    Source,
    Status,
    Transfer,
    TransferReason,
    UnclassReason,
)

SENTENCES = {
    "received": gettext_noop("The request came in by the form."),
    "registered": gettext_noop("Registered by hand; it came by %(reason)s."),
    "in_review": gettext_noop("Taken into review."),
    "assigned": gettext_noop("Given to %(reason)s."),
    "unassigned": gettext_noop("Nobody works on it any more."),
    "reply_written": gettext_noop("A reply was written."),
    "replied": gettext_noop("The mail server accepted the reply."),
    "reply_failed": gettext_noop("The reply could not be delivered."),
    "reply_queued_again": gettext_noop("The reply is being sent again."),
    "answered_elsewhere": gettext_noop("Answered elsewhere."),
    "message_received": gettext_noop("A message of the person was added."),
    "closed": gettext_noop("Closed: %(reason)s."),
    "handed_over": gettext_noop("Handed over: %(reason)s."),
    "consent_withdrawn": gettext_noop("The person withdrew the consent; processing stopped."),
    "objected": gettext_noop("The person objected: %(reason)s."),
    "stopped": gettext_noop("Processing stopped by the objection."),
    "corrected": gettext_noop("Corrected at the person's request: %(reason)s."),
    "contract_recorded": gettext_noop("A contract was recorded: since %(reason)s"),
    "contract_ended": gettext_noop("End of the contract: %(reason)s"),
    "contract_goes_on": gettext_noop("The contract goes on."),
    "contract_removed": gettext_noop("The contract was recorded by mistake and taken back."),
    "document_classed": gettext_noop("An item was classed as an accounting document."),
    "document_unclassed": gettext_noop("An accounting document was taken back: %(reason)s."),
}
_LABELS = {
    **dict(CloseReason.choices),
    **dict(TransferReason.choices),
    **dict(Source.choices),
    **dict(UnclassReason.choices),
    **dict(Objection.Purpose.choices),
}


@dataclass(frozen=True)
class Line:
    """One line of the history; ``change`` says from which status to which, if it changed."""

    at: datetime
    who: str
    text: str
    change: str


@dataclass(frozen=True)
class Passage:
    """A transfer to another company (E-6.1a)."""

    at: datetime
    who: str
    way: str
    reason: str
    fields: str
    intact: bool


def history(request: ConsultationRequest) -> list[Line]:
    """The history, oldest first."""
    rows = list(request.history.all())
    named = _names([*(row.actor for row in rows), *(_uuid(row.reason) for row in rows)])
    return [_line(row, named) for row in rows]


def transfers(request: ConsultationRequest) -> list[Passage]:
    """The transfers of a request between companies, oldest first."""
    rows = list(Transfer.objects.filter(request=request.pk).order_by("id"))
    named = _names(row.actor for row in rows)
    return [_passage(row, named) for row in rows]


def _line(row: HistoryEntry, named: dict[UUID, str]) -> Line:
    reason = named.get(_uuid(row.reason) or UUID(int=0)) or reason_words(row.reason)
    # An event of a later room has no sentence here: its code is better than nothing.
    text = _(SENTENCES.get(row.event, row.event)) % {"reason": reason}
    change = ""
    if row.from_status and row.from_status != row.to_status:
        change = f"{Status(row.from_status).label} → {Status(row.to_status).label}"
    return Line(row.at, _who(row.actor, named), text, change)


def reason_words(code: str) -> str:
    """A code in words, and a day as people write it."""
    try:
        return day_text(date.fromisoformat(code))
    except ValueError:
        return str(_LABELS[code]) if code in _LABELS else field_words([code])[0]


def _passage(row: Transfer, named: dict[UUID, str]) -> Passage:
    return Passage(
        at=row.at,
        who=_who(row.actor, named),
        way=f"{company_name(row.from_entity)} → {company_name(row.to_entity)}",
        reason=row.get_reason_display(),
        fields=", ".join(field_words(row.fields)),
        intact=row.intact(),
    )


def company_name(slug: str) -> str:
    """The company in the active language; a slug that is gone stays what it is."""
    if not slug:
        return _("no company")
    try:
        return registry().entity(slug).name.get(active_language())
    except LookupError:
        return slug


def field_words(fields: Iterable[str]) -> list[str]:
    """The fields that are passed on, as people call them."""
    known = {
        "name": pgettext("name of a person", "name"),
        "email": _("email"),
        "phone": _("phone"),
        "company": _("company"),
        "service": _("service"),
        "project": _("project information"),
        "messages": _("messages and internal notes"),
        "language": _("language"),
        "contract_start": _("contract since"),
        "contract_end": _("contract until"),
        "body": _("message"),
        "title": _("what it is"),
        "text": _("words"),
    }
    return [known.get(name, name) for name in fields]


def _who(actor: UUID | None, named: dict[UUID, str]) -> str:
    return named.get(actor, "—") if actor else ""


def _names(found: Iterable[UUID | None]) -> dict[UUID, str]:
    ids = {number for number in found if number}
    users = User.objects.filter(pk__in=ids) if ids else []
    return {user.pk: user.get_full_name() for user in users}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
