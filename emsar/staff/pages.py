"""Pages of the admin that belong to no model: rooms register theirs, and the site opens them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class OwnPage:
    """``before_gates``: open to whoever is logged in, also while a gate is closed."""

    name: str
    route: str
    view: View
    before_gates: bool


_PAGES: dict[str, OwnPage] = {}


def register_page(name: str, route: str, view: View, *, before_gates: bool = False) -> None:
    """Open ``view`` at ``/admin/<route>`` as ``admin:<name>``, to whoever is logged in.

    The view decides who may see it. A route such as ``retention/`` stands before Django's own
    page of that app. The page that leads through a gate must be open ``before_gates``.
    """
    _PAGES[name] = OwnPage(name, route, view, before_gates)


def registered_pages() -> list[OwnPage]:
    """All of them, in the order of their registration."""
    return list(_PAGES.values())
