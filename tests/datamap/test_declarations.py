"""The data map itself."""

import pytest

from emsar.datamap import Declaration, Personal, declaration_of, declarations, declare
from emsar.datamap.declarations import _DECLARATIONS, Erase, declare_free
from emsar.datamap.models import KeyFingerprint
from emsar.outbox.models import OutboundMail
from emsar.staff.models import User


@pytest.fixture
def _empty_map():
    kept = dict(_DECLARATIONS)
    _DECLARATIONS.clear()
    yield
    _DECLARATIONS.clear()
    _DECLARATIONS.update(kept)


@pytest.mark.usefixtures("_empty_map")
def test_declare_notes_one_line_a_model() -> None:
    line = declare(User, subject="id", personal={"email": Personal("to reach them")})
    assert declaration_of(User) is line
    assert declarations() == (line,)
    assert declaration_of(KeyFingerprint) is None


@pytest.mark.usefixtures("_empty_map")
def test_declare_twice_is_refused() -> None:
    declare(User)
    with pytest.raises(ValueError, match=r"^staff\.User is declared twice$"):
        declare(User)


@pytest.mark.usefixtures("_empty_map")
def test_declare_free_takes_reasons_as_words() -> None:
    line = declare_free(KeyFingerprint, names_a_key=("id", "kid"), a_date=("registered_at",))
    assert line.free == {"names a key": ("id", "kid"), "a date": ("registered_at",)}
    assert line.columns == {"id", "kid", "registered_at"}
    assert (line.personal, line.subject) == ({}, None)


def test_names_hold_doubles_and_columns_do_not() -> None:
    line = Declaration(
        User, personal={"email": Personal("x")}, free={"codes": ("email", "role", "role")}
    )
    assert sorted(line.names) == ["email", "email", "role", "role"]
    assert line.columns == {"email", "role"}


def test_map_holds_every_app_through_its_privacy_module() -> None:
    assert {line.model._meta.app_label for line in declarations()} >= {
        *("datamap", "audit", "entities", "staff", "subjects", "outbox", "policies"),
        *("consent", "requests_inbox", "sessions", "admin", "auth", "contenttypes"),
    }


def test_mail_texts_are_emptied_rather_than_deleted_with_their_row() -> None:
    line = declaration_of(OutboundMail)
    blanked = {name for name, column in line.personal.items() if column.erase is Erase.BLANK}
    assert blanked == {"to_address", "reply_to", "subject_line", "body"}
