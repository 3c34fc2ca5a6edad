"""Pages of the admin that hang together: a tab for each, shown to whoever may open it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from emsar.staff.acting import acting_user
from emsar.staff.models import User

# Below the number of fields that a form may send (DATA_UPLOAD_MAX_NUMBER_FIELDS).
ROWS = 50


@dataclass(frozen=True)
class Tab:
    """A page and the right that opens it."""

    name: str
    title: str | Promise
    right: str

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.name}")


def permitted(tabs: Sequence[Tab], user: Any) -> list[Tab]:
    """The pages that somebody may open, in their order."""
    return [tab for tab in tabs if user.has_perm(tab.right)]


def let_in(request: HttpRequest, right: str) -> User:
    """Whoever acts, with that right; PermissionDenied for everybody else."""
    user = acting_user(request)
    if not user.has_perm(right):
        raise PermissionDenied
    return user


def below(
    request: HttpRequest, tabs: Sequence[Tab], tab: Tab, title: object, **more: Any
) -> dict[str, Any]:
    """The context of a page below a tab."""
    return {
        **admin.site.each_context(request),
        "title": title,
        "tabs": permitted(tabs, request.user),
        "tab": tab,
        **more,
    }


def cut(rows: QuerySet[Any], request: HttpRequest) -> Page[Any]:
    """The page that was asked for; the nearest for a number that is none."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))
