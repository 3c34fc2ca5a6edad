"""Every address of the admin, opened and posted to as everybody, against docs/staff-access.md."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.staff.matrix.addresses import Address
from tests.staff.matrix.asking import NO_SUCH_METHOD, NOTES, Answer, ask
from tests.staff.matrix.files import FILES
from tests.staff.matrix.posting import CARRIED_OUT, posted
from tests.staff.matrix.table import ALL, NONE, OWN, lines
from tests.staff.matrix.world import ANY, COLUMN, CONSULTING, NOBODY, SEEN, SOLUTIONS, WORDS
from tests.webrole import as_web

pytestmark = pytest.mark.django_db

# What is told on the next page.
MESSAGES = {"django_session"}
BY_ROW = {"take", "close_as_spam", "close_as_duplicate"}
ACTIONS = {
    SOLUTIONS: {"requests_inbox_consultationrequest": BY_ROW},
    CONSULTING: {"requests_inbox_consultationrequest": BY_ROW},
    "dpo": {
        "requests_inbox_consultationrequest": BY_ROW,
        "outbox_outboundmail": {"send_again"},
    },
    "administrator": {"outbox_outboundmail": {"send_again"}},
}


def expected(role: str, address: Address, method: str) -> bool:
    """Whether the table lets a role open, or post to, this very row."""
    cell = lines()[address.name].cell(COLUMN.get(role, role), method)
    if cell == OWN:
        return address.whose in {role, NOBODY, ANY}
    return cell == ALL


def wrongs(role: str, address: Address, method: str, answer: Answer) -> list[str]:
    """What is not as the table says; a refusal changes nothing, and is one, not a missing page."""
    found = []
    if answer.is_open != expected(role, address, method):
        found.append("open" if answer.is_open else "closed")
    if not answer.is_open and answer.wrote - NOTES:
        found.append(f"wrote {answer.wrote}")
    others = lines()[address.name].of_members(method)
    if answer.status == NO_SUCH_METHOD and others != {NONE}:
        found.append("takes the method from others")
    if answer.is_file and address.name not in {file.address for file in FILES.values()}:
        found.append("a file that the table does not name")
    return [f"{address.name} of {address.whose}: {answer.status} {what}" for what in found]


def walk(client: Client, method: str, places: list[Address]) -> Iterator[tuple[Address, Answer]]:
    """Each address with its answer, given by the web's role without changing it in between."""
    with as_web():
        for address in places:
            data = posted(address.name) if method == "post" else None
            yield address, ask(client, method, address.path, data)


def test_table_names_every_address_and_no_other(everywhere) -> None:
    found = {address.name for address in everywhere}
    assert found - set(lines()) == set(), "say in docs/staff-access.md who may open these"
    assert set(lines()) - found == set(), "there is no such address any more"


@pytest.mark.parametrize("role", SEEN)
def test_role_opens_what_the_table_says_and_reads_no_other_word(
    world, clients, everywhere, role
) -> None:
    wrong, read, referred, actions = [], set(), set(), {}
    for address, answer in walk(clients[role], "get", everywhere):
        wrong += wrongs(role, address, "get", answer)
        read |= answer.holds(WORDS)
        referred |= answer.holds(world.references)
        if answer.actions:
            actions[address.name.removesuffix("_changelist")] = answer.actions
    assert (wrong, read, referred) == ([], SEEN[role], SEEN[role])
    assert actions == ACTIONS.get(role, {})


@pytest.mark.parametrize("role", SEEN)
def test_role_does_what_the_table_says_and_nothing_else(world, clients, everywhere, role) -> None:
    """The second factor was given, so that nothing but the role stands in the way."""
    wrong, did = [], set()
    for address, answer in walk(clients[role], "post", everywhere):
        wrong += wrongs(role, address, "post", answer)
        told = answer.holds(WORDS) | answer.holds(world.references)
        wrong += [f"{address.name} tells of {whose}" for whose in told - SEEN[role]]
        if answer.is_open and (answer.is_file or answer.wrote - NOTES - MESSAGES):
            did.add(address.name)
    assert wrong == []
    column = COLUMN.get(role, role)
    able = {name for name in CARRIED_OUT if lines()[name].cell(column, "post") != NONE}
    assert able - did == set(), "what is posted there does nothing: say in posting.py what would"
