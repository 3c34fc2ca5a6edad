"""A visitor of the form: opens it, fills it in for a while, sends it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client

FILLED_IN = {
    "name": "Aysel Məmmədova",
    "email": "aysel@example.com",
    "company": "",
    "service": "cybersecurity",
    "project": "We would like to have our network tested.",
}


class Visitor:
    """Sends the form as a browser would, ten seconds after opening it."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client = client
        self.path = f"/{language}/free-consultation/"
        self.page = ""

    def open(self) -> "Visitor":
        self.page = self.client.get(self.path).text
        return self

    @property
    def token(self) -> str:
        return field_value(self.page, "token")

    def send(self, *, after: float = 10, headers: Any = None, **changed: Any) -> HttpResponse:
        """Post the form ``after`` seconds from now; the page that comes back is the next one."""
        fields = FILLED_IN | {"token": self.token, "website": ""} | changed
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=after), tick=True):
            response = self.client.post(self.path, fields, headers=headers)
        if response.status_code != 303:
            self.page = response.text
        return response


def field_value(page: str, name: str) -> str:
    """What a field of a page holds."""
    if name == "project":
        found = re.search(r'<textarea name="project"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    elif name == "service":
        found = re.search(r'<option value="([^"]*)" selected>', page)
    else:
        tag = re.search(rf'<input [^>]*name="{name}"[^>]*>', page)
        found = re.search(r'value="([^"]*)"', tag[0]) if tag else None
    return unescape(found[1]) if found else ""


def summary(page: str) -> list[tuple[str, str]]:
    """The error summary: for each error the field that it leads to, and its words."""
    block = page.partition('id="errors"')[2].partition("</div>")[0]
    found = re.findall(r'<a href="#id_(\w+)">(.*?)</a>', block, re.DOTALL)
    return [(field, unescape(words)) for field, words in found]


def said_beside(page: str, field: str) -> list[str]:
    """The errors that stand beside a field."""
    block = page.partition(f'id="id_{field}_error"')[2].partition("</ul>")[0]
    return [unescape(words) for words in re.findall(r"<li>(.*?)</li>", block, re.DOTALL)]
