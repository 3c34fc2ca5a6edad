"""The public side of a request: the form, what happened to it, and the way out (E-8g)."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consent.models import ConsentEvent
from consent.notices import FREE_CONSULTATION, Notice, notice
from emsar.entities.registry import registry
from emsar.site.languages import active_language
from emsar.site.same_origin import same_origin_post
from emsar.staff.addresses import client_address
from emsar.staff.counter import hit
from emsar.subjects.links import find_link
from requests_inbox.forms import ConsultationForm
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.handling import withdraw as withdraw_request
from requests_inbox.services.receive import WITHDRAWAL, FormEntry, receive
from requests_inbox.tokens import Shown, new_token, read_token

SENT_SALT = "requests_inbox.sent"
SENT_SECONDS = 60 * 60


@never_cache
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """The Free Consultation form (E-3.1)."""
    if not registry().has_form:
        raise Http404
    words = notice(FREE_CONSULTATION, active_language())
    if request.method != "POST":
        initial = {"service": request.GET.get("service", "")}
        return _page(request, ConsultationForm(initial=initial), words)
    return _submitted(request, words)


def _submitted(request: HttpRequest, words: Notice) -> HttpResponse:
    if _over_limit(request):
        return render(request, "inbox/limit.html", status=429)
    filled = ConsultationForm(request.POST)
    shown = read_token(request.POST.get("token", ""))
    if shown is None or not shown.shows(words):
        return _page(request, filled, words, _stale())
    if not filled.is_valid():
        return _page(request, filled, words, shown=shown)
    if shown.is_too_fast:
        return _page(request, filled, words, _too_fast(), shown)
    stored = receive(_entry(filled.cleaned_data, shown), words)
    return _sent_to(stored)


def _over_limit(request: HttpRequest) -> bool:
    minutes = settings.FORM_LIMIT_MINUTES
    return hit("form", client_address(request), minutes=minutes) > settings.FORM_LIMIT


def _stale() -> str:
    return _(
        "The text that you agree to has changed, or this page was open for too long. Nothing was "
        "sent yet. Please read the text below the form again and send your request once more."
    )


def _too_fast() -> str:
    return _("That was very fast, so nothing was sent yet. Please check your entries and send again.")


def _entry(data: dict[str, Any], shown: Shown) -> FormEntry:
    fields = ("name", "email", "company", "service", "project")
    return FormEntry(**{name: data[name] for name in fields}, nonce=shown.nonce)


def _page(
    request: HttpRequest,
    filled: ConsultationForm,
    words: Notice,
    message: str = "",
    shown: Shown | None = None,
) -> HttpResponse:
    """The form, filled in as it was, under a token for the words that it shows now."""
    if filled.is_bound:
        filled.data = filled.data.copy()
        filled.data["token"] = new_token(words, shown)
    else:
        filled.initial["token"] = new_token(words)
    # Rendered by our own renderer from a document without HTML.
    consent = {"sentence": mark_safe(words.sentence), "details": mark_safe(words.details)}
    context = {"form": filled, "consent": consent, "notice": message}
    status = 422 if filled.is_bound else 200
    return render(request, "inbox/form.html", context, status=status)


def _sent_to(stored: ConsultationRequest) -> HttpResponse:
    receipt = signing.dumps(stored.reference, salt=SENT_SALT)
    response = redirect(f"{reverse('inbox:sent')}?r={receipt}")
    response.status_code = 303
    return response


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The reference of a request that has just been sent; the address is worth an hour."""
    try:
        receipt = request.GET.get("r", "")
        reference = signing.loads(receipt, salt=SENT_SALT, max_age=SENT_SECONDS)
    except signing.BadSignature:
        return redirect("inbox:form")
    return render(request, "inbox/sent.html", {"reference": reference})


@never_cache
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """One button that withdraws a consent; the page shows nothing of the request (E-8g)."""
    link = find_link(WITHDRAWAL, token)
    found = link and ConsultationRequest.objects.filter(pk=link.record).first()
    if not found:
        response = render(request, "inbox/invalid_link.html", status=404)
    elif request.method == "POST":
        withdraw_request(found, method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=None)
        response = redirect("inbox:withdrawn")
        response.status_code = 303
    else:
        response = render(request, "inbox/withdraw.html")
    # The address holds the token: it must not travel on.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def withdrawn(request: HttpRequest) -> HttpResponse:
    """What a withdrawal did; the same page for everybody."""
    return render(request, "inbox/withdrawn.html")
