"""The page of an act and its file: for the officer and the auditor, told in the audit."""

import re

import pytest
from django.test import Client

from emsar.audit.models import AuditEvent
from emsar.retention.acts.content import act_of
from emsar.retention.acts.urls import act_url
from emsar.staff.models import Role, User
from tests.factories import make_user, solutions_user
from tests.retention.test_acts import LANGUAGES, make_line

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def officer(db) -> Client:
    return client_of(make_user(Role.DPO))


@pytest.fixture
def address(db) -> str:
    return act_url("sweep", str(make_line().sweep))


def downloads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="retention.act"))


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR])
def test_officer_and_auditor_read_and_take_it(address, role) -> None:
    client = client_of(make_user(role))
    assert client.get(address).status_code == 200
    assert client.get(address, {"format": "pdf"}).status_code == 200


def test_nobody_else_does(address) -> None:
    for user in (make_user(Role.ADMINISTRATOR), solutions_user()):
        for query in ({}, {"format": "pdf"}):
            assert client_of(user).get(address, query).status_code == 403
    assert Client().get(address).status_code == 302
    assert downloads() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_file_is_an_attachment_that_nobody_keeps(officer, address, language) -> None:
    response = officer.get(address, {"language": language, "format": "pdf"})
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]
    sent = re.fullmatch(
        rf'attachment; filename="act-S-[0-9a-f]{{8}}-{language}\.pdf"',
        response.headers["Content-Disposition"],
    )
    assert sent
    assert response.content.startswith(b"%PDF-")
    again = officer.get(address, {"language": language, "format": "pdf"})
    assert again.content == response.content


def test_each_download_is_an_event_and_a_look_is_none(officer, address) -> None:
    officer.get(address)
    assert downloads() == []
    officer.get(address, {"format": "pdf", "language": "ru"})
    (event,) = downloads()
    key = address.rstrip("/").rpartition("/")[2]
    digest = act_of("sweep", key).digest
    assert event.detail == {"scope": "sweep", "key": key, "language": "ru", "digest": digest}
    assert event.actor == User.objects.get(role=Role.DPO).pk


def test_page_shows_the_table_and_leads_to_the_file(officer, address) -> None:
    response = officer.get(address)
    for said in ("Act of destruction", "Requests for consultation", "messages: 5", "E-7.2a"):
        assert said in response.text
    assert "?language=en&amp;format=pdf" in response.text
    assert '<article class="sheet act" lang="en">' in response.text


def test_page_speaks_the_language_that_is_asked_for(officer, address) -> None:
    for language in LANGUAGES:
        text = officer.get(address, {"language": language}).text
        assert f'<article class="sheet act" lang="{language}">' in text
        assert f"?language={language}&amp;format=pdf" in text
    colleague = client_of(make_user(Role.DPO, language="ru"))
    assert '<article class="sheet act" lang="ru">' in colleague.get(address).text


@pytest.mark.parametrize(
    "query",
    [
        {"language": "de"},
        {"language": ""},
        {"language": "en-gb"},
        {"format": "exe"},
        {"format": ""},
        {"format": "PDF"},
    ],
)
def test_unknown_language_or_format_is_not_found(officer, address, query) -> None:
    assert officer.get(address, query).status_code == 404


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        ("sweep", "00000000-0000-4000-8000-000000000001"),
        ("month", "2031-01"),
        ("month", "2026-11; DROP TABLE"),
        ("month", "<b>"),
        ("nothing", "at-all"),
    ],
)
def test_nothing_destroyed_is_not_found(officer, scope, key) -> None:
    assert officer.get(act_url(scope, key), {"format": "pdf"}).status_code == 404
    assert downloads() == []


def test_only_looking_is_possible(officer, address) -> None:
    assert officer.post(address).status_code == 405
    assert officer.head(address).status_code == 200


def test_what_stands_in_a_line_is_no_markup(officer) -> None:
    line = make_line(rule="<script>alert(1)</script>", clause="<i>&amp;")
    text = officer.get(act_url("sweep", str(line.sweep))).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "&lt;i&gt;&amp;amp;" in text
