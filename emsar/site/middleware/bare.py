from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from emsar.site.errors import error_page


class BareErrorMiddleware:
    """Gives Django's empty 405 the page that a person can read, in their language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or not isinstance(response, HttpResponse):
            return response
        if response.content:
            return response
        page = error_page(request, 405)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page
