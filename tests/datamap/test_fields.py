"""Encrypted columns in the database: what PostgreSQL holds, and what may be done with them."""

import logging

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.forms import modelform_factory

from emsar.datamap.crypto import UNREADABLE_MARK, is_unreadable, key_id
from emsar.datamap.fields import EncryptedTextField
from emsar.staff.models import User
from emsar.subjects.models import DataSubject, IdentifierKind, SubjectIdentifier
from tests.factories import make_user
from tests.keys import make_key

pytestmark = pytest.mark.django_db


def raw(user: User, column: str) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM staff_user WHERE id = %s", [user.pk])
        return cursor.fetchone()[0]


def overwrite(user: User, column: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE staff_user SET {column} = {value} WHERE id = %s", [user.pk])


def test_column_holds_ciphertext_under_the_current_key(settings) -> None:
    settings.FIELD_KEYS = [make_key("k2"), make_key("k1")]
    user = make_user(full_name="Aysel Məmmədova")

    stored = raw(user, "full_name")
    assert key_id(stored) == "k2"
    assert b"Aysel" not in stored
    assert User.objects.get(pk=user.pk).full_name == "Aysel Məmmədova"


def test_column_type_is_bytea() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns"
            " WHERE table_name = 'staff_user' AND column_name = 'full_name'"
        )
        assert cursor.fetchone() == ("bytea",)


@pytest.mark.parametrize(
    "value", [None, "", " ", "a\nb", "\N{RIGHT-TO-LEFT OVERRIDE}x", "😀" * 999]
)
def test_column_gives_back_what_was_stored(value) -> None:
    user = make_user()
    user.full_name = value
    user.save()
    assert User.objects.get(pk=user.pk).full_name == value
    assert (raw(user, "full_name") is None) == (value is None)


def test_column_is_encrypted_on_every_way_of_writing() -> None:
    person = DataSubject.objects.create()
    rows = SubjectIdentifier.objects.bulk_create(
        SubjectIdentifier(subject=person, kind=IdentifierKind.EMAIL, key=bytes([n]) * 32, value="x")
        for n in range(2)
    )
    for row in rows:
        row.value = f"bulk{row.pk}"
    SubjectIdentifier.objects.bulk_update(rows, ["value"])
    assert set(SubjectIdentifier.objects.values_list("value", flat=True)) == {
        f"bulk{row.pk}" for row in rows
    }

    SubjectIdentifier.objects.update(value="updated")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM subjects_subjectidentifier")
        assert not any(b"updated" in value for (value,) in cursor.fetchall())
    assert {row.value for row in SubjectIdentifier.objects.all()} == {"updated"}


def test_value_copied_to_another_column_is_unreadable_there(caplog) -> None:
    user = make_user(full_name="Aysel", email="aysel@example.com")
    overwrite(user, "email", "full_name")

    with caplog.at_level(logging.CRITICAL):
        copied = User.objects.get(pk=user.pk)
    assert copied.full_name == "Aysel"
    assert copied.email == UNREADABLE_MARK
    assert [r.getMessage() for r in caplog.records] == [
        "a value of staff_user.email cannot be decrypted"
    ]


@pytest.fixture
def spoilt() -> User:
    """A user whose name was encrypted under a key that nobody has."""
    user = make_user(full_name="Aysel")
    overwrite(
        user, "full_name", r"'\x026b39ffffffffffffffffffffffffffffffffffffffffffffffff'::bytea"
    )
    return User.objects.get(pk=user.pk)


def test_unreadable_value_is_never_written_back(spoilt) -> None:
    before = raw(spoilt, "full_name")

    refusal = r"^staff_user.full_name: an unreadable value must not be written back$"
    with pytest.raises(ValueError, match=refusal), transaction.atomic():
        spoilt.save()
    spoilt.language = "ru"
    spoilt.save(update_fields=["language"])

    assert raw(spoilt, "full_name") == before
    assert User.objects.get(pk=spoilt.pk).language == "ru"


def test_unreadable_value_in_a_form_must_be_typed_anew(spoilt) -> None:
    form_of = modelform_factory(User, fields=["full_name", "language"])
    shown = form_of(instance=spoilt)
    assert shown["full_name"].value() == UNREADABLE_MARK

    posted = form_of({"full_name": UNREADABLE_MARK, "language": "en"}, instance=spoilt)
    assert list(posted.errors) == ["full_name"]
    assert [error.code for error in posted.errors.as_data()["full_name"]] == ["unreadable"]

    mended = form_of({"full_name": "Aysel", "language": "en"}, instance=spoilt)
    mended.save()
    assert User.objects.get(pk=spoilt.pk).full_name == "Aysel"


def test_field_left_empty_in_a_form_is_null() -> None:
    user = make_user(full_name="Aysel")
    form_of = modelform_factory(User, fields=["full_name"])
    form_of({"full_name": ""}, instance=user).save()
    assert raw(user, "full_name") is None


@pytest.mark.parametrize(
    "lookup",
    ["", "__exact", "__iexact", "__contains", "__icontains", "__startswith", "__in", "__gt"],
)
def test_lookups_are_refused_with_a_reason(lookup) -> None:
    value = ["Aysel"] if lookup == "__in" else "Aysel"
    with pytest.raises(FieldError, match="full_name is encrypted: it cannot be searched"):
        User.objects.filter(**{f"full_name{lookup}": value}).exists()


def test_lookup_for_nothing_stored_is_allowed() -> None:
    named, nameless = make_user(full_name="Aysel"), make_user(full_name=None)
    everybody = User.objects.filter(pk__in=[named.pk, nameless.pk])
    assert everybody.get(full_name__isnull=True) == nameless
    assert everybody.get(full_name__isnull=False) == named


def test_lookup_key_field_gives_bytes() -> None:
    person = DataSubject.objects.create()
    SubjectIdentifier.objects.create(subject=person, kind="email", key=b"k" * 32, value="x")
    assert SubjectIdentifier.objects.get(key=b"k" * 32).key == b"k" * 32


def test_fields_reach_migrations_as_themselves() -> None:
    field = EncryptedTextField("name", null=True)
    _, path, args, kwargs = field.deconstruct()
    assert (path, args) == ("emsar.datamap.fields.EncryptedTextField", [])
    assert kwargs == {"verbose_name": "name", "null": True}


def test_spoilt_value_does_not_hide_the_others(spoilt) -> None:
    names = [user.full_name for user in User.objects.filter(pk=spoilt.pk)]
    assert [is_unreadable(name) for name in names] == [True]
    assert User.objects.get(pk=spoilt.pk).email == spoilt.email
