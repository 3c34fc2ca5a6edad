from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from consent.choice.answers import version_in_force
from consent.choice.cookie import PENDING_PREFIX, State, choice, keep_refused, name, state_of
from consent.choice.leftovers import expire, expire_outdated, has_leftovers, is_outdated
from consent.choice.recording import record_withdrawal
from consent.models import ConsentEvent

# Staff are not visitors, and what is not a page has nothing to do with a choice.
ELSEWHERE = ("/admin/", "/static/", "/healthz", "/readyz")


class CookieChoiceMiddleware:
    """Carries a choice out on the way of every answer, above the finished pages (E-10a).

    Where nothing is granted no cookie of Google Analytics stays, and a withdrawal that could not
    be recorded is recorded as soon as it can be. The hosts that only redirect set no cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (has_leftovers(request) or is_pending(request)) and is_ours(request):
            carry_out(request, response)
        if is_outdated(request):
            expire_outdated(response)
        return response


def is_pending(request: HttpRequest) -> bool:
    """Whether the cookie holds a withdrawal; costs a look at one string."""
    return f"{name()}={PENDING_PREFIX}" in request.META.get("HTTP_COOKIE", "")


def is_ours(request: HttpRequest) -> bool:
    """Whether the request is for a page of the site itself."""
    if request.path.startswith(ELSEWHERE):
        return False
    try:
        host, _port = split_domain_port(request.get_host())
    except DisallowedHost:
        return False
    return host not in settings.PROFILE.redirects


def carry_out(request: HttpRequest, response: HttpResponseBase) -> None:
    if state_of(request) is not State.GRANTED:
        expire(request, response)
    if name() not in response.cookies:
        _make_up_for(request, response)


def _make_up_for(request: HttpRequest, response: HttpResponseBase) -> None:
    """Record the withdrawal that could not be, and let the cookie forget its receipt."""
    chosen, version = choice(request), version_in_force()
    if not chosen.unrecorded or chosen.receipt is None or version is None:
        return
    try:
        record_withdrawal(chosen.receipt, ConsentEvent.Method.SETTINGS)
    except DatabaseError:
        return
    keep_refused(request, response, version)
