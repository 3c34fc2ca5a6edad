"""Published pages as finished bytes.

A page that only changes when something is published is rendered once a process and then sent
from memory (design idea 11). A view offers its response with `publish`; the middleware at the
very top keeps it.
"""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

MARK = "_published"

Response = TypeVar("Response", bound=HttpResponseBase)
Choice = Callable[[HttpRequest], str]

_choices: list[Choice] = []


def publish(response: Response) -> Response:
    """Mark a page as the same for every visitor who has made the same cookie choice.

    Never mark what was rendered for one visitor: a form's token, a reference, a name.
    """
    setattr(response, MARK, True)
    return response


def is_published(response: HttpResponseBase) -> bool:
    """Whether a view marked the response with `publish`."""
    return getattr(response, MARK, False) is True


def register_choice(choice: Choice) -> None:
    """Let the app that signs the cookie choice say which choice a request carries.

    It must answer one of a few fixed words: each of them is a page of its own in memory.
    """
    _choices[:] = [choice]


def choice_of(request: HttpRequest) -> str:
    """The visitor's cookie choice, or "" while nobody signs one."""
    return _choices[0](request) if _choices else ""
