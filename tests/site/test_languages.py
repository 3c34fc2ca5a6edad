"""Which language, and the same page in another one."""

import pytest
from django.utils import translation

from emsar.site.languages import accepted_language, active_language, path_in, visitor_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "az"),
        ("ru", "ru"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,ru;q=0.4,en;q=0.3", "ru"),
        ("en;q=0.1,ru;q=0.9", "ru"),
        ("ru;q=0,en;q=0.5", "en"),
        ("*", "az"),
        ("de", "az"),
        ("az-Latn-AZ", "az"),
        ("\x00;;;,,,q=", "az"),
        ("en," * 5000, "en"),
    ],
)
def test_best_accepted_language(rf, header, language):
    assert accepted_language(rf.get("/", headers={"accept-language": header})) == language


def test_address_decides_before_the_browser(rf):
    request = rf.get("/ru/x/", headers={"accept-language": "en"})
    assert visitor_language(request) == "ru"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/az/", "/ru/"),
        ("/az", "/ru/"),
        ("/az/privacy-policy/1.0/", "/ru/privacy-policy/1.0/"),
        ("/az//evil.example/", "/ru//evil.example/"),
        ("/", "/ru/"),
        ("//evil.example/", "/ru/"),
        ("/healthz", "/ru/"),
        ("/de/x/", "/ru/"),
    ],
)
def test_same_page_in_another_language(path, other):
    assert path_in("ru", path) == other


def test_language_that_is_not_ours_is_never_rendered():
    with translation.override("de"):
        assert active_language() == "az"
    with translation.override(None):
        assert active_language() == "az"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/AZ/", "/az/"),
        ("/En/privacy-policy/?x=%C3%A9", "/en/privacy-policy/?x=%C3%A9"),
        ("/RU", "/ru"),
        ("/EN//evil.example/", "/en//evil.example/"),
    ],
)
def test_language_in_capitals_leads_to_the_page(client, asked, leads_to):
    response = client.get(asked)
    assert (response.status_code, response.headers["Location"]) == (301, leads_to)


@pytest.mark.django_db
def test_nothing_is_posted_to_a_language_in_capitals(client):
    response = client.post("/AZ/free-consultation/")
    assert response.status_code == 404
    assert response.headers["Content-Language"] == "az"


def test_error_page_knows_the_language_in_capitals(rf):
    assert visitor_language(rf.get("/EN/x/")) == "en"
