"""No page mixes languages (S-0g): neither the article nor the frame around it."""

import re

import pytest

from tests.policies.pages import words

pytestmark = pytest.mark.django_db
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
AZERBAIJANI = re.compile(r"[ƏəŞşĞğıİÇçÖöÜü]")
PAGES = [
    *("privacy-policy/", "privacy-policy/1.0/", "privacy-policy/versions/", "cookie-policy/"),
    *("free-consultation/", "free-consultation/withdrawn/", "", "solutions/"),
]
ENGLISH = re.compile(
    r"\b(the|and|your|you|Home|Contents|versions?|Privacy|Cookie Policy|Request|months?|days?"
    r"|years?|Recipient|Purpose|Country|Email|Mailboxes|Company|Service|Updated|Effective)\b"
)


def seen(client, language: str, page: str) -> str:
    """What a reader sees, without the Azerbaijani word for TIN and the name of a standard."""
    text = client.get(f"/{language}/{page}").text
    text = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    return words(text).replace("VÖEN", "").replace("Global Privacy Control", "")


@pytest.mark.parametrize("page", PAGES)
def test_english_page_is_english(client, page):
    text = seen(client, "en", page)
    assert not CYRILLIC.search(text)
    assert not AZERBAIJANI.search(text)


@pytest.mark.parametrize("page", PAGES)
def test_azerbaijani_page_is_azerbaijani(client, page):
    text = seen(client, "az", page)
    assert not CYRILLIC.search(text)
    assert not ENGLISH.search(text)


@pytest.mark.parametrize("page", PAGES)
def test_russian_page_is_russian(client, page):
    text = seen(client, "ru", page)
    assert not AZERBAIJANI.search(text)
    assert not ENGLISH.search(text)


def test_terms_are_printed_in_the_words_of_each_language(client):
    assert "yaş həddinə (18 yaş)" in seen(client, "az", "privacy-policy/")
    assert "младше 18 лет" in seen(client, "ru", "privacy-policy/")
    assert "under 18 years" in seen(client, "en", "privacy-policy/")
    assert "12 ay müddətində" in seen(client, "az", "privacy-policy/")
    assert "в течение 12 месяцев" in seen(client, "ru", "privacy-policy/")
    assert "в течение 1 рабочего дня" in seen(client, "ru", "privacy-policy/")
    assert "1 iş günü ərzində" in seen(client, "az", "privacy-policy/")
