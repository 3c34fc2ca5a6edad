"""Every address that a stranger can reach, by the URL patterns themselves."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern

from emsar.staff.site import WAY_IN

# Behind the login; what is open of it is the way in.
CLOSED = "admin/"
OPEN_IN_ADMIN = frozenset(
    {f"{CLOSED}login/", *(f"{CLOSED}{_entry.pattern}" for _entry in WAY_IN)},
)


def doors() -> list[str]:
    """The routes, such as ``en/my-data/link/<str:token>/``, each once."""
    return sorted({r for r in _all() if not r.startswith(CLOSED)} | OPEN_IN_ADMIN)


def closed() -> list[str]:
    """The routes that a stranger is sent away from."""
    return sorted({r for r in _all() if r.startswith(CLOSED)} - OPEN_IN_ADMIN)


def _all() -> list[str]:
    return [route for route in _routes("", get_resolver().url_patterns) if route]


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
