"""Every event of a case has a sentence: a new one without words fails here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dsar
from dsar.admin.sentences import SENTENCES
from dsar.admin.timeline import reason_words, timeline
from dsar.models import CaseEvent, Kind
from dsar.services.transitions import note_event
from emsar.staff.models import User
from tests.dsar.desk import make_case
from tests.factories import make_user

ROOM = Path(dsar.__file__).parent
# The positions of the event's name in calls that take one.
PLACES = {"note_event": 1}


def events() -> Iterator[str]:
    """The names of events that the code writes as they stand."""
    for path in [*ROOM.glob("*.py"), *ROOM.glob("services/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _named(node)


def _named(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    place = PLACES.get(name)
    found = [word.value for word in call.keywords if word.arg == "event"]
    if place is not None and len(call.args) > place:
        found.append(call.args[place])
    for value in found:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_event_has_a_sentence() -> None:
    found = set(events())
    assert {"received", "verified", "executed"} <= found
    assert found - set(SENTENCES) == set()


@pytest.mark.parametrize(
    ("code", "words"),
    [("phone", "phone"), ("document", "an identity document was seen"), ("", ""), ("x", "x")],
)
def test_codes_are_said_in_words_where_one_of_our_lists_has_them(code: str, words: str) -> None:
    assert reason_words(code) == words


@pytest.mark.django_db
def test_line_names_who_did_it_and_how_the_status_changed() -> None:
    officer: User = make_user(full_name="Nigar Officer")
    case = make_case(Kind.COMPLAINT)
    note_event(case, "note_written", actor=officer.pk)
    CaseEvent.objects.create(
        case=case, event="unheard_of", from_status="unverified", to_status="open"
    )
    lines = timeline(case)
    assert [line.who for line in lines] == ["", "Nigar Officer", ""]
    assert lines[1].text == "An internal note was added."
    assert (lines[2].text, lines[2].change) == (
        "unheard_of",
        "waiting for proof of identity → open",
    )
