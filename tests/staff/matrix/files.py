"""Every file that leaves the administration, and how it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.staff.matrix.addresses import Address
from tests.staff.matrix.asking import Answer, ask
from tests.staff.matrix.world import CONSULTING, NOBODY, SOLUTIONS, World

PURPOSE = {"purpose": "work", "contacts": "on"}


@dataclass(frozen=True)
class File:
    """``says`` stands in it, so that it was read indeed; ``words`` are whose names it holds."""

    address: str
    says: Callable[[World], str]
    query: str = ""
    method: str = "post"
    data: dict[str, Any] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    def fetch(self, client: Client, everywhere: list[Address]) -> Answer:
        """The whole file."""
        path = next(one.path for one in everywhere if one.name == self.address)
        return ask(client, self.method, f"{path}{self.query}", self.data)


FILES: dict[str, File] = {
    "requests.csv": File(
        "requests_inbox_consultationrequest_export",
        lambda world: world.references[NOBODY],
        data=PURPOSE,
        words=frozenset({SOLUTIONS, CONSULTING, NOBODY}),
    ),
    "register-of-cases.csv": File(
        "dsar_register", lambda world: world.letter.reference, "?export=1", data=PURPOSE
    ),
    "register-of-cases.pdf": File(
        "dsar_register",
        lambda world: world.letter.reference,
        "?export=1",
        data=PURPOSE | {"format": "pdf"},
    ),
    "consents.csv": File(
        "consent_overview", lambda world: "free-consultation", "?export=1", data=PURPOSE
    ),
    "looks.csv": File(
        "subjects_datasubject_looks",
        lambda world: world.people[SOLUTIONS].username,
        "?export=1",
        data=PURPOSE,
    ),
    "disclosure.json": File(
        "dsar_disclosure_export",
        lambda world: "2026/77",
        words=frozenset({SOLUTIONS}),
    ),
    "package.zip": File(
        "dsar_case_handover",
        lambda world: world.letter.reference,
        data={"means": "letter", "sure": "on"},
        words=frozenset({SOLUTIONS}),
    ),
    "act.pdf": File("retention_act", lambda world: "S-5c", "?format=pdf", method="get"),
}
