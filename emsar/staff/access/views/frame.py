"""What the pages of the way in have in common: nobody is logged in, nothing is kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from emsar.staff.same_origin import same_origin_post

UNPROCESSABLE = 422
LOGIN = "admin:login"
View = Callable[..., HttpResponseBase]


def outside(view: View) -> View:
    """A page for who is not logged in: guarded against forged posts, stored by nobody."""
    return _closed(csrf_protect(view))


def behind_token(view: View) -> View:
    """The same for an address with a token, which must not travel on.

    A browser that names no referrer sends ``Origin: null`` with what is posted, which Django
    refuses. Nobody can forge a post to an address that nobody knows; what another site sends is
    refused all the same, because it could log a visitor in as somebody else.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return same_origin_post(_closed(shown))


def _closed(view: View) -> View:
    guarded = require_http_methods(["GET", "HEAD", "POST"])(view)
    return sensitive_post_parameters()(never_cache(guarded))


def page(
    request: HttpRequest, template: str, title: object, status: int = 200, **more: Any
) -> HttpResponse:
    """A page of the way in, in the admin's frame."""
    context = {**admin.site.each_context(request), "title": title, **more}
    return TemplateResponse(request, f"admin/access/{template}.html", context, status=status)


def to_login() -> HttpResponse:
    """Back to the beginning: whoever came here is not, or no longer, halfway in."""
    return redirect(LOGIN)


def invalid_link(request: HttpRequest) -> HttpResponse:
    """Wrong, used and expired links look the same."""
    from django.utils.translation import gettext as _

    return page(request, "invalid_link", _("This link does not work"), 404)
