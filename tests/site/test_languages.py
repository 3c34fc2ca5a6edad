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
