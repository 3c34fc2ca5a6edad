"""Encryption of personal values, and the keyed hashes by which they are found."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emsar.datamap.crypto import (
    UNREADABLE_MARK,
    Unreadable,
    decrypt,
    encrypt,
    is_unreadable,
    key_id,
    lookup_key,
    lookup_keys,
)
from tests.keys import make_key

PLACE = "people.name"
# PostgreSQL and UTF-8 know no lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=60, deadline=None)
@given(texts)
def test_encrypt_and_decrypt_give_the_text_back(text: str) -> None:
    assert decrypt(encrypt(text, PLACE), PLACE) == text


def test_encrypt_same_text_twice_looks_different() -> None:
    assert encrypt("Aysel", PLACE) != encrypt("Aysel", PLACE)


def test_encrypt_names_its_key_and_costs_29_bytes_and_the_name(settings) -> None:
    settings.FIELD_KEYS = [make_key("k7")]
    value = encrypt("Aysel", PLACE)
    assert key_id(value) == "k7"
    assert len(value) == len("Aysel") + 29 + len("k7")
    assert b"Aysel" not in value


def test_decrypt_reads_values_under_every_key_of_the_ring(settings) -> None:
    settings.FIELD_KEYS = [make_key("old")]
    value = encrypt("Aysel", PLACE)
    settings.FIELD_KEYS = [make_key("new"), make_key("old")]
    assert decrypt(value, PLACE) == "Aysel"
    assert key_id(encrypt("Aysel", PLACE)) == "new"


def altered(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(altered, id="one bit turned"),
        pytest.param(lambda value: value[:-1], id="cut"),
        pytest.param(lambda value: value[:5], id="cut inside the nonce"),
        pytest.param(lambda value: b"", id="empty"),
        pytest.param(lambda value: b"\x00", id="no key id"),
        pytest.param(lambda value: b"\xff" * 40, id="noise"),
        pytest.param(lambda value: b"\x02k9" + value[3:], id="unknown key"),
    ],
)
def test_decrypt_spoilt_value_gives_the_marker_and_an_alarm(caplog, spoil) -> None:
    value = spoil(encrypt("Aysel", PLACE))
    with caplog.at_level(logging.CRITICAL):
        text = decrypt(value, PLACE)

    assert isinstance(text, Unreadable)
    assert text == UNREADABLE_MARK
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("CRITICAL", "a value of people.name cannot be decrypted")
    ]


def test_decrypt_value_of_another_column_is_unreadable() -> None:
    assert is_unreadable(decrypt(encrypt("Aysel", "people.email"), "people.name"))
    assert is_unreadable(decrypt(encrypt("Aysel", "staff.name"), "people.name"))


def test_decrypt_another_key_under_the_same_id_is_unreadable(settings) -> None:
    settings.FIELD_KEYS = [make_key("a")]
    value = encrypt("Aysel", PLACE)
    settings.FIELD_KEYS = [make_key("a", secret="other")]
    assert is_unreadable(decrypt(value, PLACE))


def test_marker_that_somebody_typed_is_ordinary_text() -> None:
    assert not is_unreadable(UNREADABLE_MARK)
    assert not is_unreadable(decrypt(encrypt(UNREADABLE_MARK, PLACE), PLACE))


def test_lookup_key_is_the_same_each_time_and_keyed(settings) -> None:
    settings.LOOKUP_KEYS = [make_key("a")]
    first = lookup_key("email", "a@example.com")
    assert (len(first), lookup_key("email", "a@example.com")) == (32, first)

    settings.LOOKUP_KEYS = [make_key("b")]
    assert lookup_key("email", "a@example.com") != first


def test_lookup_key_of_another_purpose_is_another() -> None:
    assert lookup_key("email", "994123456789") != lookup_key("phone", "994123456789")


def test_lookup_keys_search_under_every_key_current_first(settings) -> None:
    settings.LOOKUP_KEYS = [make_key("old")]
    old = lookup_key("word", "ilqar")
    settings.LOOKUP_KEYS = [make_key("new"), make_key("old")]
    assert lookup_keys("word", "ilqar") == [lookup_key("word", "ilqar"), old]
