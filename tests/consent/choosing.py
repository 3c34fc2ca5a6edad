"""A visitor who is asked about cookies and answers, by plain form posts."""

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from consent.choice.cookie import NAME

MEASUREMENT_ID = "G-TEST12345"
GOOGLE = "googletagmanager.com"


class Chooser:
    """Opens a page, reads its question, and presses one of its buttons."""

    def __init__(self, client: Client, language: str = "en", **headers: str) -> None:
        self.client = client
        self.language = language
        self.headers = headers
        self.page = ""

    @property
    def path(self) -> str:
        return f"/{self.language}/cookies/"

    @property
    def value(self) -> str:
        """What the browser keeps of the choice."""
        cookie = self.client.cookies.get(NAME)
        return cookie.value if cookie else ""

    def open(self, path: str = "", **headers: str) -> HttpResponse:
        """``path`` within the language: "", "solutions/", "cookies/"."""
        address = f"/{self.language}/{path}"
        response = self.client.get(address, headers=self.headers | headers)
        self.page = response.text
        return response

    @property
    def shown(self) -> str:
        return hidden(self.page, "shown")

    def answer(self, choice: str, *, headers: Any = None, **changed: str) -> HttpResponse:
        """Press a button of the page that is open."""
        names = ("shown", "from", "next")
        fields = {name: hidden(self.page, name) for name in names} | {"choice": choice} | changed
        head = self.headers | (headers or {})
        return self.client.post(self.path, fields, headers=head)

    def accept(self, **changed: str) -> HttpResponse:
        self.open()
        return self.answer("accept", **changed)


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def asks(page: str) -> bool:
    return 'class="choice"' in page


def has_tag(page: str) -> bool:
    return GOOGLE in page and "consent/tag" in page


def expired(response: HttpResponse) -> set[tuple[str, str]]:
    """The cookies that an answer deletes: name and domain."""
    return {
        (cookie.key, cookie["domain"])
        for cookie in response.cookies.values()
        if cookie["max-age"] == 0
    }
