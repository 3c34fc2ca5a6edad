"""Key rings: what the settings may hold, and which key is which."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from emsar.datamap.keys import ring
from tests.keys import make_key


def test_ring_first_key_is_current_and_all_are_found(settings) -> None:
    settings.FIELD_KEYS = [make_key("new"), make_key("old")]
    keys = ring("FIELD_KEYS")

    kid, key = keys.current
    assert kid == "new"
    assert len(key) == 32
    assert keys.get("new") == key
    assert keys.get("old") not in (None, key)
    assert keys.get("lost") is None


def test_ring_ignores_blanks_around_and_between_entries(settings) -> None:
    settings.FIELD_KEYS = [f" {make_key('a')} ", "", "  "]
    assert [kid for kid, _ in ring("FIELD_KEYS").keys] == ["a"]


def test_ring_follows_a_changed_setting(settings) -> None:
    settings.FIELD_KEYS = [make_key("a")]
    first = ring("FIELD_KEYS").current
    settings.FIELD_KEYS = [make_key("b")]
    assert ring("FIELD_KEYS").current != first


@pytest.mark.parametrize("entries", [[], ["", "  "]])
def test_ring_without_a_key_stops_the_start(settings, entries) -> None:
    settings.LOOKUP_KEYS = entries
    with pytest.raises(ImproperlyConfigured, match=r"^LOOKUP_KEYS holds no key$"):
        ring("LOOKUP_KEYS")


def test_ring_with_one_id_twice_stops_the_start(settings) -> None:
    settings.FIELD_KEYS = [make_key("a"), make_key("a", secret="other")]
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS names a key id twice"):
        ring("FIELD_KEYS")


@pytest.mark.parametrize(
    "entry",
    [
        "no-colon",
        ":" + base64.b64encode(b"x" * 32).decode(),
        "a:" + base64.b64encode(b"x" * 31).decode(),
        "a:" + base64.b64encode(b"x" * 33).decode(),
        "a:not base64 at all",
        "a:açar" + "A" * 39,
        "a:",
        "ş:" + base64.b64encode(b"x" * 32).decode(),
        "seventeen-letters:" + base64.b64encode(b"x" * 32).decode(),
    ],
)
def test_ring_malformed_entry_stops_the_start_and_stays_secret(settings, entry) -> None:
    settings.EVIDENCE_KEYS = [entry]
    with pytest.raises(ImproperlyConfigured) as caught:
        ring("EVIDENCE_KEYS")
    assert str(caught.value) == "EVIDENCE_KEYS: each key is id:base64 of exactly 32 bytes"


def test_fingerprint_tells_keys_apart_and_holds_none_of_the_key(settings) -> None:
    settings.FIELD_KEYS = [make_key("a"), make_key("b")]
    settings.LOOKUP_KEYS = [make_key("a")]
    marks = ring("FIELD_KEYS").fingerprints()

    assert set(marks) == {"a", "b"}
    assert marks["a"] != marks["b"]
    # The same key in another ring has another mark, so that rings cannot be compared.
    assert ring("LOOKUP_KEYS").fingerprints()["a"] != marks["a"]
    assert ring("FIELD_KEYS").current[1].hex() not in marks["a"]
