"""A case as its person reads it: where it stands, both dates explained, and what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar.grounds import Ground
from dsar.models import Case, CaseEvent, CaseMessage, Kind, Outcome, Status
from dsar.models.kinds import RELEASING_KINDS
from dsar.plainwords import title_of
from dsar.reckoning import promise_explained, statutory_explained
from dsar.services.releases import Left, left
from dsar.services.sharing import needs_choice
from emsar.datamap.crypto import is_unreadable

_Words = str | Promise

# What a person reads of what happened; an event of ours that has no words here stays with us.
EVENTS: dict[str, _Words] = {
    "received": _("We received your request."),
    "asked_again": _("You asked for the same again; it is one request."),
    "received_earlier": _("We had received it earlier: both dates start then."),
    "reach_changed": _("Your name or postal address was changed, as you proved who you are."),
    "verified": _("It was proved that it is you who asks."),
    "paused": _("We asked you a question. The term of the law rests."),
    "resumed": _("The term of the law runs again."),
    "extended": _("The term of the law was extended."),
    "chosen": _("It was settled which records are yours."),
    "names_found": _(
        "Another name has been used with your address, so it is settled first which records are "
        "yours."
    ),
    "approval_void": _("The approval of the deletion no longer counts."),
    "suspended": _("Your data are not used until your request is decided."),
    "message_written": _("The data protection officer wrote to you."),
    "message_received": _("You wrote to the data protection officer."),
    "proposed": _("A correction was proposed."),
    "corrected": _("A value was corrected everywhere."),
    "not_corrected": _("A proposed correction was not made."),
    "agreed": _("You approved a correction."),
    "disagreed": _("You said that a proposed value is wrong."),
    "address_to_confirm": _("We mailed a link to your new address, to be confirmed there."),
    "all_corrected": _("Everything that was proposed is corrected."),
    "approved": _("The deletion was approved."),
    "executed": _("It was carried out, and is being checked."),
    "release": _("Your copy can be fetched."),
    "consents_withdrawn": _("Your consent was withdrawn."),
    "objected": _("Your objection was noted."),
    "blocked": _("Your data were blocked."),
    "unblocked": _("The block ended."),
    "answered": _("We answered."),
    "refused": _("We refused, and told you why."),
    "taken_back": _("You took the request back."),
    "joined": _("It is one request with an earlier one of yours."),
}
STATES: dict[str, _Words] = {
    Status.UNVERIFIED: _("waits for your confirmation"),
    Status.OPEN: _("is being worked on"),
    Status.APPROVED: _("is being carried out"),
    Status.EXECUTED: _("was carried out, and is being checked"),
}
ENDS: dict[str, _Words] = {
    Outcome.FULFILLED: _("done"),
    Outcome.PARTLY: _("done in part"),
    Outcome.NOTHING_HELD: _("done: we hold nothing else about you"),
    Outcome.REFUSED: _("refused"),
    Outcome.UNVERIFIED: _("closed: it was never confirmed"),
    Outcome.WITHDRAWN: _("taken back"),
    Outcome.JOINED: _("goes on in another request"),
}
ASKED: _Words = _("waits for your answer")
# What comes next, and whose turn it is, while the officer has a case in hand.
_ANSWERED = _("The data protection officer reads your request, and answers you here and by mail.")
_DELETED = _(
    "The data protection officer looks at what can be deleted. If nobody decides in time, the "
    "system deletes it by itself before the promised day is over."
)
NEXT: dict[str, _Words] = {
    Kind.CORRECTION: _(
        "Propose the right value. The data protection officer checks it, and then it is changed "
        "everywhere."
    ),
    Kind.DELETION: _DELETED,
    Kind.CHILD: _DELETED,
    Kind.OBJECTION: _(
        "Your data are not used meanwhile. The data protection officer settles which uses you "
        "object to, and tells you what is deleted and by when."
    ),
    Kind.BLOCKING: _(
        "Your data are blocked already. The data protection officer reads whether you want the "
        "block to end, and answers you."
    ),
}
_QUESTION = _("We have asked you a question. Please answer it with a message on this page.")
_SHARED = _(
    "Several people have written from your address. The data protection officer first settles "
    "which records are yours."
)
_ABOUT_WHOM = _(
    "The data protection officer first looks for the data that this is about, and may ask you for "
    "more on this page."
)
_GONE = _("This copy cannot be fetched any more. You can ask for a new one at any time.")
# With these ends somebody may disagree and complain (E-8i).
ANSWERED = (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NOTHING_HELD, Outcome.REFUSED)


@dataclass(frozen=True)
class Step:
    at: datetime
    words: str


@dataclass(frozen=True)
class Deadline:
    """A last day in words with its arithmetic, one step a line; ``day`` None while it rests."""

    name: str
    day: date | None
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """A message; ``is_mine``: from the person."""

    at: datetime
    is_mine: bool
    body: str


@dataclass(frozen=True)
class Followed:
    """One case for its page; ``next`` is what comes next, empty when nothing is to be said."""

    reference: str
    title: str
    state: str
    next: str
    received: datetime
    is_running: bool
    is_answered: bool
    waits: bool
    deadlines: tuple[Deadline, ...]
    copy: Left | None


def followed(case: Case) -> Followed:
    """A case in the active language."""
    return Followed(
        reference=case.reference,
        title=title_of(case.kind),
        state=str(_state(case)),
        next=str(_next(case)),
        received=case.received_at,
        is_running=case.is_running,
        is_answered=case.outcome in ANSWERED,
        waits=case.status == Status.UNVERIFIED,
        deadlines=tuple(_deadlines(case)) if case.is_running else (),
        copy=left(case),
    )


def _state(case: Case) -> _Words:
    if not case.is_running:
        return ENDS[case.outcome]
    return ASKED if case.paused_since and case.verified_at else STATES[case.status]


def _next(case: Case) -> _Words:
    """Whose turn it is; what a template says itself is left out here."""
    if not case.is_running:
        return _GONE if case.kind in RELEASING_KINDS and _was_released(case) else ""
    if case.status != Status.OPEN:
        return ""
    if case.paused_since is not None:
        return _QUESTION
    if needs_choice(case):
        return _SHARED if case.subject else _ABOUT_WHOM
    return NEXT.get(case.kind, _ANSWERED)


def _was_released(case: Case) -> bool:
    """Whether there was a copy and it is used up, or its days are over."""
    return case.outcome in (Outcome.FULFILLED, Outcome.NOTHING_HELD) and left(case) is None


def ground_of(case: Case) -> str:
    """Why a case was refused, in words of the active language; empty for one that was not."""
    if case.outcome != Outcome.REFUSED:
        return ""
    refusals = CaseEvent.objects.filter(case=case, event="refused").order_by("-id")
    code = refusals.values_list("reason", flat=True).first()
    return str(Ground(code).label) if code in Ground.values else ""


def steps(case: Case) -> list[Step]:
    """What happened, the newest first."""
    events = CaseEvent.objects.filter(case=case, event__in=list(EVENTS)).order_by("-id")
    return [Step(event.at, str(EVENTS[event.event])) for event in events]


def notes(case: Case) -> list[Note]:
    """The messages, oldest first; notes of ours are in the copy of the data, not here."""
    rows = CaseMessage.objects.filter(file__case=case).exclude(direction=CaseMessage.Direction.NOTE)
    mine = CaseMessage.Direction.FROM_PERSON
    return [
        Note(row.at, row.direction == mine, "" if is_unreadable(row.body) else row.body or "")
        for row in rows
    ]


def _deadlines(case: Case) -> Iterator[Deadline]:
    """Both dates (E-8k); the law's is left out while that clock is switched off."""
    promised = promise_explained(case)
    yield Deadline(gettext("We promise our answer by"), promised.day, promised.steps)
    by_law = statutory_explained(case)
    if by_law is not None:
        name = gettext("The law wants it by") if by_law.day else gettext("The term of the law")
        yield Deadline(name, by_law.day, by_law.steps)
