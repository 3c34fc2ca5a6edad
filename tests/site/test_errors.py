"""Error pages: in the visitor's language, with the frame, without the database."""

import re

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from django.utils import translation
from psycopg_pool import PoolTimeout

from emsar.site import errors
from tests.site.conftest import LANGUAGES

# None of these tests may use the database: without the ``db`` fixture it is closed to them.
pytestmark = pytest.mark.urls("tests.site.urls")


@pytest.fixture
def quiet_client() -> Client:
    """Answers with the error page where the plain client raises the view's exception."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", sorted(errors.HEADINGS))
def test_every_page_has_the_frame_in_the_language_of_the_address(rf, group, language, status):
    response = errors.error_page(rf.get(f"/{language}/x/"), status)
    assert response.status_code == status
    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language
    assert response.headers["Cache-Control"] == "no-store"
    for company in group.entities:
        assert company.name.get(language) in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert 'rel="canonical"' not in response.text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ru", "ru"), ("en-US,en;q=0.9", "en"), ("de", "az"), ("ru;q=0", "az")],
)
def test_address_without_a_language_gets_the_browsers(rf, accepted, language):
    request = rf.get("/x/", headers={"accept-language": accepted})
    assert errors.error_page(request, 404).headers["Content-Language"] == language


def test_language_left_by_an_earlier_visitor_is_not_used(rf):
    with translation.override("ru"):
        assert errors.error_page(rf.get("/en/x/"), 404).headers["Content-Language"] == "en"
        assert translation.get_language() == "ru"


def test_error_page_tells_apart_the_languages(rf):
    pages = {errors.error_page(rf.get(f"/{code}/x/"), 404).text for code in LANGUAGES}
    assert len(pages) == len(LANGUAGES)


def test_wrong_address_is_404(client):
    response = client.get("/ru/no-such/page/")
    assert response.status_code == 404
    assert '<html lang="ru">' in response.text
    assert 'href="/en/no-such/page/"' in response.text


def test_wrong_address_is_not_repeated_as_markup(client):
    response = client.get("/en/%3Cscript%3Ealert(1)%3C/script%3E/x/")
    assert response.status_code == 404
    assert "<script>" not in response.text


@pytest.mark.parametrize("path", ["/%FF/", "/en/%FF%FE/", "/%C0%AF/", "/en/%ED%A0%80/"])
def test_broken_paths_are_404(client, path):
    assert client.get(path).status_code == 404


def test_nul_in_an_address_is_the_visitors_mistake(client):
    assert client.get("/en/%00/").status_code == 400


@pytest.mark.parametrize(
    ("query", "status"), [("a=%FF", 200), ("%00=%00", 400), ("&" * 3000, 200), ("a=1&" * 500, 200)]
)
def test_broken_queries_are_not_an_error_of_ours(quiet_client, query, status):
    assert quiet_client.get(f"/en/free-consultation/?{query}").status_code == status


@pytest.mark.parametrize("body", [b"a=%FF&b=%00", b"\xff\xfe", b"=" * 100, b""])
def test_broken_bodies_are_not_an_error_of_ours(quiet_client, body):
    response = quiet_client.post(
        "/en/free-consultation/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200


def test_broken_multipart_is_400(quiet_client):
    response = quiet_client.post(
        "/en/free-consultation/", b"x" * 50, content_type="multipart/form-data; boundary="
    )
    assert response.status_code == 400
    assert '<html lang="en">' in response.text


def test_body_that_is_too_large_is_413(quiet_client):
    body = b"project=" + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    response = quiet_client.post(
        "/ru/free-consultation/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413
    assert '<html lang="ru">' in response.text


def test_too_many_fields_are_400(quiet_client):
    body = b"a=1&" * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    response = quiet_client.post(
        "/en/free-consultation/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400


def test_bug_of_ours_is_500_with_our_mailboxes(quiet_client, group):
    response = quiet_client.get("/en/broken/bug/")
    assert response.status_code == 500
    for mailbox in group.mailboxes:
        assert f"mailto:{mailbox.address}" in response.text


def test_lost_database_is_503_with_our_mailboxes(client, group):
    """The plain client would raise: the view's exception never gets that far."""
    response = client.get("/ru/broken/database/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert '<html lang="ru">' in response.text
    for mailbox in group.mailboxes:
        assert f"mailto:{mailbox.address}" in response.text


def test_database_lost_in_a_middleware_is_503(quiet_client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.site.test_errors.LosesDatabase"]
    assert quiet_client.get("/en/free-consultation/").status_code == 503


class LosesDatabase:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> None:
        raise OperationalError("the connection is lost")


@pytest.mark.parametrize(
    ("exception", "down"),
    [
        (OperationalError(), True),
        (InterfaceError(), True),
        (PoolTimeout(), True),
        (psycopg.OperationalError(), True),
        (ProgrammingError(), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_only_a_lost_database_counts_as_away(exception, down):
    assert errors.is_database_down(exception) is down


def test_nothing_of_the_request_is_logged_with_a_503(client, caplog):
    client.get("/ru/broken/database/?token=secret")
    assert [record.name for record in caplog.records] == ["emsar.site.errors"]
    assert "secret" not in caplog.text
    assert "/ru/" not in caplog.text


def test_bad_request_names_the_size_only_when_it_was_the_size(rf):
    assert errors.bad_request(rf.get("/en/"), RequestDataTooBig()).status_code == 413
    assert errors.bad_request(rf.get("/en/"), ValueError()).status_code == 400


def test_form_that_lost_djangos_cookie_is_told_to_reload(rf):
    response = errors.csrf_failure(rf.get("/en/"), "CSRF cookie not set.")
    assert response.status_code == 403
    assert "reload the page" in response.text
    assert "CSRF cookie" not in response.text


def test_language_switch_of_an_error_page_quotes_the_address(rf):
    page = errors.error_page(rf.get('/en/"onmouseover="x/'), 404).text
    links = re.findall(r'<a href="([^"]*)" lang="(?:az|en|ru)"', page)
    assert links == [f"/{code}/%22onmouseover%3D%22x/" for code in LANGUAGES]
