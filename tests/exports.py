"""Files that colleagues take out of the administration."""

import csv
from io import StringIO
from typing import Any

from django.http import HttpResponse
from django.test import Client


def taken(client: Client, address: str, purpose: str = "work", **chosen: str) -> HttpResponse:
    """What a colleague gets who says what the file is for."""
    return client.post(address, {"purpose": purpose, **chosen})


def content_of(response: Any) -> bytes:
    """The whole file, however it was sent."""
    return response.getvalue() if response.streaming else response.content


def lines_of(response: Any) -> list[list[str]]:
    """The lines of a CSV file, its head first."""
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8", response.content
    content = content_of(response)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))
