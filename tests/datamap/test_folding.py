"""Folding: one word, however it is typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emsar.datamap.crypto import lookup_key
from emsar.datamap.folding import MAX_WORDS, fold, search_keys, word_keys, words
from tests.keys import make_key


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("İlqar", "ilqar"),
        ("ilqar", "ilqar"),
        ("ILQAR", "ilqar"),
        ("Ilqar", "ilqar"),
        ("ılqar", "ilqar"),
        ("I\u0307lqar", "ilqar"),
        ("Ələkbərzadə", "elekberzade"),
        ("ƏLƏKBƏRZADƏ", "elekberzade"),
        ("Şəhla Çingizqızı", "sehla cingizqizi"),
        ("Göyərçin Güləliyeva", "goyercin guleliyeva"),
        ("Ğ", "g"),
        ("Ёлкин", "елкин"),
        ("Е\u0308ЛКИН", "елкин"),
        ("Straße", "strasse"),
        ("ﬁrma", "firma"),
        ("℡", "tel"),
        ("𝐀ysel", "aysel"),
        ("", ""),
    ],
)
def test_fold_makes_one_form_of_many(typed, folded) -> None:
    assert fold(typed) == folded


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_fold_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=60, deadline=None)
@given(st.text("abcçdeəfgğhxıijkqlmnoöprsştuüvyzАБВГДЕЁЖЗИЙяюэ ", min_size=1))
def test_fold_is_blind_to_case_in_our_three_languages(text: str) -> None:
    """Upper-casing is lossy for i (Azerbaijani has two), and folding joins both."""
    assert fold(text.upper()) == fold(text) == fold(text.replace("i", "İ"))


def test_words_are_distinct_in_order_and_free_of_signs() -> None:
    assert words("Əliyev, Əli-Zaur oğlu", None, "«Zaur» MMC", "") == [
        "eliyev",
        "eli",
        "zaur",
        "oglu",
        "mmc",
    ]


def test_words_are_limited_in_number() -> None:
    assert len(words(" ".join(f"w{n}" for n in range(100)))) == MAX_WORDS


def test_search_keys_of_a_query_meet_the_stored_ones_under_old_and_new_keys(settings) -> None:
    settings.LOOKUP_KEYS = [make_key("old")]
    before = word_keys("İlqar Məmmədov")
    settings.LOOKUP_KEYS = [make_key("new"), make_key("old")]
    after = word_keys("İlqar Məmmədov")
    assert set(before).isdisjoint(after)

    query = search_keys("ILQAR memmedov")
    assert [len(keys) for keys in query] == [2, 2]
    for stored in (before, after):
        assert all(set(keys) & set(stored) for keys in query)
    assert not set(search_keys("ilq")[0]) & {*before, *after}


def test_search_keys_current_key_comes_first(settings) -> None:
    settings.LOOKUP_KEYS = [make_key("new"), make_key("old")]
    assert search_keys("Zaur")[0][0] == lookup_key("word", "zaur")
    assert search_keys(" ,; ") == []
