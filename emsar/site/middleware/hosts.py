import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from emsar.site.errors import error_page
from emsar.site.languages import accepted_language

HEALTH = ("/healthz", "/readyz")
# A name or an address, and a port. A dot at the end would be another name for the same host.
_HOST = re.compile(r"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")


class OwnHostsMiddleware:
    """Answers to the names of the site alone, as they are written; 400 to every other (S-0d).

    Stands above the finished pages and the files, which ask nobody for the host. The names of
    EXTRA_HOSTS are for the question whether the process is well, and for nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request) if is_ours(request) else error_page(request, 400)


def is_ours(request: HttpRequest) -> bool:
    """Whether the host of the request is one that may be asked for this path."""
    found = _HOST.fullmatch(request.META.get("HTTP_HOST", _served(request)).lower())
    if found is None:
        return False
    host, port = found[1], found[2] or ""
    if settings.ALLOWED_PORTS is not None and port not in settings.ALLOWED_PORTS:
        return host in settings.HEALTH_HOSTS and request.path in HEALTH
    if host in settings.HEALTH_HOSTS:
        return request.path in HEALTH
    return host in settings.ALLOWED_HOSTS or validate_host(host, settings.ALLOWED_HOSTS)


def _served(request: HttpRequest) -> str:
    """The name of the server, for a request of HTTP/1.0 that names no host."""
    return str(request.META.get("SERVER_NAME", ""))


class CompanyHostMiddleware:
    """Leads the hosts of the companies to the main host (E-1e, E-2f, E-2j).

    The root goes to the company's page, every other path to the same path. Nothing below runs:
    a host that only redirects has no cookie, no form, no analytics and needs no database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
        slug = settings.PROFILE.redirects.get(host)
        if slug is None:
            return self.get_response(request)
        return to_company(request, slug) if request.path == "/" else to_main_host(request)


def to_company(request: HttpRequest, slug: str) -> HttpResponsePermanentRedirect:
    """To the company's page in the visitor's language."""
    path = f"/{accepted_language(request)}/{slug}/"
    response = HttpResponsePermanentRedirect(_on_main_host(path))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def to_main_host(request: HttpRequest) -> HttpResponsePermanentRedirect:
    return HttpResponsePermanentRedirect(_on_main_host(request.get_full_path()))


def _on_main_host(path: str) -> str:
    return f"https://{settings.PROFILE.main_host}{path}"
