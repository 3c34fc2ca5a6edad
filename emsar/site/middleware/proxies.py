from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from emsar.staff.addresses import comes_from_proxy

SCHEME = "HTTP_X_FORWARDED_PROTO"
# In these headers proxies speak of a visitor.
SPOKEN = frozenset(
    {
        SCHEME,
        "HTTP_FORWARDED",
        "HTTP_VIA",
        "HTTP_X_CLIENT_IP",
        "HTTP_X_FORWARDED_BY",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_X_FORWARDED_PREFIX",
        "HTTP_X_FORWARDED_PROTOCOL",
        "HTTP_X_FORWARDED_SCHEME",
        "HTTP_X_FORWARDED_SERVER",
        "HTTP_X_FORWARDED_SSL",
        "HTTP_X_REAL_IP",
        "HTTP_X_REQUEST_ID",
        "HTTP_X_SCHEME",
        "HTTP_X_URL_SCHEME",
    }
)


class TrustedProxiesMiddleware:
    """Removes what only a proxy may say of a visitor, unless one of ours says it.

    Stands above everything: already the finished pages ask for the scheme.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not comes_from_proxy(request):
            forget(request)
        elif "," in request.META.get(SCHEME, ""):
            # The proxy added to what the visitor had written; Django would believe the first word.
            del request.META[SCHEME]
        return self.get_response(request)


def forget(request: HttpRequest) -> None:
    """Remove every header in which a proxy speaks."""
    for name in SPOKEN & request.META.keys():
        del request.META[name]
