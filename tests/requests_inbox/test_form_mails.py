"""What the form sends: to the company's mailbox, and to an address that anybody may have typed."""

import re

import pytest
from django.core.mail import get_connection

from emsar.outbox.messages import build_message
from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.mails import greeted_name
from requests_inbox.models import ConsultationRequest
from tests.requests_inbox.visiting import Visitor

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")


def mail_of(purpose: str) -> OutboundMail:
    return OutboundMail.objects.get(purpose=purpose)


def send(client, language: str = "en", **fields: str) -> ConsultationRequest:
    response = Visitor(client, language).open().send(**fields)
    assert response.status_code == 303
    return ConsultationRequest.objects.get()


class TestAcknowledgement:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_reference_agreement_and_way_out_in_the_visitors_language(self, client, language):
        request = send(client, language)
        mail = mail_of(Purpose.ACKNOWLEDGEMENT)
        assert (mail.language, mail.to_address) == (language, "aysel@example.com")
        assert request.reference in mail.subject_line
        for words in (
            request.reference,
            f"http://testserver/{language}/privacy-policy/1.0/",
            f"http://testserver/{language}/free-consultation/withdraw/",
            {"az": "EMSAR SOLUTIONS MMC", "en": "EMSAR SOLUTIONS LLC"}.get(language, "ООО «EMSAR"),
            "info@emsargroup.az",
        ):
            assert words in mail.body

    def test_repeats_neither_company_nor_project_nor_service(self, client):
        send(client, company="Kampaniya MMC", project="Buy this at once", service="customs")
        mail = mail_of(Purpose.ACKNOWLEDGEMENT)
        for words in ("Kampaniya", "Buy this", "Customs", "customs"):
            assert words not in f"{mail.subject_line}\n{mail.body}"

    def test_greets_by_a_name_that_is_made_like_one(self, client):
        send(client, name="Aysel Məmmədova")
        assert mail_of(Purpose.ACKNOWLEDGEMENT).body.startswith("Dear Aysel Məmmədova,\n")

    @pytest.mark.parametrize(
        "name",
        [
            "Win now at evil.example",
            "http://evil.example",
            "Call +994 12 345 67 89",
            "A <b>bold</b> one",
            "Five words are no name",
            "x" * 61,
            "Zoë²",
            "Ⅷ Henry",
            "A\u200bB",
        ],
    )
    def test_carries_no_other_text_to_strangers(self, client, name):
        send(client, name=name)
        mail = mail_of(Purpose.ACKNOWLEDGEMENT)
        assert mail.body.startswith("Hello,\n")
        assert name not in mail.body

    @pytest.mark.parametrize(
        "name",
        [
            "İlqar Əliyev",
            "Ольга О'Нил-Петрова",
            "Jean-Luc d’Arc",
            "Ələkbər oğlu Vüqar",
            "Zoë",
            "张三",
        ],
    )
    def test_names_of_letters_hyphens_and_apostrophes_are_greeted(self, name):
        assert greeted_name(f" {name} ") == name

    @pytest.mark.parametrize(
        "name", [None, "", " ", "-", "'", "a-", "a  b", "a--b", "a.b", "1", "a_b"]
    )
    def test_other_names_are_not(self, name):
        assert greeted_name(name) == ""


class TestRouting:
    @pytest.mark.parametrize(
        ("service", "mailbox"),
        [
            ("cybersecurity", "info@emsarsolutions.az"),
            ("3d-studio", "info@emsarsolutions.az"),
            ("customs", "info@emsarconsulting.az"),
            ("tax", "info@emsarconsulting.az"),
            ("other", "info@emsargroup.az"),
        ],
    )
    def test_request_goes_to_the_mailbox_of_its_service(self, client, service, mailbox):
        send(client, service=service)
        mail = mail_of(Purpose.ROUTING)
        assert (mail.to_address, mail.copy_in) == (mailbox, mailbox)
        assert mail.reply_to == "aysel@example.com"

    def test_mail_holds_what_was_typed_and_no_header_does(self, client):
        typed = {
            "name": "Bcc: victim@example.com",
            "company": "Subject: x, Kampaniya",
            "project": "Dear\r\nBcc: victim@example.com\r\n\r\nline",
        }
        request = send(client, **typed)
        for mail in OutboundMail.objects.all():
            message = build_message(mail, get_connection()).message()
            assert "victim" not in str(message.items())
            assert "Kampaniya" not in str(message.items())
            assert len(mail.subject_line.splitlines()) == 1
            assert request.reference in mail.subject_line
        body = mail_of(Purpose.ROUTING).body
        for text in ("Bcc: victim@example.com", "Subject: x, Kampaniya", "\n\nline"):
            assert text in body

    def test_names_with_line_ends_reach_no_mail(self, client):
        for name in ("A\nBcc: b@example.com", "A\r\nX: y"):
            assert Visitor(client).open().send(name=name).status_code == 422
        assert OutboundMail.objects.count() == 0

    def test_domain_in_idna_form_is_what_is_written_to(self, client):
        send(client, email="a@şirkət.az")
        assert mail_of(Purpose.ACKNOWLEDGEMENT).to_address == "a@xn--irkt-45a71m.az"
        message = build_message(mail_of(Purpose.ACKNOWLEDGEMENT), get_connection()).message()
        assert message["To"] == "a@xn--irkt-45a71m.az"

    def test_markup_is_text_in_the_html_part(self, client):
        send(client, name="<b>A</b>", project="<img src=x onerror=alert(1)>")
        message = build_message(mail_of(Purpose.ROUTING), get_connection())
        ((html, _kind),) = [(part.content, part.mimetype) for part in message.alternatives]
        assert "<img" not in html
        assert "<b>" not in html
        assert re.search(r"&lt;img src=x", html)
