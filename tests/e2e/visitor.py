"""A visitor without a browser: plain requests, no cookies, no headers but those said."""

import re
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.error import HTTPError


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


@dataclass
class Answer:
    """What came back; redirects are not followed."""

    status: int
    headers: dict[str, str]
    text: str


def fetch(url: str, data: dict[str, str] | None = None, **headers: str) -> Answer:
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, named)  # noqa: S310 - our own address
    try:
        response: HTTPResponse | HTTPError = _opener.open(request, timeout=30)
    except HTTPError as error:
        response = error
    with response:
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status or 0, found, response.read().decode())


def send_request(origin: str, language: str, **fields: str) -> Answer:
    """Open the form, take the time that a person takes, and send it."""
    url = f"{origin}/{language}/free-consultation/"
    page = fetch(url)
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token, page.text
    time.sleep(3.1)
    filled = {"company": "", "website": "", "project": "A short project.", **fields}
    return fetch(url, {**filled, "token": token[1]})


def reference_in(text: str) -> str:
    """The reference that a page or a mail shows."""
    found = re.search(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b", text)
    assert found, text
    return found[0]
