"""The world of the matrix: built once, asked as everybody, and never changed."""

import gc
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Template
from django.test import Client
from django.utils import timezone, translation

from emsar.staff.models import StaffSession
from emsar.staff.site import EmsarAdminSite
from tests.staff.matrix.addresses import Address, addresses
from tests.staff.matrix.asking import undone
from tests.staff.matrix.world import STRANGER, World, build


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Thousands of requests are asked of it, and nothing but their answers is kept.

    Refusals are not logged, each with a trace, no context of a template is copied for tests, the
    side bar is made once for each of the people, and what there was before the first request is not
    looked through for garbage again and again.
    """
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), undone():
        patch.setattr(logging.getLogger("django.request"), "disabled", True)
        patch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
        patch.setattr(EmsarAdminSite, "get_app_list", _once_each(EmsarAdminSite.get_app_list))
        with translation.override("en"):
            found = build()
        gc.freeze()
        yield found
        gc.unfreeze()


@pytest.fixture(scope="package")
def clients(world) -> dict[str, Client]:
    """One of each role, and somebody who is not logged in; each has another login elsewhere."""
    found = {STRANGER: Client()}
    for role, user in world.people.items():
        for _login in range(2):
            client = Client()
            client.force_login(user)
            found.setdefault(role, client)
    # No request has to note that a login is in use.
    StaffSession.objects.update(seen_at=timezone.now() + timedelta(days=1))
    return found


@pytest.fixture(scope="package")
def everywhere(world, clients) -> list[Address]:
    return list(addresses(world))


def _once_each(made: Callable[..., Any]) -> Callable[..., Any]:
    """The list of what somebody may open, which depends on nothing else here."""
    known: dict[Any, Any] = {}

    def listed(site: Any, request: HttpRequest, app_label: str | None = None) -> Any:
        asked = request.user.pk, app_label, translation.get_language()
        if asked not in known:
            known[asked] = made(site, request, app_label)
        return known[asked]

    return listed
