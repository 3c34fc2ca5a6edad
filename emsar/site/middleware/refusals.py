from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase

from emsar.site.errors import error_page
from emsar.site.languages import language_of


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
        if language_in_capitals(request):
            return _in_small_letters(request)
        response = self.get_response(request)
        return with_page(request, response) if response.status_code == 405 else response


def has_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return "\0" in request.path_info or "%00" in query or "\0" in query


def language_in_capitals(request: HttpRequest) -> bool:
    """Whether the address names a language of ours in letters that we do not write it in."""
    language = language_of(request.path_info)
    return language is not None and not request.path_info.startswith(f"/{language}")


def _in_small_letters(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return error_page(request, 404)
    language, path = language_of(request.path_info), request.get_full_path()
    return HttpResponsePermanentRedirect(f"/{language}{path[len(str(language)) + 1 :]}")


def with_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A 405 that a person can read, unless the view has said something itself."""
    if not isinstance(response, HttpResponse) or response.content:
        return response
    page = error_page(request, 405)
    page.headers["Allow"] = response.headers.get("Allow", "")
    # Most views have told the log of it; Django would tell it of every new answer once more.
    page._has_been_logged = getattr(response, "_has_been_logged", False)  # type: ignore[attr-defined]
    return page
