"""The pages of a receipt: to be read, printed and kept; nobody else's browser learns of them."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from consent.choice.cookie import choice
from consent.notices import OF_STAFF
from consent.receipts.address import receipt_address, receipt_path, uid_of
from consent.receipts.document import document, withdrawal_text
from consent.receipts.facts import Receipt, receipt_of
from consent.receipts.processing import BY_FORM, term_of
from emsar.site.languages import active_language
from emsar.staff.same_origin import read_only


@never_cache
@read_only
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """``/<lang>/consent/<token>/``: the receipt of an event, for who has its address."""
    found = _by_token(token)
    return _kept_private(_page(request, found) if found else _invalid(request))


@never_cache
@read_only
def receipt_json(request: HttpRequest, token: str) -> HttpResponse:
    """``/<lang>/consent/<token>/receipt.json``: the same as a file."""
    found = _by_token(token)
    return _kept_private(_file(found) if found else _invalid(request))


@never_cache
@read_only
def own(request: HttpRequest) -> HttpResponse:
    """``/<lang>/cookies/receipt/``: the receipt of the consent that the visitor's cookie names.

    A withdrawal that is still to be recorded is recorded with this very answer, and then the
    cookie names nothing any more; so that receipt is shown at its lasting address.
    """
    found = _by_cookie(request)
    if found is None:
        return _kept_private(_none(request))
    if choice(request).unrecorded:
        return _kept_private(redirect(receipt_path(found.event, active_language())))
    return _kept_private(_page(request, found, is_own=True))


@never_cache
@read_only
def own_json(request: HttpRequest) -> HttpResponse:
    """``/<lang>/cookies/receipt.json``: the same as a file."""
    found = _by_cookie(request)
    return _kept_private(_file(found) if found else _none(request))


def _by_token(token: str) -> Receipt | None:
    """What colleagues undertook is shown to staff alone, whatever address somebody makes up."""
    uid = uid_of(token)
    found = receipt_of(uid) if uid is not None else None
    return None if found is None or found.event.form in OF_STAFF else found


def _by_cookie(request: HttpRequest) -> Receipt | None:
    uid = choice(request).receipt
    return receipt_of(uid) if uid is not None else None


def _page(request: HttpRequest, found: Receipt, *, is_own: bool = False) -> HttpResponse:
    language = active_language()
    facts = BY_FORM.get(found.event.form)
    context = {
        "receipt": found,
        "controllers": found.controllers(language),
        "withdrawal": withdrawal_text(facts, language) if facts else "",
        "kept_for": term_of(facts.retention, found.version) if facts else "",
        "address": receipt_address(found.event.uid, language) if is_own else "",
        "file": f"{receipt_path(found.event, language)}receipt.json",
    }
    return render(request, "consent/receipt.html", context)


def _file(found: Receipt) -> HttpResponse:
    response = JsonResponse(document(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"consent-{found.number.hex[:8]}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _invalid(request: HttpRequest) -> HttpResponse:
    return render(request, "inbox/invalid_link.html", status=HTTPStatus.NOT_FOUND)


def _none(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/receipt_none.html", status=HTTPStatus.NOT_FOUND)


def _kept_private(response: HttpResponse) -> HttpResponse:
    """The address may hold the token: it must not travel on, nor be found by a search."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
