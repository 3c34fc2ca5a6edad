from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from emsar.site.finished import is_published

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
}


class PrivacyHeadersMiddleware:
    """Adds the headers that keep a page to itself.

    Whatever is not a published page may show what somebody typed, so unless its view says
    otherwise neither a browser nor a proxy keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not is_published(response):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
