"""``manage.py check`` refuses a column that nobody has declared, and says what to do."""

from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from emsar.datamap import declaration_of
from emsar.datamap.checks import data_map_is_complete
from emsar.datamap.declarations import _DECLARATIONS
from emsar.staff.models import User


@pytest.fixture
def declared(monkeypatch):
    """Put another line in the map for a model; None takes its line out."""

    def change(model, **words) -> None:
        line = replace(declaration_of(model), **words)
        monkeypatch.setitem(_DECLARATIONS, model, line)

    return change


def found() -> list[tuple[str, str]]:
    return [(error.id, error.msg) for error in data_map_is_complete(None)]


def test_map_as_it_stands_is_complete() -> None:
    assert found() == []


def test_model_outside_the_map_fails_the_check_of_the_command_line(monkeypatch) -> None:
    monkeypatch.delitem(_DECLARATIONS, User)
    with pytest.raises(SystemCheckError) as caught:
        call_command("check")
    assert "staff.User is not in the data map" in str(caught.value)
    assert "HINT: declare it in staff/privacy.py" in str(caught.value)


def test_model_of_somebody_else_must_be_declared_too(monkeypatch) -> None:
    monkeypatch.delitem(_DECLARATIONS, Session)
    (error,) = data_map_is_complete(None)
    assert (error.id, error.msg) == ("datamap.E001", "sessions.Session is not in the data map")
    assert "that of the app that brings it in" in error.hint


def test_table_between_two_models_must_be_declared_too(monkeypatch) -> None:
    through = next(m for m in _DECLARATIONS if m._meta.auto_created)
    monkeypatch.delitem(_DECLARATIONS, through)
    assert found() == [("datamap.E001", f"{through._meta.label} is not in the data map")]


def test_column_that_is_undeclared_is_named_with_what_to_do(declared) -> None:
    personal = dict(declaration_of(User).personal)
    del personal["email"]
    declared(User, personal=personal)

    (error,) = data_map_is_complete(None)
    assert (error.id, error.msg) == (
        "datamap.E002",
        "staff.User.email is neither declared personal nor free",
    )
    assert error.hint == (
        "in staff/privacy.py name the column once: under personal, saying why we hold it, or under"
        " free, with the reason why it says nothing about a person"
    )


def test_column_that_does_not_exist_is_named(declared) -> None:
    declared(User, free={**declaration_of(User).free, "old": ("nickname",)})
    assert found() == [("datamap.E002", "staff.User.nickname is declared but does not exist")]


def test_column_that_is_personal_and_free_is_named(declared) -> None:
    declared(User, free={**declaration_of(User).free, "codes": ("role",)})
    assert found() == [
        ("datamap.E002", "staff.User.role is declared personal and free at once, or twice")
    ]


def test_column_that_is_encrypted_cannot_be_free(declared) -> None:
    line = declaration_of(User)
    personal = {name: why for name, why in line.personal.items() if name != "full_name"}
    declared(User, personal=personal, free={**line.free, "harmless": ("full_name",)})
    assert found() == [("datamap.E002", "staff.User.full_name is encrypted but declared free")]


@pytest.mark.parametrize(
    ("fact", "empty"), [("purpose", ""), ("basis", None), ("controller", ""), ("term", "")]
)
def test_personal_model_says_purpose_basis_controller_and_term(declared, fact, empty) -> None:
    declared(User, **{fact: empty})
    (error,) = data_map_is_complete(None)
    assert (error.id, error.msg) == ("datamap.E003", f"staff.User is personal but names no {fact}")
    assert error.hint == "say it in staff/privacy.py"


def test_model_without_personal_columns_needs_no_facts() -> None:
    free = next(line for line in _DECLARATIONS.values() if not line.personal)
    assert (free.purpose, free.basis, free.term) == ("", None, "")
    assert found() == []
