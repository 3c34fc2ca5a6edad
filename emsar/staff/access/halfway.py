"""Between the password and the second factor: known by name, logged in to nothing.

Kept in the browser's session for a few minutes; whoever stands here sees the next step alone.
"""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from emsar.staff.access.factors import factor_of
from emsar.staff.models import User

KEY = "halfway"
# Long enough to install an app and scan its code.
LASTS = timedelta(minutes=20)
CODE, ENROL = "code", "enrol"


def stand(request: HttpRequest, user: User, step: str, onward: str = "") -> None:
    """Remember who gave the right password, and which step comes next."""
    request.session.cycle_key()
    request.session[KEY] = {
        "user": str(user.pk),
        "step": step,
        "onward": onward,
        "until": (timezone.now() + LASTS).timestamp(),
        "hash": _hash(user, step),
    }


def standing(request: HttpRequest, step: str) -> User | None:
    """Who stands before this step; None for nobody, and for who waited too long."""
    state = request.session.get(KEY)
    if not isinstance(state, dict) or state.get("step") != step:
        return None
    if float(state.get("until", 0)) <= timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=UUID(state["user"]), is_active=True).first()
    if user is None or _hash(user, step) != state.get("hash"):
        return None
    return user


def _hash(user: User, step: str) -> str:
    """What ends this: another password; before the enrolment also another invitation, or a
    factor that somebody else has set up."""
    if step == CODE:
        return user.get_session_auth_hash()
    return f"{user.get_session_auth_hash()} {user.invited_at} {factor_of(user) is not None}"


def onward(request: HttpRequest) -> str:
    """The page that was asked for before the login."""
    return str((request.session.get(KEY) or {}).get("onward", ""))


def forget(request: HttpRequest) -> None:
    """Nobody stands here any more."""
    request.session.pop(KEY, None)
