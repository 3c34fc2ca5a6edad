"""What the answers of these pages have in common: nobody keeps them and nothing travels on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from emsar.site.errors import error_page
from emsar.staff.same_origin import SAFE_METHODS, ForeignOrigin, is_same_origin

View = Callable[..., HttpResponseBase]


def secluded(view: View) -> Callable[..., HttpResponseBase]:
    """A page that no cache keeps, whose address goes nowhere, and to which only our own pages
    post."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and not _is_ours(request):
            raise ForeignOrigin
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = error_page(request, 404)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(never_cache(answered))


def _is_ours(request: HttpRequest) -> bool:
    """As for every form of the site, and from a page of ours in a browser of before 2023.

    Such a browser sends no Sec-Fetch-Site, and from a page without a referrer the origin "null".
    A foreign page could send that too, but nothing that it could borrow: the cookie of these
    pages is SameSite=Lax, and a mailed link needs its token and the address.
    """
    if is_same_origin(request):
        return True
    return "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") == "null"
