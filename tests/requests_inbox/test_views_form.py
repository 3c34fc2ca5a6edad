"""The form from the visitor's side: what is accepted, once, and what comes back otherwise."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from consent.models import ConsentEvent
from consent.notices import FREE_CONSULTATION, NoticeUnavailableError, notice
from emsar.entities.models import LegalEntity, Organisation
from emsar.entities.publication import bump
from emsar.outbox.models import OutboundMail
from emsar.staff.models import KeyedCount
from policies.models import PolicyVersion
from policies.publishing import publish
from requests_inbox import tokens, views
from requests_inbox.models import ConsultationRequest
from tests.requests_inbox.visiting import FILLED_IN, Visitor, field_value

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")
STALE = "The text that you agree to has changed"
PATH = "/en/free-consultation/"


@pytest.fixture
def visitor(client) -> Visitor:
    return Visitor(client).open()


def stored() -> int:
    return ConsultationRequest.objects.count()


class TestPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_sets_no_cookie_runs_no_script_and_is_kept_nowhere(self, client, language):
        response = client.get(f"/{language}/free-consultation/")
        assert response.status_code == 200
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]
        assert "<script" not in response.text
        assert not re.search(r'\sstyle="| on\w+="', response.text)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_shows_exactly_the_words_that_are_agreed_to(self, client, language):
        page = client.get(f"/{language}/free-consultation/").text
        words = notice(FREE_CONSULTATION, language)
        assert words.sentence in page
        assert words.details in page
        after = page.index(words.details)
        assert page.index(words.sentence) < after < page.index('<button class="button"')

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_language_switch_stays_on_the_form(self, client, language):
        page = client.get(f"/{language}/free-consultation/").text
        for other in LANGUAGES:
            assert f'href="/{other}/free-consultation/" lang="{other}"' in page

    def test_costs_no_statement_once_the_words_are_known(self, client, django_assert_num_queries):
        client.get(PATH)
        with django_assert_num_queries(0):
            client.get(PATH)

    def test_every_visitor_has_a_token_of_their_own(self, client):
        tokens_seen = {Visitor(client).open().token for _ in range(3)}
        assert len({tokens.read_token(token).nonce for token in tokens_seen}) == 3

    def test_page_follows_the_registry_and_the_version_in_force(self, client):
        before = client.get(PATH).text
        assert "Another name" not in before
        LegalEntity.objects.filter(slug="solutions").update(name_en="Another name")
        bump()
        assert "Another name" in client.get(PATH).text
        publish(PolicyVersion.objects.get(number="1.1"), actor=None, effective=timezone.localdate())
        assert "(version 1.1)" in client.get(PATH).text

    def test_kept_pages_are_bounded(self, client, monkeypatch):
        monkeypatch.setattr(views, "_kept", {(number,): "" for number in range(101)})
        page = client.get(PATH).text
        assert len(views._kept) == 1
        assert client.get(PATH).text != page

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_not_possible(self, client, method):
        assert getattr(client, method)(PATH).status_code == 405

    def test_organisation_without_the_form_has_none_of_its_pages(self, client, visitor):
        Organisation.objects.update(has_form=False)
        bump()
        receipt = signing.dumps("7K3Q-9WXF", salt=views.SENT_SALT)
        assert client.get(PATH).status_code == 404
        assert client.get(f"{PATH}sent/", {"r": receipt}).status_code == 404
        assert visitor.send().status_code == 404

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_without_words_of_consent_no_data_are_taken(self, client, monkeypatch, method):
        def missing(*_: object) -> None:
            raise NoticeUnavailableError("no privacy policy is in force")

        monkeypatch.setattr(views, "notice", missing)
        response = getattr(client, method)(PATH)
        assert response.status_code == 503
        assert "info@emsargroup.az" in response.text


class TestSending:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_request_is_stored_and_its_reference_shown(self, client, language):
        response = Visitor(client, language).open().send()
        assert response.status_code == 303
        assert not response.cookies
        request = ConsultationRequest.objects.get()
        assert request.language == language
        sent = client.get(response.url)
        assert sent.status_code == 200
        assert request.reference in sent.text
        assert "no-store" in sent.headers["Cache-Control"]

    def test_consent_is_to_the_words_on_the_page(self, visitor):
        visitor.send()
        event = ConsentEvent.objects.get()
        assert event.text.sentence in visitor.page
        assert event.text.details in visitor.page

    def test_double_click_reload_and_retry_make_one_request(self, visitor):
        first = visitor.send()
        again = visitor.send()
        assert [first.status_code, again.status_code] == [303, 303]
        pages = [visitor.client.get(response.url).text for response in (first, again)]
        reference = ConsultationRequest.objects.get().reference
        assert all(reference in page for page in pages)
        assert (ConsentEvent.objects.count(), OutboundMail.objects.count()) == (1, 2)

    def test_two_pages_make_two_requests(self, visitor):
        visitor.send()
        visitor.open().send()
        assert stored() == 2

    def test_other_content_under_a_used_nonce_is_not_taken_for_sent(self, visitor):
        visitor.send()
        reference = ConsultationRequest.objects.get().reference
        response = visitor.send(email="corrected@example.com")
        assert response.status_code == 409
        assert reference in response.text
        assert field_value(response.text, "email") == "corrected@example.com"
        assert stored() == 1
        # The page that came back is a new one, so the button sends a new request.
        assert visitor.send(after=20, email="corrected@example.com").status_code == 303
        assert stored() == 2

    def test_form_that_came_back_is_sent_under_the_same_nonce(self, visitor):
        visitor.send(email="nowhere")
        nonce = tokens.read_token(visitor.token).nonce
        visitor.send()
        assert ConsultationRequest.objects.get().form_nonce == nonce

    def test_faster_than_a_person_is_not_sent_yet(self, visitor):
        response = visitor.send(after=2)
        assert response.status_code == 422
        assert "That was very fast, so nothing was sent yet." in response.text
        assert field_value(response.text, "name") == FILLED_IN["name"]
        assert stored() == 0
        # Time runs from the first page, so the second try is accepted at once.
        assert visitor.send(after=4).status_code == 303

    def test_trap_is_not_sent(self, visitor):
        assert visitor.send(website="http://example.com").status_code == 422
        assert stored() == 0
        assert field_value(visitor.page, "website") == ""

    def test_number_of_statements(self, client, django_assert_num_queries):
        for email in ("first@example.com", "second@example.com"):
            Visitor(client).open().send(email=email)
        visitor = Visitor(client).open()
        # Count, savepoint (a transaction outside the tests), name the scope, lock and find or write
        # the person, look for the words (the process knows them outside the tests), write the rest,
        # give the scope back (the end of the transaction does outside the tests), release.
        for email in ("third@example.com", "third@example.com"):
            with django_assert_num_queries(8):
                visitor.send(email=email)
            visitor.open()


class TestToken:
    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "\x00", "ə" * 100, "." * 50, "é:ə:x"])
    def test_forged_token_brings_the_form_back_filled_in(self, visitor, token):
        response = visitor.send(token=token)
        assert response.status_code == 422
        assert STALE in response.text
        assert field_value(response.text, "project") == FILLED_IN["project"]
        assert stored() == 0
        # Nobody knows when the forger's page was opened, so the time starts anew.
        assert visitor.send(after=12).status_code == 422
        assert visitor.send(after=20).status_code == 303

    @pytest.mark.parametrize(
        "content",
        [
            [],
            ["x", "y", "en", "1.0", 0],
            [str(uuid.uuid4()), "y", "en", "1.0"],
            [str(uuid.uuid4()), "y", "en", "1.0", "soon"],
            [str(uuid.uuid4()), "y", "en", "1.0", None],
            {"a": 1},
            7,
        ],
    )
    def test_signed_nonsense_is_no_token(self, content):
        assert tokens.read_token(signing.dumps(content, salt=tokens.SALT)) is None

    def test_token_of_another_purpose_is_no_token(self, visitor):
        content = signing.loads(visitor.token, salt=tokens.SALT)
        assert tokens.read_token(signing.dumps(content, salt="other")) is None

    def test_token_signed_with_another_secret_is_forged(self, visitor, settings):
        token = visitor.token
        settings.SECRET_KEY = "another" * 10
        assert tokens.read_token(token) is None

    def test_token_is_worth_a_day(self, visitor):
        day = timedelta(days=1).total_seconds()
        assert STALE in visitor.send(after=day + 60).text
        assert stored() == 0
        assert Visitor(visitor.client).open().send(after=day - 60).status_code == 303

    def test_token_of_another_language_shows_the_words_of_this_one(self, client, visitor):
        azerbaijani = Visitor(client, "az").open()
        response = visitor.send(token=azerbaijani.token)
        assert STALE in response.text
        assert notice(FREE_CONSULTATION, "en").sentence in response.text
        assert visitor.send().status_code == 303
        assert ConsentEvent.objects.get().language == "en"

    def test_words_that_changed_meanwhile_are_shown_and_agreed_to_anew(self, visitor):
        LegalEntity.objects.filter(slug="solutions").update(name_en="Another name")
        bump()
        response = visitor.send()
        assert STALE in response.text
        assert "Another name" in response.text
        assert stored() == 0
        assert visitor.send().status_code == 303
        assert "Another name" in ConsentEvent.objects.get().text.sentence

    def test_version_that_came_into_force_meanwhile_is_agreed_to_anew(self, visitor):
        publish(PolicyVersion.objects.get(number="1.1"), actor=None, effective=timezone.localdate())
        assert STALE in visitor.send().text
        assert visitor.send().status_code == 303
        request = ConsultationRequest.objects.get()
        assert (request.version.number, request.consent.version) == ("1.1", "1.1")

    def test_version_counts_even_if_the_words_stayed(self, visitor):
        shown = tokens.read_token(visitor.token)
        words = notice(FREE_CONSULTATION, "en")
        assert shown.shows(words)
        later = PolicyVersion(policy_id="privacy-policy", number="1.1")
        assert not shown.shows(words.__class__(**{**vars(words), "version": later}))


class TestLimit:
    def test_address_beyond_the_limit_waits_and_loses_nothing(self, client, settings):
        settings.FORM_LIMIT = 2
        for _ in range(2):
            assert Visitor(client).open().send().status_code == 303
        third = Visitor(client).open()
        response = third.send()
        assert response.status_code == 429
        assert "So many requests came from your network" in response.text
        assert field_value(response.text, "project") == FILLED_IN["project"]
        assert stored() == 2

        # A visitor sends ten seconds after opening, which may be in the next window already.
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
            assert third.send(after=0).status_code == 303

    def test_other_address_is_not_held_up(self, client, settings):
        settings.FORM_LIMIT = 1
        Visitor(client).open().send()
        assert Visitor(client).open().send().status_code == 429
        other = Client(REMOTE_ADDR="198.51.100.7")
        assert Visitor(other).open().send().status_code == 303

    def test_every_attempt_counts_whatever_was_sent(self, client, settings):
        settings.FORM_LIMIT = 2
        visitor = Visitor(client).open()
        assert visitor.send(email="nowhere").status_code == 422
        assert visitor.send(token="forged").status_code == 422
        assert visitor.send().status_code == 429

    def test_address_is_counted_under_a_key_that_says_nothing(self, client):
        address = "203.0.113.99"
        Visitor(Client(REMOTE_ADDR=address)).open().send()
        row = KeyedCount.objects.get()
        assert len(bytes(row.key)) == 32
        assert address.encode() not in bytes(row.key)
        assert row.count == 1

    def test_key_changes_every_day(self, client):
        with time_machine.travel(datetime(2026, 11, 22, 8, tzinfo=UTC), tick=True):
            Visitor(client).open().send()
        with time_machine.travel(datetime(2026, 11, 23, 8, tzinfo=UTC), tick=True):
            Visitor(client).open().send()
        assert len({bytes(row.key) for row in KeyedCount.objects.all()}) == 2


class TestHostileBodies:
    """Nothing that can be sent makes a 500."""

    def post(self, client: Client, body: bytes, kind: str = "application/x-www-form-urlencoded"):
        return client.generic("POST", PATH, body, content_type=kind)

    def test_ten_megabytes_are_refused(self, client):
        response = self.post(client, b"project=" + b"x" * 10 * 1024 * 1024)
        assert response.status_code == 413
        assert "larger than our form can take" in response.text

    def test_ten_megabytes_as_a_file_are_refused_too(self, client):
        body = (
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
            + b"x" * 10 * 1024 * 1024
            + b"\r\n--b--\r\n"
        )
        assert self.post(client, body, "multipart/form-data; boundary=b").status_code == 413

    @pytest.mark.parametrize("length", ["-1", "many", "99999999999999999999"])
    def test_length_that_is_none_is_refused(self, client, length):
        response = client.post(PATH, FILLED_IN, headers={"content-length": length})
        assert response.status_code in {413, 422}
        response = client.generic("POST", PATH, b"name=x", CONTENT_LENGTH=length)
        assert response.status_code == 413

    def test_small_file_is_refused_as_well(self, visitor):
        head = 'Content-Disposition: form-data; name="x"; filename="x.exe"'
        body = f"--b\r\n{head}\r\n\r\nMZ\r\n--b--\r\n".encode()
        response = self.post(visitor.client, body, "multipart/form-data; boundary=b")
        assert response.status_code == 413
        assert "Files cannot be attached." in response.text

    def test_fields_in_parts_are_taken_as_well(self, visitor):
        """Browsers do not send them so, but the form does not mind."""
        sent = FILLED_IN | {"token": visitor.token}
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=10), tick=True):
            assert visitor.client.post(PATH, sent).status_code == 303

    def test_too_many_fields_are_refused(self, client):
        body = "&".join(f"f{number}=1" for number in range(200)).encode()
        assert self.post(client, body).status_code == 400

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"name=%ff%fe&email=%c3%28", "application/x-www-form-urlencoded"),
            (b"name=\xff\xfe&project=\xed\xa0\x80", "application/x-www-form-urlencoded"),
            (b"%00=%00&name=%00", "application/x-www-form-urlencoded"),
            (b"name=x", "application/x-www-form-urlencoded; charset=koi8-r"),
            (b"name=x", "application/x-www-form-urlencoded; charset=nonsense"),
            (b'{"name": "x"}', "application/json"),
            (b"no parts at all", "multipart/form-data; boundary=b"),
            (b"x", "multipart/form-data"),
            (b"x", "nonsense"),
            (b"", "application/x-www-form-urlencoded"),
        ],
    )
    def test_broken_body_is_answered_in_words(self, client, body, kind):
        response = self.post(client, body, kind)
        assert response.status_code in {400, 422}
        assert '<html lang="en">' in response.text
        assert stored() == 0

    @pytest.mark.parametrize("field", ["name", "company", "project"])
    def test_broken_utf_8_is_text_with_marks_for_what_is_lost(self, visitor, field):
        sent = FILLED_IN | {"token": visitor.token}
        body = "&".join(f"{name}={quote(value)}" for name, value in sent.items() if name != field)
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=10), tick=True):
            response = self.post(visitor.client, f"{body}&{field}=Aysel%ff%ed%a0%80".encode())
        assert response.status_code == 303
        value = getattr(ConsultationRequest.objects.get(), field)
        assert value.startswith("Aysel\N{REPLACEMENT CHARACTER}")

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "\u0627\u0644\u0633\u0644\u0627\u0645 \u05e9\u05dc\u05d5\u05dd",
            "e\u0301\u0334\u0334\u0334",
            "{{ brand }} {% url 'x' %} %(name)s %s {0}",
            "'; DROP TABLE policies_policy; --",
            "=1+1",
            "\U0001f600 \U0010ffff \ufeff",
        ],
    )
    def test_odd_text_is_kept_as_it_is(self, visitor, text):
        response = visitor.send(name=f"A {text}", company=text, project=text)
        assert response.status_code == 303
        request = ConsultationRequest.objects.get()
        composed = "é\u0334\u0334\u0334" if text.startswith("e\u0301") else text
        assert (request.name, request.company) == (f"A {composed}".strip(), composed)
        assert request.project == composed


class TestForeignPages:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
            {"origin": "http://testserver"},
            {"sec-fetch-site": "same-origin", "origin": "null"},
            {},
        ],
    )
    def test_our_own_page_may_send(self, visitor, headers):
        assert visitor.send(headers=headers).status_code == 303

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
            {"origin": "https://evil.example"},
            {"origin": "https://testserver"},
            {"origin": "null"},
        ],
    )
    def test_foreign_page_may_not(self, visitor, headers):
        response = visitor.send(headers=headers)
        assert response.status_code == 403
        assert stored() == 0
        assert KeyedCount.objects.count() == 0
