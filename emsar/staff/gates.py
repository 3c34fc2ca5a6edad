"""Conditions that a member of staff must meet before any personal data is shown.

Higher rooms register theirs (the confidentiality undertaking); the second factor is one too.
"""

from collections.abc import Callable

from django.http import HttpRequest

_GATES: dict[str, Callable[[HttpRequest], bool]] = {}


def register_gate(name: str, passes: Callable[[HttpRequest], bool]) -> None:
    """Add a condition; ``passes`` must be cheap, it runs on every page of the admin."""
    _GATES[name] = passes


def passes_all(request: HttpRequest) -> bool:
    """Whether the request's user meets every condition."""
    return all(passes(request) for passes in _GATES.values())
