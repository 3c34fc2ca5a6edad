"""The thread of a request: what the person wrote, what staff answered, and what they noted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from emsar.outbox.models import OutboundMail
from emsar.outbox.models import Status as MailStatus
from emsar.staff.models import User
from emsar.staff.viewing import short_moment
from emsar.subjects.models import Objection
from requests_inbox.admin.words import Wording
from requests_inbox.models import ConsultationRequest, Message, Source


@dataclass(frozen=True)
class Entry:
    """One entry; ``side`` is "in", "out" or "note", ``again`` the message that can be resent."""

    side: str
    who: str
    how: str
    at: datetime
    body: str
    state: Wording | None = None
    detail: str = ""
    again: Message | None = None


def thread(request: ConsultationRequest) -> list[Entry]:
    """The request itself, then its messages in the order of their times; drafts are private."""
    messages = request.messages.exclude(kind=Message.Kind.DRAFT).select_related("author", "mail")
    return [_first(request), *entries(request, messages)]


def entries(request: ConsultationRequest, messages: Iterable[Message]) -> list[Entry]:
    """Messages of a request as entries of its thread."""
    return [_entry(request, message) for message in messages]


def draft_of(request: ConsultationRequest, user: User) -> Message | None:
    """What this colleague has written so far."""
    return request.messages.filter(kind=Message.Kind.DRAFT, author=user).first()


def _first(request: ConsultationRequest) -> Entry:
    how = _("by the form") if request.source == Source.FORM else _by(request.get_source_display())
    return Entry("in", request.name or "", how, request.received_at, _first_words(request))


def _first_words(request: ConsultationRequest) -> str:
    """What the request says; nothing of it after an objection to preparing a proposal (E-8f)."""
    if Objection.Purpose.PROPOSAL in request.objected and not request.has_contract:
        return _("Not shown: the person objected to the use of these words.")
    return request.project or ""


def _by(channel: str) -> str:
    return _("by %(channel)s") % {"channel": channel}


def _entry(request: ConsultationRequest, message: Message) -> Entry:
    if message.kind == Message.Kind.NOTE:
        return Entry("note", _author(message), "", message.at, message.body or "")
    channel = _by(message.get_channel_display())
    if message.kind == Message.Kind.INCOMING:
        how = _("%(by)s, recorded by %(name)s") % {"by": channel, "name": _author(message)}
        return Entry("in", request.name or "", how, message.at, message.body or "")
    return _outgoing(message, channel)


def _outgoing(message: Message, channel: str) -> Entry:
    state, detail = _state(message)
    failed = message.mail is not None and message.mail.status == MailStatus.FAILED
    return Entry(
        side="out",
        who=_author(message),
        how=channel,
        at=message.at,
        body=message.body or "",
        state=state,
        detail=detail,
        again=message if failed else None,
    )


def _author(message: Message) -> str:
    return message.author.get_full_name() if message.author else "—"


def _state(message: Message) -> tuple[Wording, str]:
    """What became of the mail, and why; an answer given elsewhere was only recorded."""
    mail = message.mail
    if message.state == Message.State.RECORDED:
        return Wording(_("given elsewhere, recorded here"), "quiet"), ""
    if message.state == Message.State.SENT:
        return Wording(_("accepted by the mail server"), "done"), ""
    if mail is not None and mail.status == MailStatus.CANCELLED:
        return Wording(_("not sent: processing has stopped"), "quiet"), ""
    if message.state == Message.State.FAILED:
        return Wording(_("not delivered"), "overdue"), mail.last_error if mail else ""
    return Wording(_("being sent"), "today"), "; ".join(_tries(mail)) if mail else ""


def _tries(mail: OutboundMail) -> Iterator[str]:
    """Why a mail is still waiting, if it was tried before."""
    if mail.last_error:
        yield _("attempts so far: %(count)d") % {"count": mail.attempts}
        yield mail.last_error
        yield _("next attempt %(moment)s") % {"moment": short_moment(mail.due_at)}
