"""Conditions that a member of staff must meet before anything of the admin is shown.

Higher rooms register theirs (the confidentiality undertaking), each with the page that leads
through it. The second factor is no gate: nobody is logged in without it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Gate:
    """A condition and the name of the page that leads through it ("admin:undertaking").

    ``passes`` must be cheap: it runs on every page of the admin, for whoever is logged in.
    """

    name: str
    passes: Callable[[HttpRequest], bool]
    page: str


_GATES: dict[str, Gate] = {}


def register_gate(name: str, passes: Callable[[HttpRequest], bool], page: str) -> None:
    """Add a condition; its page is registered with ``register_page(…, before_gates=True)``."""
    _GATES[name] = Gate(name, passes, page)


def closed_gate(request: HttpRequest) -> Gate | None:
    """The first condition that the request's user does not meet."""
    return next((gate for gate in _GATES.values() if not gate.passes(request)), None)
