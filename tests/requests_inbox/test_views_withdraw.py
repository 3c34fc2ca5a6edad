"""The way out: one button, no data shown, as long as the record is kept (E-8g)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing

from consent.models import ConsentEvent
from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.subjects.models import MailedLink
from requests_inbox import views
from requests_inbox.models import ConsultationRequest
from requests_inbox.models import Status as State
from tests.factories import make_request

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")


@pytest.fixture
def request_made() -> ConsultationRequest:
    return make_request("en", name="Aysel Məmmədova", email="aysel@example.com")


@pytest.fixture
def link(request_made) -> str:
    """The path that stands in the acknowledgement."""
    body = OutboundMail.objects.get(purpose=Purpose.ACKNOWLEDGEMENT).body
    return re.search(r"http://testserver(/\S+/withdraw/\S+/)", body)[1]


def state(request: ConsultationRequest) -> str:
    return ConsultationRequest.objects.get(pk=request.pk).status


class TestWithdrawal:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_page_shows_one_button_and_nothing_of_the_request(
        self, client, request_made, link, language
    ):
        response = client.get(link.replace("/en/", f"/{language}/", 1))
        assert response.status_code == 200
        main = response.text.partition("<main")[2].partition("</main>")[0]
        assert main.count("<button") == 1
        for words in ("Aysel", "aysel@example.com", request_made.reference, request_made.project):
            assert words not in response.text
        assert not response.cookies

    def test_address_with_the_token_travels_nowhere(self, client, link):
        for response in (client.get(link), client.post(link), client.get(f"{link[:-1]}x/")):
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert "no-store" in response.headers["Cache-Control"]
            assert link.rstrip("/").rpartition("/")[2] not in response.headers.get("Location", "")

    def test_opening_the_link_changes_nothing(self, client, request_made, link):
        """Mail scanners open every link."""
        for method in (client.get, client.head, client.get):
            assert method(link).status_code == 200
        assert state(request_made) == State.NEW
        assert ConsentEvent.objects.count() == 1

    def test_mailbox_and_person_are_told(self, client, request_made, link):
        client.post(link)
        client.post(link)
        told = OutboundMail.objects.filter(purpose=Purpose.RIGHTS)
        assert sorted(mail.to_address for mail in told) == [
            "aysel@example.com",
            "info@emsarsolutions.az",
        ]
        for mail in told:
            assert request_made.reference in mail.body
            assert "Aysel" not in mail.body
            assert request_made.project not in mail.body
        assert told.get(copy_in="info@emsarsolutions.az").language == "az"

    @pytest.mark.parametrize(
        ("language", "days"),
        [("az", "30 təqvim günü"), ("en", "30 calendar days"), ("ru", "30 календарных дней")],
    )
    def test_page_says_when_the_data_go(self, client, language, days):
        page = client.get(f"/{language}/free-consultation/withdrawn/").text
        assert days in page

    def test_page_promises_no_time_while_no_policy_does(self, client, monkeypatch):
        monkeypatch.setattr("requests_inbox.views.versions.in_force", lambda: None)
        response = client.get("/en/free-consultation/withdrawn/")
        assert response.status_code == 200
        assert "calendar day" not in response.text

    def test_button_records_the_withdrawal_and_stops_processing(self, client, request_made, link):
        response = client.post(link)
        assert (response.status_code, response.url) == (303, "/en/free-consultation/withdrawn/")
        event = ConsentEvent.objects.get(kind="withdrawn")
        assert (event.subject, event.about) == (request_made.subject_id, request_made.pk)
        assert event.method == "withdrawal_link"
        assert state(request_made) == State.WITHDRAWN
        waiting = OutboundMail.objects.filter(status=Status.QUEUED)
        assert not waiting.exclude(purpose=Purpose.RIGHTS).exists()
        assert client.get(response.url).status_code == 200

    def test_second_press_changes_nothing_and_says_the_same(self, client, request_made, link):
        pages = [client.post(link) for _ in range(3)]
        assert [page.status_code for page in pages] == [303] * 3
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1

    def test_link_does_not_expire_while_the_record_is_kept(self, link):
        assert MailedLink.objects.get().expires_at is None

    @pytest.mark.parametrize("token", ["x", "a" * 43, "ə", "%00", "a" * 5000, "..%2f"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_wrong_token_says_nothing_of_any_request(self, client, request_made, token, method):
        response = getattr(client, method)(f"/en/free-consultation/withdraw/{token}/")
        assert response.status_code == (400 if token == "%00" else 404)
        assert state(request_made) == State.NEW

    def test_link_of_another_purpose_does_not_withdraw(self, client, request_made, link):
        MailedLink.objects.update(purpose="other")
        assert client.post(link).status_code == 404
        assert state(request_made) == State.NEW

    def test_request_without_a_consent_has_none_to_withdraw(self, client, request_made, link):
        ConsultationRequest.objects.update(consent=None)
        assert client.post(link).status_code == 404
        assert state(request_made) == State.NEW

    @pytest.mark.parametrize(
        "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
    )
    def test_foreign_page_cannot_press_the_button(self, client, request_made, link, headers):
        assert client.post(link, headers=headers).status_code == 403
        assert state(request_made) == State.NEW

    def test_other_methods_are_not_possible(self, client, link):
        assert client.put(link).status_code == 405
        assert client.post("/en/free-consultation/withdrawn/").status_code == 405


class TestSent:
    def page(self, client, receipt: str):
        return client.get("/en/free-consultation/sent/", {"r": receipt})

    @pytest.mark.parametrize("receipt", ["", "x", "a:b:c", "ə:ə:ə"])
    def test_forged_receipt_leads_back_to_the_form(self, client, receipt):
        response = self.page(client, receipt)
        assert (response.status_code, response.url) == (302, "/en/free-consultation/")

    def test_receipt_is_worth_an_hour(self, client):
        receipt = signing.dumps("7K3Q-9WXF", salt=views.SENT_SALT)
        assert "7K3Q-9WXF" in self.page(client, receipt).text
        for minutes, status in ((59, 200), (61, 302)):
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=True):
                assert self.page(client, receipt).status_code == status

    def test_receipt_is_no_token_of_the_form(self, client):
        assert self.page(client, signing.dumps("x", salt="requests_inbox.form")).status_code == 302

    def test_page_is_only_read(self, client):
        assert client.post("/en/free-consultation/sent/").status_code == 405
