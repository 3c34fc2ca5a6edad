"""The one cookie of a visitor: what was chosen, under which version, with which receipt (E-10b).

An acceptance is signed and carries its receipt. A refusal says ``refused:<version>`` and nothing
else: who refuses is given no identity. A withdrawal that could not be recorded keeps the receipt
of what it ends until it can be; it counts as a refusal from the first moment.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from consent.choice.answers import longest_months, numbers_that_hold, version_in_force
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.site.cookies import cookie_name, is_prefixed
from policies.models import PolicyVersion

# Its own name; `name` says what it is called here.
NAME = "cookie_choice"
SALT = "consent.choice"
REFUSED_PREFIX = "refused:"
PENDING_PREFIX = "withdrawing:"
LIFETIME_TERM = "cookie_choice_lifetime"
DAY_SECONDS = 24 * 60 * 60
# What signing adds to a receipt, a purpose and a version stays far below this.
MAX_LENGTH = 400
# Half a kilobyte each.
MOST_VERIFIED = 4096

_VERSION = re.compile(r"[0-9][0-9.]{0,19}")
_KEPT = "_cookie_choice"


class State(StrEnum):
    """What the pages of a visitor depend on; each value is a page of its own in memory."""

    UNDECIDED = ""
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Choice:
    """What a visitor's cookie says today.

    ``receipt`` names a consent that was given and not withdrawn, whether it still holds or not;
    ``unrecorded``: it was withdrawn, and that is still to be written down.
    """

    state: State = State.UNDECIDED
    version: str = ""
    receipt: UUID | None = None
    purposes: tuple[str, ...] = ()
    on: date | None = None
    unrecorded: bool = False


NOTHING = Choice()


def name() -> str:
    """What the cookie is called: with a prefix over HTTPS, where the bare name is not believed."""
    return cookie_name(NAME)


def choice(request: HttpRequest) -> Choice:
    """The visitor's choice; nothing for a cookie that is forged, too old or asked for again."""
    found = getattr(request, _KEPT, None)
    if found is None:
        value = request.COOKIES.get(name(), "")
        found = _read(value) if value and len(value) <= MAX_LENGTH else NOTHING
        setattr(request, _KEPT, found)
    return found


def sends_gpc(request: HttpRequest) -> bool:
    """Whether the browser sends Global Privacy Control, which counts as a refusal."""
    return request.META.get("HTTP_SEC_GPC") == "1"


def names_consent(request: HttpRequest) -> bool:
    """Whether the cookie holds a consent that was not withdrawn, without asking the database."""
    value = request.COOKIES.get(name(), "")
    return 0 < len(value) <= MAX_LENGTH and _unsigned(value) is not None


def state_of(request: HttpRequest) -> State:
    """The state that counts for a page: the signal is stronger than what was accepted before."""
    return State.REFUSED if sends_gpc(request) else choice(request).state


def page_key(request: HttpRequest) -> str:
    """The choice as a word, for the memory of finished pages."""
    return choice(request).state.value if name() in request.COOKIES else ""


def _read(value: str) -> Choice:
    if value.startswith(REFUSED_PREFIX):
        return _refused(value.removeprefix(REFUSED_PREFIX))
    if value.startswith(PENDING_PREFIX):
        return _pending(value.removeprefix(PENDING_PREFIX))
    return _granted(value)


def _refused(version: str) -> Choice:
    holds = _VERSION.fullmatch(version) and version in numbers_that_hold()
    return Choice(State.REFUSED, version) if holds else NOTHING


def _granted(value: str) -> Choice:
    found = _unsigned(value)
    if found is None:
        return NOTHING
    if found.version in numbers_that_hold() and not _is_over(found):
        return found
    # Asked again; a refusal now is the end of the consent that was given then.
    return Choice(version=found.version, receipt=found.receipt)


def _pending(value: str) -> Choice:
    """Whatever became of the version since: the withdrawal has to be recorded."""
    found = _unsigned(value)
    if found is None:
        return NOTHING
    return Choice(State.REFUSED, found.version, found.receipt, unrecorded=True)


@lru_cache(maxsize=MOST_VERIFIED)
def _unsigned(value: str) -> Choice | None:
    """What a signed value says; kept, because a visitor sends the same with every page."""
    try:
        receipt, purposes, version, day = Signer(salt=SALT).unsign_object(value)
        on = date.fromisoformat(day)
        return Choice(State.GRANTED, version, UUID(receipt), tuple(purposes), on)
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def _is_over(found: Choice) -> bool:
    """Whether the time of an acceptance is over, whatever the browser thinks of its cookie."""
    version = version_in_force()
    if found.on is None or version is None:
        return True
    return _today() >= add_calendar_months(found.on, _months(version))


def granted_value(receipt: UUID, purposes: tuple[str, ...], version: str) -> str:
    """The signed value of an acceptance of today."""
    content = [receipt.hex, list(purposes), version, _today().isoformat()]
    return Signer(salt=SALT).sign_object(content)


def keep_granted(
    request: HttpRequest, response: HttpResponseBase, value: str, version: PolicyVersion
) -> None:
    """Let the browser keep an acceptance, for the term of the version agreed to."""
    _keep(request, response, value, _months(version))


def keep_refused(request: HttpRequest, response: HttpResponseBase, version: PolicyVersion) -> None:
    """Let the browser keep a refusal, so that nobody asks again; it names nobody."""
    _keep(request, response, f"{REFUSED_PREFIX}{version.number}", _months(version))


def keep_pending(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the browser keep which consent it withdrew, until that can be recorded."""
    value = request.COOKIES[name()].removeprefix(PENDING_PREFIX)
    version = version_in_force()
    _keep(request, response, f"{PENDING_PREFIX}{value}", _months(version) if version else 1)


def _keep(request: HttpRequest, response: HttpResponseBase, value: str, months: int) -> None:
    today = _today()
    # Not a day longer than the term, in months of any length.
    days = (add_calendar_months(today, months) - today).days
    response.set_cookie(
        name(),
        value,
        max_age=days * DAY_SECONDS,
        path="/",
        secure=request.is_secure() or is_prefixed(NAME),
        httponly=True,
        samesite="Lax",
    )


def _months(version: PolicyVersion) -> int:
    """How long a choice is kept: what the version promises, and never longer than the schedule."""
    promised = int(version.terms[LIFETIME_TERM])
    most = longest_months()
    return promised if most is None else min(promised, most)


def _today() -> date:
    return timezone.localdate(timezone=BAKU)
