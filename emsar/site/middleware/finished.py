from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from emsar.entities import publication
from emsar.site.finished import choice_of, is_published
from emsar.site.packing import accepts_gzip, pack_live
from emsar.site.page_store import Freshness, Key, Page, PageStore, Variant, make_page

VARY = ("Cookie", "Sec-GPC", "Accept-Encoding")


class FinishedPagesMiddleware:
    """Answers published pages from memory, before any other middleware runs.

    Stands at the very top: what is stored has every header that the others add. A request with
    a query string, to a host that is not ours, or by another method passes by the store. What is
    not published is compressed on its way out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        freshness = Freshness(
            publication.current,
            publication.next_instant,
            interval=getattr(settings, "FINISHED_LOOK_SECONDS", 1.0),
            # The registry and whatever else follows the counter look once in this time.
            settle=publication.LOOK_EVERY_SECONDS,
        )
        self.store = PageStore(freshness)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = key_of(request)
        page = self.store.get(key) if key else None
        if page is not None:
            return answer(request, page)
        generation = self.store.generation
        response = self.get_response(request)
        if not is_published(response) or not _is_finished(request, response):
            return pack_live(request, response)
        page = _page_of(response)
        if key is not None and request.method == "GET":
            self.store.put(key, page, generation)
        return answer(request, page)


def key_of(request: HttpRequest) -> Key | None:
    """Where a page is kept, or None when this request passes by the store."""
    if request.method not in {"GET", "HEAD"} or request.META.get("QUERY_STRING"):
        return None
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    gpc = request.META.get("HTTP_SEC_GPC") == "1"
    return (request.scheme or "", host, request.path, choice_of(request), gpc)


def _is_finished(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Only a whole page that gives nobody a cookie is the same for everybody."""
    plain = isinstance(response, HttpResponse) and not response.has_header("Content-Encoding")
    # A view may leave out the body of an answer to HEAD, so its ETag would be another.
    return (
        plain and request.method == "GET" and response.status_code == 200 and not response.cookies
    )


def _page_of(response: HttpResponseBase) -> Page:
    assert isinstance(response, HttpResponse)  # noqa: S101 - `_is_finished` looked
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, VARY)
    return make_page(tuple(response.items()), response.content)


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """The page in the best encoding the visitor takes, or 304 when they have it already."""
    variant = page.packed if page.packed and accepts_gzip(request) else page.plain
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    response = _not_modified(page) if known and _matches(known, page) else _whole(page, variant)
    if request.method == "HEAD":
        response.content = b""
    response.headers["ETag"] = variant.etag
    return response


def _whole(page: Page, variant: Variant) -> HttpResponse:
    response = HttpResponse(variant.body, headers=dict(page.headers))
    response.headers["Content-Length"] = str(len(variant.body))
    if variant is page.packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _not_modified(page: Page) -> HttpResponse:
    """What RFC 9110 wants repeated, and nothing that the visitor has in the stored page."""
    repeated = {name: value for name, value in page.headers if name in {"Cache-Control", "Vary"}}
    return HttpResponseNotModified(headers=repeated)


def _matches(known: str, page: Page) -> bool:
    """Either encoding's ETag will do: both are the same page."""
    tags = parse_etags(known)
    own = {page.plain.etag} | ({page.packed.etag} if page.packed else set())
    return tags == ["*"] or any(tag.removeprefix("W/") in own for tag in tags)
