"""The pages of the undertaking: to read and accept it, its receipt, and who has accepted."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.choice.tokens import shows, token_of
from consent.notices import STAFF_UNDERTAKING, Notice, NoticeUnavailableError
from consent.receipts.facts import Receipt, receipt_of
from consent.undertaking.accepting import accept, accepted_by, words
from consent.undertaking.gate import SESSION_KEY
from consent.undertaking.people import colleague, colleagues, language_name
from emsar.audit import record
from emsar.site.languages import active_language
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from emsar.staff.pages import register_page
from emsar.staff.tabs import let_in
from policies.versions import UNDERTAKING, answered_under, in_force
from policies.wording import version_name

OVERSIGHT = "consent.view_undertaking"
FOLDER = "admin/undertaking"


@require_http_methods(["GET", "HEAD", "POST"])
def undertaking(request: HttpRequest) -> HttpResponse:
    """``/admin/undertaking/``: the text to be accepted; POST ``shown`` and ``next``.

    Who has accepted is led to the receipt; 404 where there is nothing to accept.
    """
    user = acting_user(request)
    event = accepted_by(user.pk)
    if event is not None:
        return _to_receipt(event.uid, _inside(request))
    try:
        shown = words(active_language())
    except NoticeUnavailableError as problem:
        raise Http404 from problem
    if request.method == "POST":
        return _posted(request, user, shown)
    return _page(request, shown)


def _posted(request: HttpRequest, user: User, shown: Notice) -> HttpResponse:
    """The words that were on the screen must be those that are accepted."""
    if not shows(request.POST.get("shown", ""), shown):
        return _page(request, shown, _stale(), HTTPStatus.CONFLICT)
    event = accept(user, shown)
    request.session[SESSION_KEY] = event.version
    return _to_receipt(event.uid, _inside(request))


def _page(
    request: HttpRequest, shown: Notice, problem: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        **frame(request),
        "title": _("Confidentiality undertaking"),
        "problem": problem,
        "token": token_of(shown),
        "next": _inside(request),
        # Made by our own renderer from documents without HTML, the article frozen since.
        "sentence": mark_safe(shown.sentence),  # nosec B308 B703
        "article": mark_safe(shown.details),  # nosec B308 B703
        "language": shown.language,
    }
    return TemplateResponse(request, f"{FOLDER}/page.html", context, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """A page of the administration before its gates: the way out, and no way in."""
    context = admin.site.each_context(request)
    return {**context, "is_nav_sidebar_enabled": False, "available_apps": []}


@require_safe
def receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """``/admin/undertaking/receipt/<uid>/``: of one's own acceptance; the officer sees each.

    404 for every other event. A look at a colleague's is an audit event.
    """
    user, found = acting_user(request), receipt_of(uid)
    if found is None or found.event.form != STAFF_UNDERTAKING:
        raise Http404
    is_own = found.event.subject == user.pk
    if not is_own:
        if not user.has_perm("consent.view_consentevent"):
            raise Http404
        record("consent.view", actor=user.pk, subject=found.event.subject, obj=found.event)
    return TemplateResponse(request, f"{FOLDER}/receipt.html", _facts(request, found, is_own))


def _facts(request: HttpRequest, found: Receipt, is_own: bool) -> dict[str, Any]:
    event = found.event
    return {
        **admin.site.each_context(request),
        "title": _("Receipt of the undertaking"),
        "receipt": found,
        "event": event,
        "is_own": is_own,
        "who": colleague(event.subject),
        "holds": event.version in answered_under(UNDERTAKING),
        "companies": found.controllers(active_language()),
        "language": language_name(event.language),
        "onward": _inside(request),
        "sentence": mark_safe(found.text.sentence if found.text else ""),  # nosec B308 B703
        "article": mark_safe(found.text.details if found.text else ""),  # nosec B308 B703
    }


@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """``/admin/undertaking/staff/``: who has accepted which version when, and who has not."""
    user = let_in(request, OVERSIGHT)
    found, version = colleagues(), in_force(UNDERTAKING)
    context = {
        **admin.site.each_context(request),
        "title": _("Confidentiality undertaking: staff"),
        "rows": found,
        "missing": sum(not row.holds for row in found),
        "version": version_name(version) if version else "",
        "may_see_proof": user.has_perm("consent.view_consentevent"),
    }
    return TemplateResponse(request, f"{FOLDER}/staff.html", context)


def _to_receipt(uid: UUID, onward: str) -> HttpResponse:
    address = reverse("admin:undertaking_receipt", args=[uid])
    return redirect(f"{address}?{urlencode({'next': onward})}")


def _inside(request: HttpRequest) -> str:
    """Where somebody wanted to go within the administration; the first page for anything else."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    first, own = reverse("admin:index"), reverse("admin:undertaking")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(first)
    return wanted if safe and not wanted.startswith(own) else first


def _stale() -> str:
    return _(
        "The text has changed since you opened this page, or the page was not one of ours. Nothing "
        "was accepted. Please read the text below."
    )


register_page("undertaking", "undertaking/", undertaking, before_gates=True)
register_page("undertaking_receipt", "undertaking/receipt/<uuid:uid>/", receipt)
register_page("undertaking_staff", "undertaking/staff/", staff)
