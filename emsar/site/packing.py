"""Compression of what is sent: published pages once, live pages as they go out."""

import gzip
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

GZIP_FROM = 256
LIVE_LEVEL = 5
ZERO = re.compile(r"q\s*=\s*0(\.0*)?", re.IGNORECASE)


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether the visitor takes gzip; ``q=0`` says that they do not."""
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "").split(","):
        name, _semicolon, quality = part.partition(";")
        if name.strip().lower() == "gzip":
            return not ZERO.fullmatch(quality.strip())
    return False


def packed(body: bytes, level: int = 9) -> bytes | None:
    """The body compressed, or None when that would not make it smaller.

    Without a time in its header, so that every process makes the same bytes.
    """
    if len(body) < GZIP_FROM:
        return None
    smaller = gzip.compress(body, compresslevel=level, mtime=0)
    return smaller if len(smaller) < len(body) else None


def pack_live(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Compress a page made for one visitor.

    Not for anybody with a session: compressing a secret beside words that a stranger chose would
    let the length tell the secret. A public page holds no secret of its visitor.
    """
    if not _may_be_packed(request, response) or not isinstance(response, HttpResponse):
        return response
    if len(response.content) < GZIP_FROM:
        return response
    patch_vary_headers(response, ["Accept-Encoding"])
    body = packed(response.content, LIVE_LEVEL) if accepts_gzip(request) else None
    if body is not None:
        response.content = body
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(body))
    return response


def _may_be_packed(request: HttpRequest, response: HttpResponseBase) -> bool:
    if request.method == "HEAD" or response.has_header("Content-Encoding"):
        return False
    if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies:
        return False
    return response.headers.get("Content-Type", "").startswith("text/html")
