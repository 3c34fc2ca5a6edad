"""Error pages in the visitor's language, with the site's frame but without its database.

The frame comes from the profile file: an error page must not fail for the reason that it
reports, and a scanner's thousand wrong addresses should cost no SQL.
"""

import logging
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from psycopg import OperationalError as DriverError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from emsar.site.frame import file_frame
from emsar.site.languages import visitor_language
from emsar.site.tracing import request_id
from emsar.staff.same_origin import ForeignOrigin

logger = logging.getLogger(__name__)

# Seconds; long enough for a restart of PostgreSQL, short enough for a visitor who waits.
RETRY_AFTER = 30
# The other one is done by then.
CONFLICT_RETRY_AFTER = 2


HEADINGS = {
    400: _("The request cannot be understood"),
    403: _("No entry"),
    404: _("There is no such page"),
    405: _("Not possible here"),
    413: _("Too much at once"),
    500: _("Something went wrong"),
    503: _("Back in a moment"),
}


def error_page(request: HttpRequest, status: int, page: str = "") -> HttpResponse:
    """The page of a status; ``page`` names another text of ``templates/errors/`` for it."""
    language = visitor_language(request)
    with translation.override(language):
        context = {
            "site": file_frame(request, language),
            # Nothing in the frame may ask the database.
            "request": request,
            "is_error": True,
            "status": status,
            "heading": HEADINGS[status],
            "page": f"errors/{page or status}.html",
            "number": request_id.get(),
        }
        html = render_to_string("errors/frame.html", context)
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    return HttpResponse(html, status=status, headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when the body was larger than the form could ever be."""
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; a form sent from a foreign page is told what happened."""
    return error_page(
        request, 403, "foreign_origin" if isinstance(exception, ForeignOrigin) else ""
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The admin's forms keep Django's cookie; a page open for too long loses it."""
    return error_page(request, 403, "csrf")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the exception being handled says that PostgreSQL is away, or busy."""
    return database_fault(request, sys.exception()) or error_page(request, 500)


def database_fault(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The page for what PostgreSQL did to a request; None when it did nothing."""
    if is_conflict(exception):
        return conflict(request)
    return unavailable(request) if is_database_down(exception) else None


def conflict(request: HttpRequest) -> HttpResponse:
    """503 for one of two who changed the same rows at once: undone as a whole, to be sent again.

    It is not tried again here: a view may have done more than one thing.
    """
    logger.warning("two changed the same rows at once: answered 503")
    response = error_page(request, 503, "conflict")
    response.headers["Retry-After"] = str(CONFLICT_RETRY_AFTER)
    response._has_been_logged = True  # type: ignore[attr-defined] # as below
    return response


def is_conflict(exception: BaseException | None) -> bool:
    """Whether PostgreSQL ended a transaction for another one: a deadlock, or a lost race."""
    fault = exception.__cause__ if isinstance(exception, OperationalError) else exception
    return isinstance(fault, DeadlockDetected | SerializationFailure | LockNotAvailable)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 that asks to write to a mailbox; nothing of the request is logged."""
    logger.error("the database cannot be reached: answered 503")
    response = error_page(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    # Django would log the address as well, which may hold the token of a mailed link.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def is_database_down(exception: BaseException | None) -> bool:
    """Whether a server or pool did not answer; a wrong query is another class of error."""
    return isinstance(exception, OperationalError | InterfaceError | DriverError)
