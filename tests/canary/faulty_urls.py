"""The site's addresses, and one whose view fails with known words all around it."""

import logging
import warnings
from typing import NoReturn

import sentry_sdk
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path

from emsar import urls
from emsar.staff.same_origin import same_origin_post
from tests.canary.words import EMAIL, NAME, NETWORK, WORDS

KINDS = {400: SuspiciousOperation, 403: PermissionDenied, 500: ValueError, 503: OperationalError}
ALL = " ".join(WORDS)


@same_origin_post
def failing(request: HttpRequest, kind: int, word: str) -> NoReturn:
    """Everything that a report could take along lies ready."""
    held, typed = {"words": ALL, "one": [*WORDS]}, request.POST.get("name")
    sentry_sdk.set_user({"email": EMAIL, "ip_address": NETWORK, "username": NAME})
    sentry_sdk.add_breadcrumb(category="x", message=ALL, data=held)
    sentry_sdk.set_tag("who", NAME)
    sentry_sdk.set_context("who", held)
    logging.getLogger("emsar.x").error("it failed", exc_info=ValueError(ALL))
    warnings.warn(ALL, stacklevel=1)
    try:
        raise KeyError(ALL)
    except KeyError as fault:
        raise KINDS[kind](f"{ALL} {word} {typed} {request.POST} {request.headers}") from fault


urlpatterns = [path("x/<int:kind>/<str:word>/", failing), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
