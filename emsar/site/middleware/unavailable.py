from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from emsar.site.errors import database_fault


class DatabaseUnavailableMiddleware:
    """Answers with a page that names our mailboxes while PostgreSQL cannot be reached, and with one
    that asks to send again where two changed the same rows at once.

    Django turns a view's exception into a response before it comes back to a middleware, so the
    hook is `process_exception`; what a middleware raises itself is caught by
    `emsar.site.errors.server_error`. Nothing is remembered: the next request tries again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return database_fault(request, exception)
