from collections.abc import Callable
from http import HTTPStatus

from csp.constants import HEADER as CSP
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware

from emsar.site.finished import is_published
from emsar.site.logs import TOKEN

# S-7b: the site asks for no position; nothing else that a browser can lend is used either.
UNUSED_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-create",
    "serial",
    "usb",
)
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# A way onward has the token in its own address and in the next one.
OF_A_REDIRECT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
# Its forms are checked by their origin, which a browser hides where it may not say the referrer.
STAFF = "/admin/"


class PrivacyHeadersMiddleware:
    """Adds the headers that keep a page to itself.

    Whatever is not a published page may show what somebody typed, so unless its view says
    otherwise neither a browser nor a proxy keeps it. An address with a token in it is told to
    nobody, whichever view answers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not is_published(response):
            response.headers.setdefault("Cache-Control", "no-store")
        if referrer := _referrer(request, response):
            response.headers.setdefault("Referrer-Policy", referrer)
        return response


def _referrer(request: HttpRequest, response: HttpResponseBase) -> str:
    """What is stricter than the site's rule; "" where that will do."""
    has_token = TOKEN.search(request.get_full_path()) is not None
    if request.path.startswith(STAFF) and not (has_token and "Location" in response.headers):
        return "same-origin"
    return "no-referrer" if has_token else ""


class EveryAnswerMiddleware:
    """Completes what was answered before the middlewares below had their turn.

    Files, redirects to other hosts and refusals come from above them, and need the same headers.
    Such a redirect is given for any address, a mailed link's as well, so it is kept nowhere and the
    address told to nobody. A 304 has none of its own: the browser goes by those of the page that it
    has.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.csp = CSPMiddleware(get_response)
        self.security = SecurityMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if CSP in response.headers or response.status_code == HTTPStatus.NOT_MODIFIED:
            return response
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        self.csp.process_response(request, response)
        self.security.process_response(request, response)  # type: ignore[arg-type] # as above
        if "Location" in response.headers:
            # The security middleware has named the rule for pages already.
            for name, value in OF_A_REDIRECT.items():
                response.headers[name] = value
        return response
