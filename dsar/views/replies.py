"""What the answers of these pages have in common: nobody keeps them and nothing travels on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from emsar.site.same_origin import same_origin_post

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """Leads from a form that was sent to a page that can be reloaded."""

    status_code = 303


def secluded(view: View) -> Callable[..., HttpResponseBase]:
    """A page that no cache keeps, whose address goes nowhere, and to which only our own pages
    post."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(same_origin_post(answered))
