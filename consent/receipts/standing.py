"""How a consent stands today: in force, withdrawn, over by its term, or asked for again."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from consent.models import ConsentEvent
from consent.notices import COOKIE_CHOICE
from emsar.entities.businessdays import BAKU, add_calendar_months
from policies.models import PolicyVersion
from policies.versions import COOKIES, answered_under, term_for

CHOICE_TERM = "cookie_choice_lifetime"


class State(StrEnum):
    """What a receipt says first."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    OVER = "over"
    ASKED_AGAIN = "asked_again"


@dataclass(frozen=True)
class Standing:
    """The state, and the day of Asia/Baku on which a choice about cookies ends by itself.

    ``ends`` is None for a form: its consent lasts as long as the request is kept, which only the
    register of requests knows.
    """

    state: State
    since: datetime | None = None
    ends: date | None = None


def standing_of(
    event: ConsentEvent, withdrawn: ConsentEvent | None, version: PolicyVersion | None
) -> Standing:
    """``event`` says to what was agreed, and when."""
    if withdrawn is not None:
        return Standing(State.WITHDRAWN, since=withdrawn.at)
    if event.form != COOKIE_CHOICE:
        return Standing(State.IN_FORCE)
    ends = _end_of_choice(event, version)
    if ends is not None and timezone.localdate(timezone=BAKU) >= ends:
        return Standing(State.OVER, ends=ends)
    if event.version not in answered_under(COOKIES):
        return Standing(State.ASKED_AGAIN)
    return Standing(State.IN_FORCE, ends=ends)


def _end_of_choice(event: ConsentEvent, version: PolicyVersion | None) -> date | None:
    try:
        months = term_for(CHOICE_TERM, version)
    except LookupError:
        return None
    return add_calendar_months(timezone.localdate(event.at, BAKU), months)
