from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from emsar.site.errors import error_page


class RefusalsMiddleware:
    """Refuses what no page of ours can mean, and gives Django's bare refusals a page.

    PostgreSQL takes no NUL in a text, so an address with one would be an error of ours (500)
    wherever it reaches a query; here it is the visitor's (400).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if has_nul(request):
            return error_page(request, 400)
        response = self.get_response(request)
        return with_page(request, response) if response.status_code == 405 else response


def has_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return "\0" in request.path_info or "%00" in query or "\0" in query


def with_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A 405 that a person can read, unless the view has said something itself."""
    if not isinstance(response, HttpResponse) or response.content:
        return response
    page = error_page(request, 405)
    page.headers["Allow"] = response.headers.get("Allow", "")
    return page
