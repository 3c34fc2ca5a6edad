"""Google's values in the languages of staff."""

import pytest
from django.utils import translation

from emsar.statistics.labels import label
from emsar.statistics.models import Dimension


@pytest.mark.parametrize(
    ("language", "country", "tongue"),
    [
        ("az", "Türkiyə", "İngilis"),
        ("en", "Türkiye", "English"),
        ("ru", "Турция", "Английский"),
    ],
)
def test_countries_and_languages_are_named_in_the_language_of_the_page(language, country, tongue):
    with translation.override(language):
        assert label(Dimension.COUNTRY, "TR") == country
        assert label(Dimension.LANGUAGE, "en-gb") == label(Dimension.LANGUAGE, "EN") == tongue


@pytest.mark.parametrize(
    ("dimension", "value"),
    [
        (Dimension.COUNTRY, "QQQ"),
        (Dimension.CITY, "Bakı"),
        (Dimension.PAGE, "/az/"),
        (Dimension.SOURCE, "search.example"),
        (Dimension.HOST, "host.example"),
    ],
)
def test_what_is_no_code_stays_as_it_is(dimension, value):
    assert label(dimension, value) == value


@pytest.mark.parametrize("value", ["x-klingon", "123", "<b>", ""])
def test_a_language_that_nobody_knows_is_no_error(value):
    assert label(Dimension.LANGUAGE, value)


def test_googles_own_words_are_said_in_ours():
    assert label(Dimension.SOURCE, "(direct)") == "Came directly"
    assert label(Dimension.CITY, "(not set)") == "Not stated"
    assert label(Dimension.DEVICE, "mobile") == "Phone"
