"""The gate before the administration: nobody passes who has not accepted the undertaking (E-9d).

Which version somebody accepted is kept in the session. What still holds is known to the process,
which asks the database at most once a second, so most requests cost no query.
"""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from consent.undertaking.accepting import accepted_by
from emsar.staff.acting import acting_user
from policies.versions import UNDERTAKING, answered_under, in_force

# The number of the version that was accepted.
SESSION_KEY = "undertaking"
# Open to everybody who is logged in: whoever does not accept can read in another language, or go.
OPEN = ("admin:logout", "admin:language")


def passes(request: HttpRequest) -> bool:
    """Whether the member of staff accepted a version that still holds, or there is none to accept.

    Who has accepted in another session is looked up once.
    """
    if _is_open(request):
        return True
    holding = answered_under(UNDERTAKING)
    return not holding or _accepted(request, holding)


def _is_open(request: HttpRequest) -> bool:
    return request.path in {reverse(name) for name in OPEN}


def _accepted(request: HttpRequest, holding: frozenset[str]) -> bool:
    if request.session.get(SESSION_KEY) in holding:
        return True
    event = accepted_by(acting_user(request).pk, holding)
    if event is None:
        return False
    request.session[SESSION_KEY] = event.version
    return True


def mark_accepted(session: SessionBase) -> None:
    """Let a session pass as if its owner had accepted: for tests of other things.

    Writes no evidence and does not save the session; an organisation without an undertaking needs
    no mark.
    """
    version = in_force(UNDERTAKING)
    # What holds is looked up here, so that no page that is opened later is counted a query more.
    if version is not None and version.number in answered_under(UNDERTAKING):
        session[SESSION_KEY] = version.number
