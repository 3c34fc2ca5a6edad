"""Protection of the public forms against foreign pages, without a cookie.

Public pages set no cookie (design idea 11), so there is no CSRF cookie to compare with. Browsers
say themselves where a form was sent from, and a page cannot forge these headers.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(PermissionDenied):
    """A form was sent from a page that is not ours."""


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the request comes from our own page, or from no page at all.

    Sec-Fetch-Site decides when the browser sends it (also when Origin is "null" because the page
    sends no referrer); older browsers send Origin. A client that sends neither is no browser and
    carries no visitor's rights that a foreign page could borrow.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def read_only(view: View) -> View:
    """A public page: GET and HEAD alone. A form posted to it is told so (405), and needs no token
    for that."""
    return csrf_exempt(require_safe(view))


def same_origin_post(view: View) -> View:
    """Let a public form do without Django's CSRF cookie; a foreign origin is answered with 403."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and not is_same_origin(request):
            raise ForeignOrigin
        return view(request, *args, **kwargs)

    return csrf_exempt(checked)
