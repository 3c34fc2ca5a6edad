"""The cookie settings: the register, the choice, and the answer to it (E-10, S-7)."""

import logging
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.choice import leftovers
from consent.choice.answers import version_in_force
from consent.choice.cookie import (
    State,
    choice,
    granted_value,
    keep_granted,
    keep_pending,
    keep_refused,
    sends_gpc,
)
from consent.choice.recording import count_refusal, record_acceptance, record_withdrawal
from consent.choice.register import cookie_rows
from consent.choice.tokens import ANSWERED, shows, token_of
from consent.models import ConsentEvent
from consent.notices import (
    COOKIE_CHOICE,
    Notice,
    NoticeUnavailableError,
    asks_for_cookies,
    latest,
    notice,
)
from consent.receipts.address import path_of, uid_of
from consent.receipts.address import token_of as token_of_event
from emsar.site.errors import error_page
from emsar.site.finished import publish
from emsar.site.languages import active_language, language_of
from emsar.site.measured import measured
from emsar.site.posting import SeeOther
from emsar.staff.limits import is_over_limit
from emsar.staff.same_origin import read_only, same_origin_post

logger = logging.getLogger(__name__)

ACCEPT, REFUSE = "accept", "refuse"
OWN_FIELDS = frozenset({ANSWERED, "shown", "from", "next"})
METHODS = {
    "banner": ConsentEvent.Method.BANNER,
    "settings": ConsentEvent.Method.SETTINGS,
}


class SameAgain(HttpResponseRedirect):
    """Sends what was posted on to another page."""

    status_code = HTTPStatus.TEMPORARY_REDIRECT


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
@measured
def cookies(request: HttpRequest) -> HttpResponse:
    """``/<lang>/cookies/``: the register and one's choice; POST ``choice``, ``shown``, ``next``."""
    words = _question()
    if request.method == "POST":
        if words is None:
            return _page(request, None, _nothing(), HTTPStatus.CONFLICT)
        return _answered(request, words)
    response = _page(request, words)
    if not request.GET:
        return publish(response)
    # The address may carry a receipt: it must not travel on.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _question() -> Notice | None:
    """The words of the question; None where the register has no cookie that needs a choice."""
    try:
        return notice(COOKIE_CHOICE, active_language()) if asks_for_cookies() else None
    except NoticeUnavailableError as problem:
        # Nobody is asked, so nothing is granted.
        logger.warning("no choice about cookies can be made: %s", problem)
        return None
    except DatabaseError:
        words = latest(COOKIE_CHOICE, active_language())
        if words is None:
            raise
        # The words that were asked last: whoever refuses need not wait for a database.
        return words


def _page(
    request: HttpRequest, words: Notice | None, message: str = "", status: int = 200
) -> HttpResponse:
    asked = _asked(request, words) if words else {}
    context = {"rows": cookie_rows(), "message": message, **asked}
    return render(request, "consent/cookies.html", context, status=status)


def _asked(request: HttpRequest, words: Notice) -> dict[str, object]:
    """The question and how it stands, for a page that has one."""
    return {
        "asks": True,
        "state": choice(request).state,
        "gpc": sends_gpc(request),
        "token": token_of(words),
        "receipt": _receipt_of_withdrawal(request),
        "has_receipt": choice(request).receipt is not None,
        "back": _inside(request.GET.get("back", "")),
        # Made by our own renderer from a document without HTML.
        "sentence": mark_safe(words.sentence),  # nosec B308 B703
        "details": mark_safe(words.details),  # nosec B308 B703
    }


@never_cache
def _answered(request: HttpRequest, words: Notice) -> HttpResponse:
    answer = request.POST.get(ANSWERED)
    if answer == REFUSE:
        return _refused(request, words)
    if answer != ACCEPT:
        return _page(request, words, _unclear(), HTTPStatus.UNPROCESSABLE_ENTITY)
    if sends_gpc(request):
        return _page(request, words, _signalled(), HTTPStatus.CONFLICT)
    if not shows(request.POST.get("shown", ""), words):
        return _page(request, words, _stale(), HTTPStatus.CONFLICT)
    return _accepted(request, words)


def _accepted(request: HttpRequest, words: Notice) -> HttpResponse:
    """Record the consent; when that fails, nothing is granted."""
    if choice(request).state is State.GRANTED:
        return _onward(request)
    try:
        if is_over_limit(request, "cookies", settings.COOKIE_LIMIT):
            return _page(request, words, _limited(), HTTPStatus.TOO_MANY_REQUESTS)
        _end_earlier(request)
        event = record_acceptance(words, _method(request))
    except DatabaseError:
        return _unrecorded(request)
    response = _onward(request)
    value = granted_value(event.uid, tuple(event.purposes), event.version)
    keep_granted(request, response, value, words.version)
    return response


def _end_earlier(request: HttpRequest) -> None:
    """A withdrawal that could not be recorded stays one, whatever is chosen since."""
    before = choice(request)
    if before.unrecorded and before.receipt is not None:
        record_withdrawal(before.receipt, ConsentEvent.Method.SETTINGS)


def _refused(request: HttpRequest, words: Notice) -> HttpResponse:
    """A refusal counts whatever else fails; one after a consent withdraws it (E-8g)."""
    before = choice(request)
    response: HttpResponse = _onward(request)
    try:
        if before.receipt is not None:
            response = _withdrawn(request, before.receipt)
        elif _is_new(request) and not is_over_limit(request, "cookies", settings.COOKIE_LIMIT):
            count_refusal(words)
        keep_refused(request, response, words.version)
    except DatabaseError:
        response = _unrecorded(request) if before.receipt else response
        _keep_anyway(request, response, words)
    leftovers.expire(request, response)
    return response


def _is_new(request: HttpRequest) -> bool:
    """Whether a refusal says something that the browser has not said already."""
    return choice(request).state is not State.REFUSED and not sends_gpc(request)


def _withdrawn(request: HttpRequest, receipt: UUID) -> HttpResponseRedirect:
    """Record the end of a consent, and hand its receipt over: the cookie will not know it."""
    event = record_withdrawal(receipt, ConsentEvent.Method.SETTINGS)
    if event is None or request.POST.keys() - OWN_FIELDS:
        return _onward(request)
    # Without what stands behind a question mark: that page's own business.
    back = request.POST.get("next", "").partition("?")[0]
    told = {"withdrawn": token_of_event(event.uid), "back": back}
    return SeeOther(f"{reverse('consent:cookies')}?{urlencode(told)}")


def _receipt_of_withdrawal(request: HttpRequest) -> str:
    """The address of the receipt that the page's own address carries; empty for none of ours."""
    uid = uid_of(request.GET.get("withdrawn", ""))
    if uid is None or choice(request).state is State.GRANTED:
        return ""
    ended = ConsentEvent.objects.filter(uid=uid, kind=ConsentEvent.Kind.WITHDRAWN)
    return path_of(uid, active_language()) if ended.filter(form=COOKIE_CHOICE).exists() else ""


def _keep_anyway(request: HttpRequest, response: HttpResponse, words: Notice) -> None:
    if choice(request).receipt is not None:
        keep_pending(request, response)
    else:
        keep_refused(request, response, words.version)


def _onward(request: HttpRequest) -> HttpResponseRedirect:
    """Back to the page on which the choice was made, which is now another one.

    What stood in that page's form was sent along, and goes back to it.
    """
    wanted = _inside(request.POST.get("next", ""))
    if wanted and request.POST.keys() - OWN_FIELDS:
        return SameAgain(wanted)
    return SeeOther(wanted or reverse("consent:cookies"))


def _inside(wanted: str) -> str:
    """The address, if it is that of a page of ours for visitors; else nothing."""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe and language_of(wanted) is not None else ""


def _method(request: HttpRequest) -> str:
    return METHODS.get(request.POST.get("from", ""), ConsentEvent.Method.SETTINGS)


def _unrecorded(request: HttpRequest) -> HttpResponse:
    response = error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, "choice_unrecorded")
    response.headers["Retry-After"] = "30"
    return response


def _unclear() -> str:
    return _("Nothing was changed: please press one of the buttons.")


def _nothing() -> str:
    return _("There is nothing to choose here; nothing was changed.")


def _signalled() -> str:
    return _(
        "Your browser sends the signal Global Privacy Control, which we treat as a refusal. "
        "Nothing was changed. To accept, switch the signal off for this site first."
    )


def _stale() -> str:
    return _(
        "The text that you were asked about has changed, or the page was not one of ours. Nothing "
        "was accepted. Please read the text below and choose again."
    )


def _limited() -> str:
    return _(
        "So many choices came from your network in a short time that we cannot record this one "
        "yet. Nothing was accepted. Please try again later."
    )


@read_only
def gpc(request: HttpRequest) -> HttpResponse:
    """Says to browsers that the site heeds Global Privacy Control, and since which day."""
    version = version_in_force()
    if version is None or version.effective_date is None:
        raise Http404
    return publish(JsonResponse({"gpc": True, "lastUpdate": version.effective_date.isoformat()}))
