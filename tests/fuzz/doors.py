"""Every address that a stranger can reach, by the URL patterns themselves."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern

# Behind the login; what is open of it is added by name.
CLOSED = "admin/"
OPEN_IN_ADMIN = (
    *("admin/login/", "admin/login/code/", "admin/second-factor/", "admin/forgotten/"),
    *("admin/invitation/<str:name>/<str:token>/", "admin/new-password/<str:name>/<str:token>/"),
)


def doors() -> list[str]:
    """The routes, such as ``en/my-data/link/<str:token>/``, each once."""
    found = [route for route in _routes("", get_resolver().url_patterns) if route]
    return sorted({*(r for r in found if not r.startswith(CLOSED)), *OPEN_IN_ADMIN})


def _routes(prefix: str, patterns: list[Any]) -> Iterator[str]:
    for entry in patterns:
        part = _text(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(prefix + part, entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield prefix + part


def _text(pattern: object) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return "en/"
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    return str(pattern).lstrip("^").rstrip("$")
