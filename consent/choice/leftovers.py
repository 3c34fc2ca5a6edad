"""Cookies that nobody agreed to any more, or that are called otherwise now, are expired.

Those of Google Analytics go with every answer while nothing is granted.

A page that was open while its visitor withdrew may write them once more; whatever it writes goes
with the next answer, a 304 included.
"""

import re
from collections.abc import Iterator
from http.cookies import Morsel

from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from consent.choice.cookie import NAME
from emsar.site.cookies import is_prefixed

PREFIX = "_ga"
# Anybody may send a thousand cookies of that name; the answer's head stays small.
MOST = 20

_NAME = re.compile(r"_ga[A-Za-z0-9_.-]{0,60}")
_ADDRESS = re.compile(r"[0-9.]+|\[.*\]|.*:.*")


def has_leftovers(request: HttpRequest) -> bool:
    """Whether the browser holds cookies of Google Analytics; costs a look at one string."""
    return PREFIX in request.META.get("HTTP_COOKIE", "")


def expire(request: HttpRequest, response: HttpResponseBase) -> None:
    """Expire each of them on this host and on every domain above it that can hold a cookie."""
    names = [name for name in request.COOKIES if _NAME.fullmatch(name)]
    domains = ["", *domains_of(request)]
    for name in names[:MOST]:
        for domain in domains:
            _expire(response, name, domain)


def is_outdated(request: HttpRequest) -> bool:
    """Whether the choice stands under a name that is not believed here, and so is asked anew."""
    return is_prefixed(NAME) and NAME in request.COOKIES


def expire_outdated(response: HttpResponseBase) -> None:
    """Let the browser forget what nobody reads any more."""
    response.delete_cookie(NAME, samesite="Lax")


def domains_of(request: HttpRequest) -> Iterator[str]:
    """The host and the domains above it, to the apex; none for a bare name or an address."""
    host, _port = split_domain_port(request.get_host())
    if _ADDRESS.fullmatch(host):
        return
    labels = host.split(".")
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])


def _expire(response: HttpResponseBase, name: str, domain: str) -> None:
    cookie: Morsel[str] = Morsel()
    cookie.set(name, "", "")
    cookie["expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"
    cookie["max-age"] = 0
    cookie["path"] = "/"
    if domain:
        cookie["domain"] = f".{domain}"
    # One name on several domains: Django's own method keeps one cookie a name.
    dict.__setitem__(response.cookies, f"{name};{domain}", cookie)
