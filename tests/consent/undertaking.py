"""Accepting the confidentiality undertaking as a colleague does, on its page."""

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client

PAGE = "/admin/undertaking/"


def token(page: str) -> str:
    """Which words the page shows."""
    found = re.search(r'name="shown" value="([^"]*)"', page)
    assert found is not None, page
    return unescape(found[1])


def accepting(client: Client, **changed: str) -> HttpResponse:
    """Read the page, and press its button."""
    shown = token(client.get(PAGE).text)
    return client.post(PAGE, {"shown": shown, "next": "/admin/", **changed})
