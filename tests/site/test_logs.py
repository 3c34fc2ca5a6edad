"""Tokens do not reach the logs."""

import logging

import pytest

from emsar.site.logs import MaskTokens

TOKEN = "Zm9v-_YmFyYmF6cXV4Zm9vYmFyYmF6"


def logged(message: str, *arguments: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    assert MaskTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    "path", [f"/az/free-consultation/withdraw/{TOKEN}/", f"/az/sent/?r={TOKEN}:1abc:{TOKEN}"]
)
def test_token_is_masked(path):
    assert TOKEN not in logged("Not Found: %s", path)
    assert "/az/" in logged("Not Found: %s", path)
    assert TOKEN not in logged(f"Not Found: {path}")


def test_what_is_no_token_stays():
    assert (
        logged("%s took %d ms", "/az/free-consultation/", 12) == "/az/free-consultation/ took 12 ms"
    )
    assert logged("plain") == "plain"


def test_arguments_by_name_are_left_alone():
    assert logged("%(a)s", {"a": 1}) == "1"
