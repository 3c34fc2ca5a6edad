"""Accept, refuse, withdraw: what is written, what the browser keeps, what the pages carry."""

from datetime import date

import pytest
import time_machine
from django.core.signing import Signer

from consent.choice.cookie import NAME, SALT
from consent.models import ConsentEvent, RefusalCount
from consent.notices import COOKIE_CHOICE, notice
from tests.consent.choosing import MEASUREMENT_ID, Chooser, asks, expired, has_tag

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")
NOON = "2026-11-22T08:00:00Z"


@pytest.fixture(autouse=True)
def _with_analytics(settings):
    settings.GA_MEASUREMENT_ID = MEASUREMENT_ID


@pytest.fixture
def visitor(client) -> Chooser:
    return Chooser(client)


class TestAccepting:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_acceptance_is_an_event_of_nobody_with_the_words_shown(self, client, language):
        Chooser(client, language).accept()
        words, event = notice(COOKIE_CHOICE, language), ConsentEvent.objects.get()
        assert event.intact()
        assert (event.kind, event.method, event.form) == ("given", "banner", "cookies")
        assert (event.subject, event.about, event.withdraws) == (None, None, None)
        assert (event.language, event.policy, event.version) == (language, "cookie-policy", "1.0")
        assert event.purposes == ["analytics"]
        assert event.controllers == ["solutions", "consulting"]
        assert event.text_sha256 == words.sha256
        assert event.sentence_sha256 == words.sentence_sha256
        assert event.text.sentence == words.sentence

    def test_cookie_is_signed_and_names_the_receipt(self, visitor):
        with time_machine.travel(NOON, tick=False):
            visitor.accept()
            content = Signer(salt=SALT).unsign_object(visitor.value)
        receipt = ConsentEvent.objects.get().uid.hex
        assert content == [receipt, ["analytics"], "1.0", "2026-11-22"]

    def test_cookie_is_host_only_for_the_term_of_the_policy(self, visitor):
        with time_machine.travel(NOON, tick=False):
            cookie = visitor.accept().cookies[NAME]
        assert (cookie["domain"], cookie["path"], cookie["samesite"]) == ("", "/", "Lax")
        assert cookie["httponly"]
        assert not cookie["secure"]
        assert cookie["max-age"] == (date(2027, 11, 22) - date(2026, 11, 22)).days * 86400

    def test_cookie_is_secure_under_https(self, visitor, client):
        page = client.get("/en/", secure=True).text
        visitor.page = page
        fields = {"choice": "accept", "shown": visitor.shown}
        response = client.post("/en/cookies/", fields, secure=True)
        assert response.cookies[NAME]["secure"]

    def test_visitor_is_led_back_to_a_page_with_the_tag(self, visitor):
        visitor.open("solutions/")
        assert visitor.answer("accept").url == "/en/solutions/"
        page = visitor.open("solutions/").text
        assert has_tag(page)
        assert not asks(page)

    def test_accepting_again_writes_nothing_new(self, visitor):
        visitor.accept()
        visitor.open("cookies/")
        visitor.answer("accept")
        assert ConsentEvent.objects.count() == 1

    def test_settings_page_says_where_the_button_was(self, visitor):
        visitor.open("cookies/")
        assert not asks(visitor.page)
        visitor.answer("accept")
        assert ConsentEvent.objects.get().method == "settings"
        assert "You have agreed to Google Analytics." in visitor.open("cookies/").text

    def test_without_an_account_there_is_a_choice_and_no_tag(self, visitor, settings):
        settings.GA_MEASUREMENT_ID = ""
        visitor.accept()
        assert ConsentEvent.objects.count() == 1
        assert not has_tag(visitor.open().text)


class TestRefusing:
    def test_refusal_is_a_number_and_a_cookie_that_names_nobody(self, visitor):
        visitor.open()
        visitor.answer("refuse")
        assert visitor.value == "refused:1.0"
        assert ConsentEvent.objects.count() == 0
        counted = RefusalCount.objects.get()
        assert (counted.version, counted.language, counted.count) == ("1.0", "en", 1)
        page = visitor.open().text
        assert not asks(page)
        assert not has_tag(page)

    def test_refusing_again_is_counted_once(self, visitor):
        for _ in range(3):
            visitor.open("cookies/")
            visitor.answer("refuse")
        assert RefusalCount.objects.get().count == 1

    def test_refusals_of_a_day_in_baku_are_added_up(self, client):
        with time_machine.travel("2026-11-22T19:59:00Z", tick=False):
            for _ in range(2):
                client.cookies.clear()
                client.post("/en/cookies/", {"choice": "refuse"})
        with time_machine.travel("2026-11-22T20:01:00Z", tick=False):
            client.cookies.clear()
            client.post("/en/cookies/", {"choice": "refuse"})
        found = RefusalCount.objects.order_by("day").values_list("day", "count")
        assert list(found) == [(date(2026, 11, 22), 2), (date(2026, 11, 23), 1)]

    def test_refusal_needs_no_proof_of_what_was_shown(self, client):
        response = client.post("/en/cookies/", {"choice": "refuse", "shown": "forged"})
        assert response.status_code == 303
        assert client.cookies[NAME].value == "refused:1.0"


class TestWithdrawing:
    @pytest.fixture
    def agreed(self, visitor) -> Chooser:
        visitor.accept()
        return visitor

    @pytest.mark.parametrize("path", ["", "consulting/", "privacy-policy/", "my-data/"])
    def test_every_page_has_the_button(self, agreed, path):
        page = agreed.open(path).text
        assert 'class="undo"' in page
        agreed.page = page
        assert agreed.answer("refuse").status_code == 303
        assert agreed.value == "refused:1.0"

    def test_withdrawal_is_an_event_that_names_the_consent(self, agreed):
        given = ConsentEvent.objects.get()
        agreed.open()
        agreed.answer("refuse")
        event = ConsentEvent.objects.get(kind="withdrawn")
        assert event.intact()
        assert (event.withdraws, event.subject, event.method) == (given.uid, None, "settings")
        assert event.text_sha256 == given.text_sha256
        assert RefusalCount.objects.count() == 0

    def test_next_page_has_no_tag_and_asks_nothing(self, agreed):
        agreed.open()
        agreed.answer("refuse")
        page = agreed.open().text
        assert not has_tag(page)
        assert not asks(page)

    def test_cookies_of_google_go_on_the_host_and_the_apex(self, agreed, client):
        client.cookies["_ga"] = "GA1.1.1.1"
        client.cookies["_ga_TEST12345"] = "GS1.1.1"
        response = client.post("/en/cookies/", {"choice": "refuse"}, SERVER_NAME="emsargroup.az")
        names, domains = ("_ga", "_ga_TEST12345"), ("", ".emsargroup.az")
        assert expired(response) == {(name, domain) for name in names for domain in domains}

    def test_withdrawing_twice_is_one_event(self, agreed, client):
        value = agreed.value
        for _ in range(2):
            client.cookies[NAME] = value
            client.post("/en/cookies/", {"choice": "refuse"})
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1

    def test_consent_whose_time_is_over_is_asked_for_again_and_ended_by_a_refusal(self, agreed):
        with time_machine.travel("2028-01-10T08:00:00Z", tick=False):
            page = agreed.open().text
            assert asks(page)
            assert not has_tag(page)
            agreed.answer("refuse")
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1
