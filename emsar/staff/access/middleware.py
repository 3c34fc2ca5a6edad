from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from emsar.staff.access import sessions


class StaffSessionMiddleware:
    """Lets nobody into the admin whose login is over: ended, idle for 30 minutes, or 12 hours old.

    Stands before everything that asks who is there. A login that is over is led to the login page,
    which says why.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(self.prefix) or not request.user.is_authenticated:
            return self.get_response(request)
        now = timezone.now()
        session = sessions.find(request)
        request.staff_session = session  # type: ignore[attr-defined]
        reason = sessions.End.ENDED if session is None else sessions.over(session, now)
        if session is None or reason:
            sessions.leave(request, reason)
            return self._to_login(request, reason)
        sessions.seen(session, now)
        return self.get_response(request)

    def _to_login(self, request: HttpRequest, reason: str) -> HttpResponse:
        login = reverse("admin:login")
        if request.path == login:
            return self.get_response(request)
        onward = {"next": request.get_full_path()} if request.method == "GET" else {}
        return redirect(f"{login}?{urlencode({'ended': reason, **onward})}")
