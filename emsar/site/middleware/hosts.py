from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from emsar.site.languages import accepted_language


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
