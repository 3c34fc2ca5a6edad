"""Pages of the admin that belong to no model: rooms register theirs, and the site opens them."""

from collections.abc import Callable

from django.http import HttpResponse

View = Callable[..., HttpResponse]

_PAGES: dict[str, tuple[str, View]] = {}


def register_page(name: str, route: str, view: View) -> None:
    """Open ``view`` at ``/admin/<route>`` as ``admin:<name>``, to whoever is logged in.

    The view decides who may see it. A route such as ``retention/`` stands before Django's own
    page of that app.
    """
    _PAGES[name] = (route, view)


def registered_pages() -> list[tuple[str, str, View]]:
    """Name, route and view of each page."""
    return [(name, route, view) for name, (route, view) in _PAGES.items()]
