"""The public side of a request: the form, what happened to it, and the way out (E-8g)."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.choice.cookie import sends_gpc
from consent.choice.tokens import ANSWERED
from consent.models import ConsentEvent
from consent.notices import FREE_CONSULTATION, Notice, NoticeUnavailableError, notice
from consent.receipts.address import path_of
from emsar.entities import publication
from emsar.entities.registry import registry
from emsar.site.errors import error_page
from emsar.site.finished import choice_of
from emsar.site.languages import active_language
from emsar.site.measured import measured
from emsar.site.posting import SeeOther, refuse_large
from emsar.staff import rows
from emsar.staff.limits import is_over_limit
from emsar.staff.same_origin import read_only, same_origin_post
from emsar.subjects.links import find_link
from policies import versions
from requests_inbox.addresses import path
from requests_inbox.forms import ConsultationForm
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.handling import withdraw as withdraw_request
from requests_inbox.services.receive import WITHDRAWAL, FormEntry, SentBeforeError, receive
from requests_inbox.tokens import Shown, new_token, read_token

SENT_SALT = "requests_inbox.sent"
SENT_SECONDS = 60 * 60
FORM_ID = "request-form"


logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


def with_form(view: View) -> View:
    """An organisation without the form has none of its pages."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not registry().has_form:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@never_cache
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
@measured
@with_form
def form(request: HttpRequest) -> HttpResponse:
    """The Free Consultation form (E-3.1)."""
    try:
        words = notice(FREE_CONSULTATION, active_language())
    except NoticeUnavailableError as problem:
        # Without the words of the consent no data may be taken.
        logger.error("the form cannot be shown: %s", problem)
        return error_page(request, 503)
    if request.method == "POST":
        return _submitted(request, words)
    return _blank(request, words)


# Empty pages by everything that they show; only the token differs from visitor to visitor.
_kept: dict[tuple[object, ...], str] = {}
_PLACE = "\ue000token\ue001"


def _blank(request: HttpRequest, words: Notice) -> HttpResponse:
    """The empty form, with the service chosen that the address names."""
    asked = request.GET.get("service", "")
    service = asked if any(row.slug == asked for row in registry().services) else ""
    state = (publication.seen(), *versions.numbers_in_force())
    # The frame asks for a choice about cookies, or carries the tag that was agreed to.
    chosen = (choice_of(request), sends_gpc(request))
    key = (words.sha256, words.language, service, *chosen, *state)
    html = _kept.get(key)
    if html is None:
        form = ConsultationForm(initial={"service": service})
        html = render(request, "inbox/form.html", _context(form, words, _PLACE)).text
        if len(_kept) > 100:
            _kept.clear()
        _kept[key] = html
    return HttpResponse(html.replace(_PLACE, new_token(words)))


def _submitted(request: HttpRequest, words: Notice) -> HttpResponse:
    refuse_large(request)
    shown = read_token(request.POST.get("token", ""))
    if ANSWERED in request.POST:
        return _brought_back(request, words, shown)
    over_limit = is_over_limit(request, "form", settings.FORM_LIMIT)
    filled = ConsultationForm(request.POST)
    if over_limit:
        response = _page(request, filled, words, _limited(), shown, status=429)
        response.headers["Retry-After"] = str(settings.FORM_LIMIT_MINUTES * 60)
        return response
    if shown is None or not shown.shows(words):
        return _page(request, filled, words, _stale(), shown)
    if not filled.is_valid():
        return _page(request, filled, words, shown=shown)
    if shown.is_too_fast:
        return _page(request, filled, words, _too_fast(), shown)
    try:
        return _sent_to(receive(_entry(filled.cleaned_data, shown), words))
    except SentBeforeError as before:
        return _page(request, filled, words, _sent_before(before.reference), status=409)


def _brought_back(request: HttpRequest, words: Notice, shown: Shown | None) -> HttpResponse:
    """The form as it was when its visitor answered the question about cookies beside it."""
    typed = {name: request.POST.get(name, "") for name in ConsultationForm.base_fields}
    return _page(request, ConsultationForm(initial=typed), words, shown=shown, status=200)


def _limited() -> str:
    return _(
        "So many requests came from your network in a short time that we cannot accept this one "
        "yet. Nothing was sent. Please try again later or write to one of our mailboxes."
    )


def _stale() -> str:
    return _(
        "The text that you agree to has changed, or this page was open for too long. Nothing was "
        "sent yet. Please read the text above the button again and send your request once more."
    )


def _sent_before(reference: str) -> str:
    return _(
        "This form was sent before, as request %(reference)s; what you have changed since then was "
        "not sent. To send it as a new request, press the button once more."
    ) % {"reference": reference}


def _too_fast() -> str:
    return _(
        "That was very fast, so nothing was sent yet. Please check your entries and send again."
    )


def _entry(data: dict[str, Any], shown: Shown) -> FormEntry:
    fields = ("name", "email", "company", "service", "project")
    return FormEntry(**{name: data[name] for name in fields}, nonce=shown.nonce)


def _page(
    request: HttpRequest,
    filled: ConsultationForm,
    words: Notice,
    message: str = "",
    shown: Shown | None = None,
    status: int = 422,
) -> HttpResponse:
    """The form, filled in as it was, under a token for the words that it shows now."""
    context = _context(filled, words, new_token(words, shown)) | {"notice": message}
    return render(request, "inbox/form.html", context, status=status)


def _context(filled: ConsultationForm, words: Notice, token: str) -> dict[str, object]:
    # Rendered by our own renderer from a document without HTML.
    consent = {"sentence": mark_safe(words.sentence), "details": mark_safe(words.details)}  # nosec B308 B703
    return {"form": filled, "consent": consent, "token": token, "form_id": FORM_ID}


def _sent_to(stored: ConsultationRequest) -> HttpResponse:
    consent = stored.consent_id.hex if stored.consent_id else ""
    shown = signing.dumps([stored.reference, consent], salt=SENT_SALT)
    return SeeOther(f"{path('inbox:sent', active_language())}?r={shown}")


@never_cache
@read_only
@with_form
def sent(request: HttpRequest) -> HttpResponse:
    """The reference of a request that has just been sent; the address is worth an hour."""
    try:
        shown = signing.loads(request.GET.get("r", ""), salt=SENT_SALT, max_age=SENT_SECONDS)
    except signing.BadSignature:
        return redirect("inbox:form")
    # Before receipts there was the reference alone.
    reference, consent = [shown, ""] if isinstance(shown, str) else shown
    receipt = path_of(UUID(consent), active_language()) if consent else ""
    return render(request, "inbox/sent.html", {"reference": reference, "receipt": receipt})


@never_cache
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """One button that withdraws a consent; the page shows nothing of the request (E-8g)."""
    link = find_link(WITHDRAWAL, token)
    if link is None:
        response = _invalid_link(request)
    else:
        with rows.of_request(link.record):
            response = _withdraw(request, link.record)
    # The address holds the token: it must not travel on.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    found = ConsultationRequest.objects.filter(pk=key, consent__isnull=False).first()
    if found is None:
        return _invalid_link(request)
    if request.method != "POST":
        return render(request, "inbox/withdraw.html")
    withdraw_request(found, method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=None)
    return SeeOther(reverse("inbox:withdrawn"))


def _invalid_link(request: HttpRequest) -> HttpResponse:
    return render(request, "inbox/invalid_link.html", status=404)


@never_cache
@read_only
def withdrawn(request: HttpRequest) -> HttpResponse:
    """What a withdrawal did; the same page for everybody."""
    policy = versions.in_force()
    days = policy.terms.get("erasure_deadline") if policy else None
    return render(request, "inbox/withdrawn.html", {"days": days})
