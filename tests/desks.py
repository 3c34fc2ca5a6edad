"""Colleagues at the admin in a real browser: on a wide screen, on a phone, in the dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from emsar.staff.models import User

WIDE = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
DARK = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}


def signed_in(user: User) -> Client:
    """A client in which that colleague is logged in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def open_as(browser: Browser, live_server: Any, filled_db: None) -> Iterator[Any]:
    """``open_as(user, …)``: a page in which that colleague is logged in."""
    contexts: list[BrowserContext] = []

    def opened(user: User, **look: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **look)
        contexts.append(context)
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        name, place = settings.SESSION_COOKIE_NAME, f"{live_server.url}/admin/"
        context.add_cookies([{"name": name, "value": cookie, "url": place}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
