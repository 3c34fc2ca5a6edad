"""A receipt for each consent and withdrawal, at an address that is signed and names nobody."""

import uuid
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import signing
from django.core.signing import Signer
from django.utils.translation import gettext, override

from consent.models import ConsentEvent, ConsentText
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION, notice
from consent.receipts.address import (
    SALT,
    path_of,
    receipt_address,
    receipt_path,
    token_of,
    uid_of,
)
from consent.receipts.facts import receipt_of
from consent.receipts.processing import BY_FORM
from consent.receipts.standing import State
from consent.services import given, withdraw
from emsar.datamap.declarations import declaration_of
from emsar.entities import publication
from emsar.entities.models import LegalEntity
from emsar.outbox.models import OutboundMail
from emsar.site.logs import masked as masked_in_logs
from emsar.subjects.links import HIDDEN, masked
from policies.models import PolicyVersion
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.handling import withdraw as withdraw_request
from requests_inbox.views import SENT_SALT
from tests.audit import conftest as evidence
from tests.factories import make_request
from tests.requests_inbox.visiting import Visitor

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")
LINK = ConsentEvent.Method.WITHDRAWAL_LINK
tamper = evidence.tamper


def accepted(language: str = "en") -> ConsentEvent:
    """A consent to statistics, by nobody."""
    event = given(
        notice(COOKIE_CHOICE, language),
        subject=None,
        about=None,
        controllers=["solutions", "consulting"],
        method=ConsentEvent.Method.BANNER,
    )
    event.save()
    return event


def page(client, event: ConsentEvent, language: str = "en") -> str:
    response = client.get(receipt_path(event, language))
    assert response.status_code == 200
    text = response.text
    return text[text.index("<main") : text.index("</main>")]


class TestAddress:
    def test_token_leads_back_to_its_event_and_is_always_the_same(self):
        number = uuid.uuid4()
        assert uid_of(token_of(number)) == number
        assert token_of(number) == token_of(number)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_path_is_below_the_language_and_needs_no_escape(self, language):
        number = uuid.UUID(int=2**128 - 1)
        path = path_of(number, language)
        assert path == f"/{language}/consent/{token_of(number)}/"
        assert receipt_address(number, language) == f"http://testserver{path}"
        assert set(path) <= set(
            "/-_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        )

    @pytest.mark.parametrize("token", ["", "x", "AAAA.BBBB", "é", "AAAAAAAAAAAAAAAAAAAAAA"])
    def test_token_that_nobody_signed_is_none(self, token):
        assert uid_of(token) is None

    @pytest.mark.parametrize("content", ["AAAA", "not base64!", "A" * 23])
    def test_signed_text_that_is_no_number_is_none(self, content):
        assert uid_of(Signer(salt=SALT, sep=".").sign(content)) is None

    def test_address_outlives_a_rotated_key(self, settings):
        number = uuid.uuid4()
        token = token_of(number)
        before, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 60
        assert uid_of(token) is None
        settings.SECRET_KEY_FALLBACKS = [before]
        assert uid_of(token) == number

    def test_neither_logs_nor_staff_read_a_token(self):
        path = path_of(uuid.uuid4(), "az")
        token = path.split("/")[3]
        assert masked_in_logs(path) == "/az/consent/…/"
        assert masked_in_logs(f"{path}receipt.json") == "/az/consent/…/receipt.json"
        shown = masked(f"http://testserver{path}")
        assert HIDDEN in shown
        assert token not in shown


class TestPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_page_shows_who_agreed_to_what_and_the_words_as_shown(self, client, language):
        event = make_request("ru").consent
        text = page(client, event, language)
        with override(language):
            assert f"<h1>{gettext('Receipt of your consent')}</h1>" in text
        assert str(event.uid) in text
        assert f'lang="ru">{event.text.sentence}{event.text.details}</div>' in text
        assert f'href="/{language}/privacy-policy/1.0/"' in text
        assert event.text_sha256 in text
        assert event.sentence_sha256 in text

    def test_page_says_for_how_long_and_how_to_withdraw(self, client):
        text = page(client, make_request().consent)
        assert "Given, and not withdrawn." in text
        assert "<dt>How to withdraw</dt>" in text
        assert "12 months after our last reply" in text
        assert "with the subject “Personal data inquiry”" in text
        assert "EMSAR SOLUTIONS LLC, EMSAR CONSULTING LLC" in text
        assert "<li>prepare a proposal and discuss the project</li>" in text
        assert "Checked just now: nothing was changed." in text

    def test_page_names_nobody(self, client):
        request = make_request(name="Rəna Quliyeva", company="Xəzər QSC", project="A secret plan")
        text = client.get(receipt_path(request.consent, "en")).text
        for personal in ("Rəna", "Quliyeva", "Xəzər", "secret plan", request.contact.value):
            assert personal not in text
        assert request.reference not in text
        assert str(request.subject_id) not in text

    def test_withdrawal_and_consent_share_one_receipt(self, client):
        consent = make_request().consent
        ended = withdraw(consent, method=LINK, actor=None)
        of_consent, of_withdrawal = page(client, consent), page(client, ended)
        assert of_consent == of_withdrawal
        assert "You withdrew this consent on" in of_consent
        assert str(consent.uid) in of_consent
        assert str(ended.uid) in of_consent
        assert "<dt>How to withdraw</dt>" not in of_consent

    def test_withdrawal_written_before_it_named_its_consent_is_found_all_the_same(self):
        consent = make_request().consent
        copied = ("subject", "about", "form", "text_sha256", "language", "policy", "version")
        ConsentEvent(
            kind="withdrawn", method=LINK, **{name: getattr(consent, name) for name in copied}
        ).save()
        ended = ConsentEvent.objects.get(kind="withdrawn")
        assert receipt_of(ended.uid) == receipt_of(consent.uid)
        assert receipt_of(ended.uid).given == consent

    def test_withdrawal_whose_consent_left_shows_what_it_repeats(self, client, tamper):
        consent = accepted()
        ended = withdraw(consent, method="settings", actor=None)
        tamper("consent_consentevent", "DELETE FROM consent_consentevent WHERE id = %s", consent.pk)
        text = page(client, ended)
        assert str(consent.uid) in text
        assert "count visits for aggregate statistics" in text
        assert client.get(f"{receipt_path(ended, 'en')}receipt.json").status_code == 200

    def test_page_is_for_its_reader_alone(self, client):
        response = client.get(receipt_path(make_request().consent, "en"))
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "no-store" in response.headers["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.text
        assert 'rel="canonical"' not in response.text
        assert not response.cookies

    def test_page_of_who_agreed_to_statistics_is_not_counted(self, client, settings):
        settings.GA_MEASUREMENT_ID = "G-TEST12345"
        client.get("/en/")
        event = accepted()
        assert "googletagmanager" not in client.get(receipt_path(event, "en")).text

    @pytest.mark.parametrize("tail", ["", "receipt.json"])
    @pytest.mark.parametrize("token", ["x", token_of(uuid.UUID(int=7))])
    def test_unknown_receipt_is_not_found_and_says_so_kindly(self, client, token, tail):
        response = client.get(f"/en/consent/{token}/{tail}")
        assert response.status_code == 404
        assert "This link is not valid" in response.text
        assert response.headers["Referrer-Policy"] == "no-referrer"

    def test_forged_token_costs_no_query(self, client, django_assert_num_queries):
        client.get("/en/consent/x/")
        with django_assert_num_queries(0):
            client.get("/en/consent/y/")

    @pytest.mark.parametrize("tail", ["", "receipt.json"])
    def test_nothing_can_be_sent_to_a_receipt(self, client, tail):
        assert client.post(f"{receipt_path(accepted(), 'en')}{tail}").status_code == 405

    def test_company_that_no_longer_works_with_us_keeps_its_name(self, client):
        event = accepted()
        LegalEntity.objects.filter(slug="consulting").update(active=False)
        publication.bump()
        assert "EMSAR CONSULTING LLC" in page(client, event)


class TestChecks:
    def test_words_that_were_changed_are_shown_as_such(self, client, tamper):
        event = make_request().consent
        change = "UPDATE consent_consenttext SET details = details || ' ' WHERE sha256 = %s"
        tamper("consent_consenttext", change, event.text_sha256)
        assert "this is NOT as it was written" in page(client, event)

    def test_row_that_was_changed_is_shown_as_such(self, client, tamper):
        event = make_request().consent
        change = "UPDATE consent_consentevent SET at = at - interval '1 day' WHERE id = %s"
        tamper("consent_consentevent", change, event.pk)
        text = page(client, event)
        assert "this is NOT as it was written" in text
        assert "info@emsargroup.az" in text

    def test_words_that_are_gone_are_not_made_up(self, client, tamper):
        event = accepted()
        change = "DELETE FROM consent_consenttext WHERE sha256 = %s"
        tamper("consent_consenttext", change, event.text_sha256)
        assert ConsentText.objects.count() == 0
        assert "The words are no longer stored." in page(client, event)

    def test_sentence_of_another_hash_does_not_match(self):
        shown = notice(FREE_CONSULTATION, "en")
        event = accepted()
        other = ConsentEvent(**{
            name: getattr(event, name)
            for name in ("kind", "method", "form", "text_sha256", "language", "policy", "version")
        })  # fmt: skip
        other.sentence_sha256 = shown.sentence_sha256
        other.save()
        assert receipt_of(event.uid).words_match
        assert not receipt_of(other.uid).words_match


class TestStanding:
    @pytest.mark.parametrize(
        ("now", "state"),
        [
            ("2027-11-21T19:59:59Z", State.IN_FORCE),
            ("2027-11-21T20:00:00Z", State.OVER),
            ("2027-11-22T20:00:00Z", State.OVER),
        ],
    )
    def test_choice_ends_with_its_term_to_the_day_of_baku(self, now, state):
        with time_machine.travel("2026-11-22T08:00:00Z", tick=False):
            event = accepted()
        with time_machine.travel(now, tick=False):
            standing = receipt_of(event.uid).standing
        assert (standing.state, standing.ends) == (state, date(2027, 11, 22))

    def test_choice_that_is_over_says_since_when(self, client):
        with time_machine.travel("2026-11-22T08:00:00Z", tick=False):
            event = accepted()
        with time_machine.travel("2027-12-01T08:00:00Z", tick=False):
            assert "Its term ended on 22 November 2027." in page(client, event)

    def test_choice_under_a_text_that_is_asked_for_anew_no_longer_holds(self, client, make_version):
        event = accepted()
        fresh = make_version(
            policy="cookie-policy",
            number="2.0",
            terms={"cookie_choice_lifetime": 12},
            requires_reconsent=True,
            effective_date=date(2026, 11, 1),
        )
        PolicyVersion.objects.filter(pk=fresh.pk).update(published_at=datetime.now(UTC))
        publication.bump()
        assert receipt_of(event.uid).standing.state == State.ASKED_AGAIN
        assert "you are asked again" in page(client, event)

    def test_withdrawal_goes_before_everything_else(self):
        event = accepted()
        ended = withdraw(event, method="settings", actor=None)
        with time_machine.travel("2028-01-01T00:00:00Z", tick=False):
            standing = receipt_of(event.uid).standing
        assert (standing.state, standing.since) == (State.WITHDRAWN, ended.at)


class TestLetters:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_acknowledgement_carries_the_address_of_the_receipt(self, client, language):
        request = make_request(language)
        mail = OutboundMail.objects.get(key__endswith=":acknowledgement")
        address = receipt_address(request.consent_id, language)
        assert f"\n{address}\n" in mail.body
        assert client.get(address.removeprefix("http://testserver")).status_code == 200

    def test_two_acknowledgements_name_two_receipts(self):
        first, second = make_request(), make_request()
        bodies = {
            mail.about: mail.body
            for mail in OutboundMail.objects.filter(key__endswith=":acknowledgement")
        }
        for request, other in ((first, second), (second, first)):
            assert token_of(request.consent_id) in bodies[request.pk]
            assert token_of(other.consent_id) not in bodies[request.pk]

    def test_confirmation_of_a_withdrawal_carries_it_too(self):
        request = make_request()
        withdraw_request(request, method=LINK, actor=None)
        mail = OutboundMail.objects.get(key__endswith=":withdrawal_confirmed")
        assert receipt_address(request.consent_id, "en") in mail.body
        to_mailbox = OutboundMail.objects.get(key__endswith=":consent_withdrawn")
        assert token_of(request.consent_id) not in to_mailbox.body


class TestSent:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_page_after_sending_leads_to_the_receipt(self, client, language):
        response = Visitor(client, language).open().send()
        event = ConsentEvent.objects.get()
        assert f'href="{receipt_path(event, language)}"' in client.get(response.url).text

    def test_page_after_sending_costs_no_query_for_it(self, client, django_assert_num_queries):
        response = Visitor(client).open().send()
        client.get(response.url)
        with django_assert_num_queries(0):
            client.get(response.url)

    def test_address_from_before_receipts_still_shows_its_reference(self, client):
        old = signing.dumps("FC-2026-000001", salt=SENT_SALT)
        text = client.get(f"/en/free-consultation/sent/?r={old}").text
        assert "FC-2026-000001" in text
        assert "/en/consent/" not in text


@pytest.mark.parametrize("form", sorted(BY_FORM))
def test_table_of_the_processing_names_what_the_data_map_knows(form):
    facts = BY_FORM[form]
    assert set(facts.keepers) <= set(facts.recipients)
    if form == FREE_CONSULTATION:
        declared = declaration_of(ConsultationRequest)
        assert {data.column for data in facts.data} <= set(declared.personal)
        assert facts.recipients == declared.recipients
        assert facts.retention == declared.term
