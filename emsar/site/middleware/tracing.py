import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from emsar.site.tracing import is_id, new_id, request_id

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
META = "HTTP_X_REQUEST_ID"


class BrokenOffError(Exception):
    """An answer ended in its middle; the log says of what, and the server must not quote it."""


class RequestIdMiddleware:
    """Gives each request a random number: for the log, for the visitor, for the error page.

    A proxy of ours may have given one already; everybody else's was removed before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get(META, "")
        number = given if is_id(given) else new_id()
        # Django tells of a 4xx when everything here is over.
        request.number = number  # type: ignore[attr-defined] # for `emsar.site.logs`
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers[HEADER] = number
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            content: Any = response.streaming_content
            response.streaming_content = guarded(content, number)
        return response


def guarded(content: Iterable[bytes], number: str) -> Iterator[bytes]:
    """A streamed answer whose faults are told here: Django has let go of it by then, and the
    web server would print the fault with its words."""
    try:
        yield from content
    except Exception as fault:
        token = request_id.set(number)
        logger.exception("an answer broke off", exc_info=fault)
        request_id.reset(token)
        raise BrokenOffError from None
