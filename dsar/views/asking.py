"""The form with which a person asks, and the page after it: both are the same for everybody."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsar.forms import LinkForm, RightsForm
from dsar.models import Kind
from dsar.plainwords import by_law, promised_days, rights
from dsar.services.intake import RightsEntry, receive
from dsar.services.links import lifetime
from dsar.views.replies import secluded
from emsar.entities.registry import registry
from emsar.site.languages import active_language
from emsar.site.posting import SeeOther, refuse_large
from emsar.staff.limits import is_over_limit
from emsar.staff.same_origin import read_only


@secluded
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Every right in plain words, and the form to use it (E-8b to E-8k)."""
    if request.method == "POST":
        return _submitted(request)
    return _page(request, RightsForm(), LinkForm(auto_id="again_%s"), status=200)


def _submitted(request: HttpRequest) -> HttpResponse:
    refuse_large(request)
    over_limit = is_over_limit(request, "rights", settings.FORM_LIMIT)
    again = "again" in request.POST
    asked = RightsForm() if again else RightsForm(request.POST)
    wanted = LinkForm(request.POST if again else None, auto_id="again_%s")
    if over_limit:
        response = _page(request, asked, wanted, _limited(), status=429)
        response.headers["Retry-After"] = str(settings.FORM_LIMIT_MINUTES * 60)
        return response
    filled = wanted if again else asked
    if not filled.is_valid():
        return _page(request, asked, wanted)
    receive(_entry(filled.cleaned_data, request.POST.get("nonce", "")))
    return SeeOther(reverse("dsar:sent"))


def _limited() -> str:
    return _(
        "So many requests came from your network in a short time that we cannot accept this one "
        "yet. Nothing was sent. Please try again later or write to one of our mailboxes."
    )


def _entry(data: dict[str, object], nonce: str) -> RightsEntry:
    return RightsEntry(
        email=str(data["email"]),
        kinds=tuple(data.get("kind") or ()),  # type: ignore[arg-type] # a list, or not there
        details=str(data.get("details") or "").strip(),
        language=active_language(),
        nonce=_number(nonce),
    )


def _number(text: str) -> uuid.UUID:
    """The number of the page that was sent; who sends none gets one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _page(
    request: HttpRequest,
    asked: RightsForm,
    wanted: LinkForm,
    notice: str = "",
    status: int = 422,
) -> HttpResponse:
    kept = request.POST.get("nonce", "") if request.method == "POST" else ""
    context = {
        "form": asked,
        "again": wanted,
        "faulty": wanted if wanted.errors else asked,
        "notice": notice,
        "rights": rights(),
        "chosen": asked["kind"].value() or [],
        "nonce": _number(kept),
        **facts(),
    }
    return render(request, "dsar/form.html", context, status=status)


def facts() -> dict[str, object]:
    """What these pages say besides: the terms, and how to ask without the form."""
    profile = registry()
    return {
        "days": promised_days(Kind.ACCESS),
        "deletion_days": promised_days(Kind.DELETION),
        "working_days": by_law("answer"),
        "link_days": lifetime().days,
        "inquiry": profile.inquiry_email,
        "subject_words": profile.inquiry_subject.get(active_language()),
    }


@secluded
@read_only
def sent(request: HttpRequest) -> HttpResponse:
    """The same words for everybody, whether we hold data or not."""
    return render(request, "dsar/sent.html", facts())
