"""What is not taken for a choice: forged, stale and foreign answers, a signal, a fault."""

import re

import pytest
import time_machine
from django.core.signing import Signer
from django.db import OperationalError, connection
from django.utils import timezone

from consent.choice import answers
from consent.choice.cookie import NAME, SALT
from consent.choice.tokens import SALT as SHOWN_SALT
from consent.models import ConsentEvent, RefusalCount
from consent.receipts.address import token_of as receipt_token
from emsar.entities import publication
from policies.models import PolicyVersion
from policies.publishing import publish
from tests.consent.choosing import MEASUREMENT_ID, Chooser, asks, expired, has_tag, hidden
from tests.requests_inbox.visiting import Visitor

pytestmark = pytest.mark.django_db
GPC = {"sec-gpc": "1"}


@pytest.fixture(autouse=True)
def _with_analytics(settings):
    settings.GA_MEASUREMENT_ID = MEASUREMENT_ID


@pytest.fixture
def visitor(client) -> Chooser:
    return Chooser(client)


def forged(token: str) -> str:
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def nothing_was_granted(visitor: Chooser) -> bool:
    tagged = has_tag(visitor.open().text)
    return not tagged and visitor.value == "" and not ConsentEvent.objects.exists()


class TestTokens:
    def test_answer_to_other_words_is_not_an_acceptance(self, visitor):
        visitor.open()
        for shown in ("", "x", forged(visitor.shown), "a:b:c", visitor.shown * 2):
            response = visitor.answer("accept", shown=shown)
            assert response.status_code == 409
            assert "Nothing was accepted" in response.text
        assert nothing_was_granted(visitor)

    def test_question_in_another_language_is_not_this_one(self, visitor, client):
        visitor.open()
        other = Chooser(client, "ru")
        other.open()
        assert visitor.answer("accept", shown=other.shown).status_code == 409
        assert nothing_was_granted(visitor)

    def test_token_of_the_form_is_no_token_of_the_question(self, visitor, client):
        visitor.open()
        assert visitor.answer("accept", shown=Visitor(client).open().token).status_code == 409
        assert nothing_was_granted(visitor)

    def test_token_of_words_that_have_changed_asks_again(self, visitor):
        visitor.open()
        words = Signer(salt=SHOWN_SALT).unsign_object(visitor.shown)
        old = Signer(salt=SHOWN_SALT).sign_object([*words[:2], "0" * 64, words[3]])
        response = visitor.answer("accept", shown=old)
        assert response.status_code == 409
        # The page that comes back asks with the words of today.
        visitor.page = response.text
        assert visitor.answer("accept").status_code == 303
        assert ConsentEvent.objects.count() == 1

    @pytest.mark.parametrize("choice", ["", "yes", "ACCEPT", "accept refuse"])
    def test_answer_that_is_none_changes_nothing(self, visitor, choice):
        visitor.open()
        assert visitor.answer(choice).status_code == 422
        assert nothing_was_granted(visitor)


class TestCookies:
    @pytest.mark.parametrize(
        "value",
        [
            *("granted", "refused:", "refused:9.9", "refused:1.0; x", "withdrawing:x"),
            *("a:b:c", "x" * 5000, "refused:" + "1" * 300),
        ],
    )
    def test_cookie_that_is_not_ours_is_no_choice(self, visitor, client, value):
        client.cookies[NAME] = value
        page = visitor.open().text
        assert asks(page)
        assert not has_tag(page)

    @pytest.mark.parametrize(
        "content",
        [["x", ["analytics"], "1.0", "2026-11-22"], {"a": 1}, [], None, ["", [], "1.0", ""], 7],
    )
    def test_signed_nonsense_is_no_choice(self, visitor, client, content):
        client.cookies[NAME] = Signer(salt=SALT).sign_object(content)
        assert asks(visitor.open().text)

    def test_consent_to_something_else_carries_no_tag(self, visitor, client):
        visitor.accept()
        receipt, _purposes, version, day = Signer(salt=SALT).unsign_object(visitor.value)
        client.cookies[NAME] = Signer(salt=SALT).sign_object([receipt, [], version, day])
        assert not has_tag(visitor.open().text)

    def test_flipped_letter_of_a_grant_is_no_grant(self, visitor, client):
        visitor.accept()
        client.cookies[NAME] = forged(visitor.value)
        assert not has_tag(visitor.open().text)


class TestForeignPages:
    @pytest.mark.parametrize("choice", ["accept", "refuse"])
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ],
    )
    def test_foreign_page_cannot_press_a_button(self, visitor, choice, headers):
        visitor.open()
        response = visitor.answer(choice, headers=headers)
        assert response.status_code == 403
        assert not response.cookies
        assert nothing_was_granted(visitor)
        assert not RefusalCount.objects.exists()

    @pytest.mark.parametrize(
        "wanted",
        [
            *("https://evil.example/en/", "//evil.example/en/", "/\\evil.example/", "javascript:1"),
            *("/admin/", "", "/", "/de/", "en/"),
        ],
    )
    def test_answer_leads_nowhere_else(self, visitor, wanted):
        visitor.open()
        assert visitor.answer("refuse", next=wanted).url == "/en/cookies/"


class TestSignal:
    def test_signal_is_a_refusal_without_a_question(self, client):
        visitor = Chooser(client, **GPC)
        page = visitor.open().text
        assert not asks(page)
        assert not has_tag(page)
        assert "Refused by your browser." in visitor.open("cookies/").text

    def test_signal_is_stronger_than_an_earlier_consent(self, visitor, client):
        visitor.accept()
        client.cookies["_ga"] = "GA1.1.1.1"
        response = visitor.open(**GPC)
        assert not has_tag(response.text)
        assert ("_ga", "") in expired(response)
        assert has_tag(visitor.open().text)

    def test_acceptance_under_the_signal_changes_nothing(self, visitor):
        visitor.open()
        response = visitor.answer("accept", headers=GPC)
        assert response.status_code == 409
        assert "Global Privacy Control" in response.text
        assert nothing_was_granted(visitor)

    def test_browsers_are_told_that_the_signal_is_heeded(self, client):
        response = client.get("/.well-known/gpc.json")
        assert response.headers["Content-Type"] == "application/json"
        assert response.json() == {"gpc": True, "lastUpdate": "2026-04-28"}

    def test_other_values_are_no_signal(self, client):
        assert asks(Chooser(client, **{"sec-gpc": "0"}).open().text)

    def test_form_of_one_visitor_is_not_that_of_another(self, visitor):
        assert asks(visitor.open("free-consultation/").text)
        assert not asks(visitor.open("free-consultation/", **GPC).text)


class TestLimit:
    def test_network_that_chooses_too_often_waits(self, client, settings):
        settings.COOKIE_LIMIT = 2
        answers = []
        for _ in range(3):
            client.cookies.clear()
            answers.append(Chooser(client).accept().status_code)
        assert answers == [303, 303, 429]
        assert ConsentEvent.objects.count() == 2

    def test_refusal_counts_for_its_visitor_always(self, client, settings):
        settings.COOKIE_LIMIT = 0
        assert client.post("/en/cookies/", {"choice": "refuse"}).status_code == 303
        assert client.cookies[NAME].value == "refused:1.0"
        assert not RefusalCount.objects.exists()


BREAK = """
    CREATE FUNCTION pg_temp.broken() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON {table}
        FOR EACH ROW EXECUTE FUNCTION pg_temp.broken()
"""


def gone() -> int:
    raise OperationalError("the server is away")


def break_table(table: str) -> None:
    """From now on the database refuses new rows there, as with a full disk."""
    with connection.cursor() as cursor:
        cursor.execute(BREAK.format(table=table))


def mend_table(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER broken ON {table}")


class TestBrokenDatabase:
    @pytest.mark.parametrize("table", ["consent_consentevent", "consent_consenttext"])
    def test_consent_that_cannot_be_written_grants_nothing(self, visitor, table):
        break_table(table)
        response = visitor.accept()
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert "nothing was granted" in response.text
        assert nothing_was_granted(visitor)

    def test_refusal_holds_all_the_same(self, visitor):
        break_table("consent_refusalcount")
        visitor.open()
        assert visitor.answer("refuse").status_code == 303
        assert visitor.value == "refused:1.0"

    def test_withdrawal_holds_at_once_and_is_recorded_later(self, visitor, client):
        visitor.accept()
        client.cookies["_ga"] = "GA1.1.1.1"
        visitor.open()
        break_table("consent_consentevent")
        response = visitor.answer("refuse")
        assert response.status_code == 503
        assert "withdrawn on this device at once" in response.text
        assert ("_ga", "") in expired(response)
        for _ in range(2):
            page = visitor.open().text
            assert not has_tag(page)
            assert not asks(page)
        assert visitor.value.startswith("withdrawing:")
        mend_table("consent_consentevent")
        visitor.open("solutions/")
        assert visitor.value == "refused:1.0"
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1

    def test_refusal_and_withdrawal_hold_without_any_database(self, visitor, client, monkeypatch):
        visitor.accept()
        visitor.open("cookies/")
        break_table("consent_consentevent")
        with monkeypatch.context() as away:
            away.setattr(publication, "current", gone)
            publication.forget()
            assert visitor.answer("accept").status_code == 303  # what was agreed stays so
            assert visitor.answer("refuse").status_code == 503
            assert visitor.value.startswith("withdrawing:")
            client.cookies.clear()
            assert visitor.answer("accept").status_code == 503
            assert visitor.value == ""
            assert visitor.answer("refuse").status_code == 303
            assert visitor.value == "refused:1.0"

    def test_accepting_again_does_not_lose_the_withdrawal(self, visitor, client):
        visitor.accept()
        first = ConsentEvent.objects.get().uid
        client.cookies[NAME] = f"withdrawing:{visitor.value}"
        visitor.open("cookies/")
        visitor.answer("accept")
        kinds = list(ConsentEvent.objects.order_by("id").values_list("kind", "withdraws"))
        assert kinds == [("given", None), ("withdrawn", first), ("given", None)]
        assert has_tag(visitor.open().text)


class TestNewVersion:
    @pytest.fixture
    def publish_next(self, shipped):
        def publish_now(number: str, *, asks_again: bool) -> PolicyVersion:
            first = shipped("cookie-policy", "1.0")
            draft = PolicyVersion.objects.create(
                policy_id="cookie-policy",
                number=number,
                terms=first.terms,
                requires_reconsent=asks_again,
                reason_az="x",
                reason_en="x",
                reason_ru="x",
            )
            for text in first.texts.all():
                draft.texts.create(language=text.language, source=text.source)
            published = publish(draft, actor=None, effective=timezone.localdate())
            answers.forget()  # as every process does within a second
            return published

        return publish_now

    @pytest.mark.parametrize("choice", ["accept", "refuse"])
    def test_version_that_asks_again_does_so_once(self, visitor, publish_next, choice):
        visitor.open()
        visitor.answer(choice)
        publish_next("1.1", asks_again=True)
        page = visitor.open().text
        assert asks(page)
        assert not has_tag(page)
        visitor.answer(choice)
        page = visitor.open().text
        assert not asks(page)
        assert has_tag(page) is (choice == "accept")

    @pytest.mark.parametrize("choice", ["accept", "refuse"])
    def test_other_version_asks_nobody_again(self, visitor, publish_next, choice):
        visitor.open()
        visitor.answer(choice)
        publish_next("1.1", asks_again=False)
        page = visitor.open().text
        assert not asks(page)
        assert has_tag(page) is (choice == "accept")

    def test_version_between_is_asked_for_again_as_well(self, visitor, publish_next):
        visitor.accept()
        publish_next("1.1", asks_again=True)
        publish_next("1.2", asks_again=False)
        assert asks(visitor.open().text)

    def test_refusal_beside_a_form_brings_back_what_was_typed(self, visitor, publish_next):
        visitor.accept()
        publish_next("1.1", asks_again=True)
        visitor.open("free-consultation/")
        answer = visitor.answer("refuse", message="Half a sentence")
        assert (answer.status_code, answer.url) == (307, "/en/free-consultation/")
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1

    def test_question_of_the_old_version_is_stale(self, visitor, publish_next):
        visitor.open()
        publish_next("1.1", asks_again=False)
        assert visitor.answer("accept").status_code == 409


class TestPages:
    def test_tag_widens_the_policy_of_its_page_alone(self, visitor):
        before = visitor.open().headers["Content-Security-Policy"]
        assert "google" not in before
        visitor.answer("accept")
        policy = visitor.open().headers["Content-Security-Policy"]
        rules = {rule.strip() for rule in policy.split(";")}
        assert "script-src 'self' https://www.googletagmanager.com" in rules
        assert not re.search(r"unsafe-|nonce-|\*;| \* |https:[;\s]", policy)
        assert "google" not in visitor.open("my-data/").headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("path", "measured"),
        [
            *(("", True), ("solutions/", True), ("privacy-policy/", True), ("cookies/", True)),
            *(("privacy-policy/versions/", True), ("free-consultation/", True)),
            *(("free-consultation/?service=customs", True), ("my-data/", False)),
            *(("free-consultation/withdrawn/", False), ("no/such/page/", False)),
            *(("ivan-petrov-1985/", False), ("privacy-policy/9.9/", False)),
            ("free-consultation/withdraw/x/", False),
        ],
    )
    def test_only_pages_with_nothing_personal_carry_the_tag(self, visitor, path, measured):
        visitor.accept()
        assert has_tag(visitor.open(path).text) is measured

    def test_page_with_what_somebody_typed_carries_neither_tag_nor_question(self, visitor, client):
        form = Visitor(client).open()
        page = form.send(name="").text
        assert "To correct:" in page
        assert not asks(page)
        visitor.accept()
        assert not has_tag(Visitor(client).open().send(name="").text)

    def test_not_modified_answer_expires_what_was_left(self, visitor, client):
        tag = visitor.open().headers["ETag"]
        client.cookies["_ga"] = "GA1.1.1.1"
        response = client.get("/en/", headers={"if-none-match": tag})
        assert response.status_code == 304
        assert expired(response) == {("_ga", "")} | {
            ("_ga", domain) for _name, domain in expired(response)
        }
        assert expired(response)

    def test_old_page_with_the_tag_is_not_confirmed_after_a_withdrawal(self, visitor, client):
        visitor.accept()
        tag = visitor.open().headers["ETag"]
        visitor.answer("refuse")
        response = client.get("/en/", headers={"if-none-match": tag})
        assert response.status_code == 200
        assert not has_tag(response.text)

    def test_nothing_is_expired_while_it_is_agreed_to(self, visitor, client):
        visitor.accept()
        client.cookies["_ga"] = "GA1.1.1.1"
        assert expired(visitor.open()) == set()

    def test_odd_and_many_names_make_no_odd_head(self, visitor, client):
        odd = "; ".join(
            ["_ga=1", "_ga x=1", "_ga\u00e9=1", "x_ga=2", *(f"_ga_{n}=1" for n in range(99))]
        )
        response = client.get("/en/", headers={"cookie": odd})
        assert response.status_code == 200
        names = {name for name, _domain in expired(response)}
        assert "_ga" in names
        assert len(names) == 20
        assert not any(" " in name or name.startswith("x") for name in names)

    @pytest.mark.parametrize("host", ["emsarsolutions.az", "emsarconsulting.az"])
    def test_hosts_that_redirect_touch_no_cookie(self, client, host):
        response = client.get("/en/", headers={"host": host, "cookie": "_ga=1"})
        assert response.status_code == 301
        assert not response.cookies

    def test_admin_touches_no_cookie_of_visitors(self, client):
        response = client.get("/admin/login/", headers={"cookie": "_ga=1"})
        assert expired(response) == set()
        assert not asks(response.text)

    def test_page_costs_no_query_whatever_was_chosen(self, visitor, django_assert_num_queries):
        for choice in ("accept", "refuse"):
            visitor.open()
            visitor.answer(choice)
            for _ in range(3):
                visitor.open("solutions/")
            with django_assert_num_queries(0):
                visitor.open("solutions/")

    def test_question_on_an_error_page_asks_no_database(self, visitor, django_assert_num_queries):
        visitor.open()
        with django_assert_num_queries(0):
            page = visitor.open("no/such/page/").text
        assert asks(page)
        assert hidden(page, "shown")


class TestWayBack:
    def test_answer_leads_back_to_the_whole_address(self, visitor):
        visitor.open("free-consultation/?service=customs")
        assert visitor.answer("refuse").url == "/en/free-consultation/?service=customs"

    def test_answer_on_the_confirmation_keeps_the_reference(self, visitor, client):
        sent = Visitor(client).open().send()
        visitor.page = client.get(sent.url).text
        assert asks(visitor.page)
        assert visitor.answer("refuse").url == sent.url

    def test_token_of_a_mailed_link_stays_where_it_is(self, visitor):
        visitor.open(f"free-consultation/withdraw/{'x' * 43}/")
        assert "x" * 43 not in visitor.page.partition('class="choice"')[2]
        assert visitor.answer("refuse").url == "/en/cookies/"

    def test_address_of_a_page_cannot_claim_a_withdrawal(self, visitor, client):
        visitor.accept()
        given = ConsentEvent.objects.get()
        for client_state in ("granted", "fresh"):
            page = client.get(f"/en/cookies/?withdrawn={receipt_token(given.uid)}").text
            assert "Your consent is withdrawn." not in page, client_state
            client.cookies.clear()

    def test_withdrawal_leads_to_its_receipt(self, visitor, client):
        visitor.accept()
        visitor.open("solutions/")
        page = client.get(visitor.answer("refuse").url).text
        ended = ConsentEvent.objects.get(kind="withdrawn")
        assert "Your consent is withdrawn." in page
        assert f'href="/en/consent/{receipt_token(ended.uid)}/"' in page
        assert 'href="/en/solutions/"' in page


class TestEarlierConsent:
    def test_consent_can_be_withdrawn_under_the_signal(self, visitor):
        visitor.accept()
        page = visitor.open("cookies/", **GPC).text
        assert "Refused by your browser." in page
        assert "/en/cookies/receipt/" in page
        assert 'class="undo"' in visitor.open(**GPC).text
        visitor.answer("refuse", headers=GPC)
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1

    def test_consent_can_be_withdrawn_on_an_error_page(self, visitor):
        visitor.accept()
        page = visitor.open("ivan-petrov-1985/").text
        assert 'class="undo"' in page
        assert visitor.answer("refuse", shown="").status_code == 303
        assert 'class="undo"' not in visitor.open("ivan-petrov-1985/").text

    def test_choice_is_kept_no_longer_than_the_schedule_lets_it(self, visitor, monkeypatch):
        monkeypatch.setattr(answers, "_scheduled", lambda: 3)
        with time_machine.travel("2026-11-22T08:00:00Z", tick=False):
            cookie = visitor.accept().cookies[NAME]
            assert cookie["max-age"] == 92 * 86400
            assert has_tag(visitor.open().text)
        with time_machine.travel("2027-02-22T08:00:00Z", tick=False):
            answers.forget()
            assert asks(visitor.open().text)
