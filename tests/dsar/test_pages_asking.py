"""The form and the page after it: plain words, and the same for everybody (E-8b to E-8k)."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsar import plainwords
from dsar.models import Intake, Kind
from dsar.models.kinds import PUBLIC_KINDS
from emsar.entities.registry import registry
from tests.dsar.asking import ADDRESS, LANGUAGES, text_of
from tests.factories import make_request

pytestmark = pytest.mark.django_db
PATH = "/en/my-data/"


def send(client, language="en", **fields):
    return client.post(
        f"/{language}/my-data/",
        {"email": ADDRESS, "kind": ["access"], "details": "", "website": "", **fields},
    )


def without_number(page: str) -> str:
    return re.sub(r'name="nonce" value="[^"]+"', "", page)


class TestForm:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_explains_every_right_with_the_terms_of_the_policy(self, client, language):
        response = client.get(f"/{language}/my-data/")
        assert response.status_code == 200
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]
        page = text_of(response.text)
        for kind in PUBLIC_KINDS:
            assert f'value="{kind.value}"' in response.text
        assert f'value="{Kind.DECEASED}"' not in response.text
        assert "30" in page
        assert registry().inquiry_email in page
        assert registry().inquiry_subject.get(language) in page
        assert registry().authority.service.get(language) in page
        assert registry().authority.website in response.text

    def test_terms_are_read_and_not_written_down(self, client, monkeypatch):
        monkeypatch.setattr(plainwords, "term_in_force", lambda name: 47)
        page = text_of(client.get(PATH).text)
        assert "within 47 calendar days" in page
        assert "within 30" not in page
        assert "anybody under 47 years" in page

    def test_terms_that_nobody_states_are_left_out(self, client, monkeypatch):
        def none(*_):
            raise LookupError

        monkeypatch.setattr(plainwords, "term_in_force", none)
        monkeypatch.setattr(
            plainwords.terms, "value", lambda group, name: none() if group == "statutory" else 7
        )
        page = text_of(client.get(PATH).text)
        assert "calendar day" not in page
        assert "working day" not in page

    def test_stands_before_the_companies(self, client):
        assert "What do you ask for?" in client.get(PATH).text
        assert client.get("/en/solutions/").status_code == 200

    def test_every_page_leads_to_it(self, client):
        for path in ("/en/", "/en/privacy-policy/", "/en/nothing/"):
            assert f'href="{PATH}"' in client.get(path).text


class TestSending:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_writes_the_entry_and_leads_to_a_page_that_can_be_reloaded(self, client, language):
        response = send(client, language, kind=["access", "deletion"], details="  Please.  ")
        assert response.status_code == 303
        assert response.headers["Location"] == f"/{language}/my-data/sent/"
        assert not response.cookies
        row = Intake.objects.get()
        assert (row.email, row.kinds, row.language) == (ADDRESS, ["access", "deletion"], language)
        assert row.details == "Please."

    def test_known_and_unknown_are_answered_alike(self, client):
        """By status, headers, bytes and statements."""
        make_request(email="known@example.com")
        client.get(PATH)
        answers, statements = [], []
        for email in ("known@example.com", "strange@example.com"):
            with CaptureQueriesContext(connection) as found:
                response = send(client, email=email)
                followed = client.get(response.headers["Location"])
            # The second may change between the two answers, and each has a number of its own.
            aside = {"Expires", "X-Request-ID"}
            headers = {name: value for name, value in response.items() if name not in aside}
            answers.append((response.status_code, headers, followed.content))
            statements.append([re.sub(r"VALUES.*|'[^']*'", "", q["sql"]) for q in found])
        assert answers[0] == answers[1]
        assert statements[0] == statements[1]
        assert sum('INSERT INTO "dsar_intake"' in sql for sql in statements[0]) == 1
        assert not any("subjects_" in sql or "requests_inbox_" in sql for sql in statements[0])

    def test_page_sent_twice_is_one_entry(self, client):
        nonce = str(uuid.uuid4())
        assert send(client, nonce=nonce).status_code == 303
        assert send(client, nonce=nonce).status_code == 303
        assert Intake.objects.count() == 1

    def test_client_without_a_number_is_served(self, client):
        send(client, nonce="nonsense")
        send(client)
        assert Intake.objects.count() == 2

    def test_link_alone_can_be_asked_for(self, client):
        response = client.post(PATH, {"again": "1", "email": ADDRESS, "website": ""})
        assert response.status_code == 303
        assert Intake.objects.get().kinds == []

    @pytest.mark.parametrize(
        ("fields", "anchor"),
        [
            ({"kind": []}, "kinds"),
            ({"kind": ["deceased"]}, "kinds"),
            ({"kind": ["nonsense"]}, "kinds"),
            ({"email": ""}, "id_email"),
            ({"email": "no address"}, "id_email"),
            ({"email": "a@example.com\r\nBcc: b@example.com"}, "id_email"),
            ({"details": "x" * 5001}, "id_details"),
            ({"website": "https://example.com"}, "id_website"),
        ],
    )
    def test_fault_is_told_where_it_is(self, client, fields, anchor):
        response = send(client, **fields)
        assert response.status_code == 422
        assert f'<a href="#{anchor}">' in response.text
        assert "<title>To correct:" in response.text
        assert Intake.objects.count() == 0

    def test_what_was_typed_stays(self, client):
        page = send(client, email="no address", kind=["deletion"], details="<b>Mine</b>").text
        assert re.search(r'value="deletion"[^>]* checked', page)
        assert "&lt;b&gt;Mine&lt;/b&gt;" in page

    def test_fault_in_the_small_form_leaves_the_large_one_alone(self, client):
        page = client.post(PATH, {"again": "1", "email": "nobody", "website": ""})
        assert page.status_code == 422
        assert '<a href="#again_email">' in page.text
        assert 'href="#kinds"' not in page.text

    def test_foreign_page_cannot_ask(self, client):
        response = client.post(
            PATH, {"email": ADDRESS, "kind": "deletion"}, headers={"sec-fetch-site": "cross-site"}
        )
        assert response.status_code == 403
        assert Intake.objects.count() == 0

    def test_too_many_from_one_network_are_put_off(self, client, settings):
        settings.FORM_LIMIT = 2
        codes = [send(client).status_code for _ in range(3)]
        assert codes == [303, 303, 429]
        assert Intake.objects.count() == 2

    def test_other_methods_are_refused(self, client):
        assert client.put(PATH).status_code == 405
        assert client.post("/en/my-data/sent/").status_code == 405


class TestSent:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_the_same_for_everybody(self, client, language):
        # Without the question about cookies, which leads back to the whole address.
        silent = {"sec-gpc": "1"}
        first = client.get(f"/{language}/my-data/sent/", headers=silent)
        assert first.status_code == 200
        assert not first.cookies
        assert 'content="noindex"' in first.text
        assert (
            first.content
            == client.get(f"/{language}/my-data/sent/?r=anything", headers=silent).content
        )
