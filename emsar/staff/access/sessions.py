"""Open logins: begun with both factors, ended by hand, by time, or when access changes."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from emsar.audit import record
from emsar.staff.access.browsers import kind_of_browser
from emsar.staff.models import StaffSession, User

KEY = "staff_session"
BACKEND = "django.contrib.auth.backends.ModelBackend"
# How exactly the last use is kept; each writing costs a statement.
SEEN_EVERY = timedelta(minutes=1)
End = StaffSession.End


def begin(request: HttpRequest, user: User) -> StaffSession:
    """Log somebody in who has given both factors; an audit event."""
    login(request, user, backend=BACKEND)
    opened = open_in(request.session, user, request.headers.get("User-Agent", ""))
    request.staff_session = opened  # type: ignore[attr-defined]
    record("staff.login", actor=user.pk, obj=user)
    return opened


def open_in(session: object, user: User, user_agent: str = "") -> StaffSession:
    """Write the login down and into the browser's session."""
    if not session.session_key:  # type: ignore[attr-defined]
        session.create()  # type: ignore[attr-defined]
    opened = StaffSession.objects.create(
        user=user,
        key=session.session_key,  # type: ignore[attr-defined]
        program=kind_of_browser(user_agent) or None,
    )
    session[KEY] = str(opened.pk)  # type: ignore[index]
    return opened


def current(request: HttpRequest) -> StaffSession | None:
    """The open login of a request, as the middleware found it."""
    return getattr(request, "staff_session", None)


def find(request: HttpRequest) -> StaffSession | None:
    """The login that the browser's session names, open or ended; None when it names none."""
    try:
        pk = UUID(str(request.session.get(KEY, "")))
    except ValueError:
        return None
    found = StaffSession.objects.filter(pk=pk).first()
    return found if found is not None and found.user_id == request.user.pk else None


def over(session: StaffSession, now: datetime) -> str:
    """Why a login is over: it was ended, idle for too long or open for too long; or empty."""
    if session.ended_at is not None:
        return session.end
    if now - session.seen_at >= timedelta(minutes=settings.STAFF_IDLE_MINUTES):
        return End.IDLE
    if now - session.started_at >= timedelta(hours=settings.STAFF_SESSION_HOURS):
        return End.LIMIT
    return ""


def seen(session: StaffSession, now: datetime) -> None:
    """Note that a login is in use, to the minute."""
    if now - session.seen_at >= SEEN_EVERY:
        StaffSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(seen_at=now)
        session.seen_at = now


def leave(request: HttpRequest, reason: str) -> None:
    """End the login of this request and forget the browser's session."""
    if (session := current(request)) is not None:
        end(session, reason)
    logout(request)
    request.staff_session = None  # type: ignore[attr-defined]


def end(session: StaffSession, reason: str) -> bool:
    """End a login wherever it is open; False when it was over already."""
    still_open = StaffSession.objects.filter(pk=session.pk, ended_at__isnull=True)
    ended = still_open.update(ended_at=timezone.now(), end=reason) == 1
    Session.objects.filter(session_key=session.key).delete()
    return ended


def end_all(user: User, reason: str, *, but: StaffSession | None = None) -> int:
    """End the logins of somebody at once, all but one if that is named; how many."""
    others = StaffSession.objects.filter(user=user, ended_at__isnull=True)
    if but is not None:
        others = others.exclude(pk=but.pk)
    return sum(end(session, reason) for session in others)


def open_of(user: User) -> list[StaffSession]:
    """The open logins of somebody, the latest first."""
    now = timezone.now()
    rows = StaffSession.objects.filter(user=user, ended_at__isnull=True).order_by("-seen_at")
    return [session for session in rows if not over(session, now)]
