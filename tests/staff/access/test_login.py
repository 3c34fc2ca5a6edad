"""The way in: both factors or nothing, and what a guesser learns."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.staff import gates
from emsar.staff.access import lockout, recovery
from emsar.staff.models import KeyedCount, StaffSession, User
from tests.factories import PASSWORD, make_user
from tests.staff.access.entering import (
    CODE,
    INDEX,
    LOGIN,
    code_now,
    errors,
    give_factor,
    go_in,
    is_in,
    type_code,
    type_password,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 8, 0, 5, tzinfo=UTC)
WRONG = "This code is not right, or it was used already."


@pytest.fixture
def user() -> User:
    return make_user(username="dpo")


@pytest.fixture
def secret(user) -> str:
    return give_factor(user)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def about_staff(query: dict[str, str]) -> bool:
    """Not what a process looks up again every few seconds, whoever comes."""
    # Nobody knows the text of what PostgreSQL keeps prepared: that is the counter's own statement.
    return "publicationcounter" not in (query["sql"] or "")


def logins() -> list[object]:
    return list(AuditEvent.objects.filter(action="staff.login").values_list("actor", flat=True))


def mails(template_words: str) -> list[OutboundMail]:
    return [mail for mail in OutboundMail.objects.all() if template_words in (mail.body or "")]


class TestBothFactors:
    def test_both_let_in_and_are_an_audit_event(self, user, secret) -> None:
        browser = go_in(user, secret)
        assert browser.response.status_code == 302
        assert browser.response.url == INDEX
        assert is_in(browser)
        assert logins() == [user.pk]
        assert User.objects.get(pk=user.pk).last_login is not None

    def test_password_alone_opens_nothing(self, user, secret) -> None:
        browser = type_password("dpo")
        assert browser.response.url == CODE
        assert not is_in(browser)
        assert logins() == []
        assert StaffSession.objects.count() == 0

    def test_code_without_password_opens_nothing(self, user, secret, client) -> None:
        response = client.post(CODE, {"code": code_now(secret)})
        assert (response.status_code, response.url) == (302, LOGIN)
        assert not is_in(client)

    def test_way_goes_on_to_the_page_that_was_asked_for(self, user, secret) -> None:
        wanted = reverse("admin:audit_auditevent_changelist") + "?p=1"
        browser = type_code(type_password("dpo", onward=wanted), code_now(secret))
        assert browser.response.url == wanted

    @pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/en/"])
    def test_way_leads_nowhere_else(self, user, secret, elsewhere) -> None:
        browser = type_code(type_password("dpo", onward=elsewhere), code_now(secret))
        assert browser.response.url == INDEX

    def test_login_without_second_factor_is_told_what_to_do(self, user) -> None:
        browser = type_password("dpo")
        page = browser.get(CODE)
        assert "This login has no second factor yet" in page.text
        assert not is_in(type_code(browser, "000000"))

    def test_waiting_too_long_between_the_two_begins_anew(self, user, secret, clock) -> None:
        browser = type_password("dpo")
        clock.shift(timedelta(minutes=20))
        assert type_code(browser, code_now(secret)).response.url == LOGIN
        assert not is_in(browser)

    def test_password_changed_between_the_two_begins_anew(self, user, secret) -> None:
        browser = type_password("dpo")
        user.set_password("something else entirely")
        user.save()
        assert type_code(browser, code_now(secret)).response.url == LOGIN

    def test_leaving_between_the_two_shuts_out(self, user, secret) -> None:
        browser = type_password("dpo")
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert type_code(browser, code_now(secret)).response.url == LOGIN

    def test_key_of_the_session_is_another_one_at_each_step(self, user, secret) -> None:
        browser = type_password("dpo")
        first = browser.session.session_key
        type_code(browser, code_now(secret))
        assert browser.session.session_key != first
        assert "halfway" not in browser.session

    def test_who_leaves_is_shut_out_at_once(self, user, secret) -> None:
        browser = go_in(user, secret)
        assert is_in(browser)
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert not is_in(browser)
        assert not is_in(type_password("dpo"))


class TestCodes:
    def test_code_is_taken_once(self, user, secret, clock) -> None:
        code = code_now(secret)
        assert is_in(type_code(type_password("dpo"), code))
        again = type_code(type_password("dpo"), code)
        assert errors(again) == [WRONG]
        assert not is_in(again)

    def test_code_before_one_that_was_taken_is_refused(self, user, secret, clock) -> None:
        earlier = code_now(secret)
        clock.shift(timedelta(seconds=30))
        assert is_in(type_code(type_password("dpo"), code_now(secret)))
        assert errors(type_code(type_password("dpo"), earlier)) == [WRONG]

    @pytest.mark.parametrize(
        ("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_clock_may_be_half_a_minute_off(self, user, secret, clock, steps, right) -> None:
        assert is_in(type_code(type_password("dpo"), code_now(secret, steps=steps))) is right

    @pytest.mark.parametrize("typed", ["{} {}", " {}{} ", "{}{}\t"])
    def test_blanks_do_not_matter(self, user, secret, clock, typed) -> None:
        code = code_now(secret)
        assert is_in(type_code(type_password("dpo"), typed.format(code[:3], code[3:])))

    @pytest.mark.parametrize("typed", ["", "12345", "abcdef", "٠٠٠٠٠٠", "0" * 41, "1234567"])
    def test_what_is_no_code_is_refused(self, user, secret, typed) -> None:
        browser = type_code(type_password("dpo"), typed)
        assert browser.response.status_code == 422
        assert not is_in(browser)

    def test_factor_of_a_colleague_opens_nothing(self, user, secret) -> None:
        other = give_factor(make_user(username="other"))
        assert errors(type_code(type_password("dpo"), code_now(other))) == [WRONG]

    def test_secret_that_is_only_shown_opens_nothing(self, user, secret) -> None:
        user.factors.update(confirmed=False)
        browser = type_code(type_password("dpo"), code_now(secret))
        assert not is_in(browser)


class TestRecoveryCodes:
    def test_code_on_paper_lets_in_once_and_is_told(self, user, secret) -> None:
        code = recovery.renew(user)[3]
        assert is_in(type_code(type_password("dpo"), code))
        assert errors(type_code(type_password("dpo"), code)) == [WRONG]
        assert recovery.left(user) == 9
        assert AuditEvent.objects.filter(action="staff.recovery_code").count() == 1
        (mail,) = mails("was just used in place of the app")
        assert "9 codes are left" in mail.body

    def test_code_is_taken_however_it_is_typed(self, user, secret) -> None:
        code = recovery.renew(user)[0]
        assert is_in(type_code(type_password("dpo"), f" {code.lower().replace('-', ' ')} "))

    def test_codes_before_the_new_ones_are_void(self, user, secret) -> None:
        old = recovery.renew(user)[0]
        recovery.renew(user)
        assert errors(type_code(type_password("dpo"), old)) == [WRONG]

    def test_codes_are_stored_hashed(self, user) -> None:
        codes = [recovery.plain(code) for code in recovery.renew(user)]
        assert len(set(codes)) == 10
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(r::text, ' ') FROM staff_recoverycode r")
            kept = cursor.fetchone()[0]
        assert not any(code in kept or code.encode().hex() in kept for code in codes)


class TestGuessing:
    def test_five_wrong_passwords_close_the_door(self, user, secret, clock) -> None:
        for number in range(5):
            assert len(errors(type_password("dpo", "wrong"))) == 1, number
        refused = type_password("DPO")
        (said,) = errors(refused)
        assert "Please try again after 23.11.2026 12:15." in said
        (mail,) = mails("wrong password for your login several times")
        assert mail.to_address == user.email

    def test_four_do_not(self, user, secret, clock) -> None:
        for _ in range(4):
            type_password("dpo", "wrong")
        assert is_in(go_in(user, secret))

    def test_success_forgets_the_failures(self, user, secret, clock) -> None:
        for _ in range(4):
            type_password("dpo", "wrong")
        go_in(user, secret)
        for _ in range(4):
            type_password("dpo", "wrong")
        assert type_password("dpo").response.url == CODE

    def test_somebody_elsewhere_is_not_shut_out(self, user, secret, clock) -> None:
        for _ in range(5):
            type_password("dpo", "wrong", REMOTE_ADDR="203.0.113.1")
        assert type_password("dpo", REMOTE_ADDR="203.0.113.2").response.url == CODE

    def test_door_stays_closed_longer_each_time(self, user, clock) -> None:
        """Five within a quarter, ten within an hour, twenty within a day."""
        ends = []
        for _ in range(5):
            for _ in range(5):
                type_password("dpo", "wrong")
            until = lockout.password_doors(_request(), "dpo")[0].closed_until()
            ends.append(until - datetime.now(UTC))
            clock.move_to(until + timedelta(seconds=1))
        minutes = [round(end.total_seconds() / 60) for end in ends]
        assert minutes[0] == 15
        assert minutes[1] == 45
        assert max(minutes) > 600

    def test_twentieth_code_is_refused_though_it_is_right(self, user, secret, clock) -> None:
        browser = type_password("dpo")
        for _ in range(19):
            type_code(browser, "000000")
        type_code(browser, code_now(secret))
        assert "Too many failed attempts" in errors(browser)[0]
        assert not is_in(browser)
        (mail,) = mails("Somebody who knows your password")
        assert "change your password now" in mail.body

    def test_codes_are_counted_wherever_they_are_typed(self, user, secret, clock) -> None:
        for number in range(5):
            browser = type_password("dpo", REMOTE_ADDR=f"203.0.113.{number}")
            type_code(browser, "000000")
        browser = type_password("dpo", REMOTE_ADDR="203.0.113.99")
        assert "Too many" in errors(type_code(browser, code_now(secret)))[0]

    @pytest.mark.parametrize("typed", [" dpo", "dpo ", "\tdpo", "DPO", "ｄpo"])
    def test_name_is_one_name_however_it_is_typed(self, user, secret, clock, typed) -> None:
        for _ in range(5):
            type_password(typed, "wrong")
        assert "Too many" in errors(type_password("dpo"))[0]
        assert len(mails("wrong password for your login several times")) == 1

    def test_one_address_may_not_try_many_names(self, user, secret, clock) -> None:
        for number in range(50):
            type_password(f"name{number}", "wrong")
        assert "Too many" in errors(type_password("dpo"))[0]

    def test_forged_headers_do_not_help(self, user, secret, clock) -> None:
        for number in range(5):
            type_password("dpo", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        assert "Too many" in errors(type_password("dpo"))[0]

    def test_nobody_and_somebody_are_told_the_same(self, user, secret, clock) -> None:
        said = []
        for name in ("dpo", "nobody"):
            browsers = [type_password(name, "wrong") for _ in range(7)]
            said.append([(b.response.status_code, errors(b)) for b in browsers])
        assert said[0] == said[1]

    def test_nobody_and_somebody_cost_the_same(self, user, secret, clock) -> None:
        costs = []
        type_password("first", "wrong")  # what is read once a process
        for name in ("dpo", "nobody"):
            costs.append([])
            for _ in range(7):
                with CaptureQueriesContext(connection) as queries:
                    type_password(name, "wrong")
                costs[-1].append(sum(map(about_staff, queries)))
        assert costs[0] == costs[1]
        assert max(costs[0]) > costs[0][0], "the fifth failure tells the person"

    def test_neither_name_nor_address_is_kept(self, user, caplog) -> None:
        with caplog.at_level(logging.DEBUG):
            type_password("dpo", "wrong-secret", REMOTE_ADDR="203.0.113.77")
        assert KeyedCount.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(k::text, ' ') FROM staff_keyedcount k")
            kept = cursor.fetchone()[0]
        for value in ("dpo", "203.0.113.77", "wrong-secret"):
            assert value not in kept + caplog.text
            assert value.encode().hex() not in kept


class TestGates:
    @pytest.fixture(autouse=True)
    def _page(self, monkeypatch) -> None:
        monkeypatch.setattr(gates, "_GATES", {})

    def test_closed_gate_leads_to_its_page(self, user, secret) -> None:
        gates.register_gate("open", lambda request: True, "admin:index")
        browser = go_in(user, secret)
        assert is_in(browser)
        gates.register_gate("closed", lambda request: False, "admin:account")
        response = browser.get(reverse("admin:audit_auditevent_changelist"))
        assert response.status_code == 302
        assert response.url == "/admin/account/?next=%2Fadmin%2Faudit%2Fauditevent%2F"
        assert browser.get("/admin/account/").status_code == 200

    def test_page_before_the_gates_is_for_who_is_logged_in(self, client) -> None:
        response = client.get("/admin/account/")
        assert (response.status_code, response.url) == (302, "/admin/login/?next=/admin/account/")


def test_password_page_says_so_when_it_was_wrong(user) -> None:
    browser = type_password("dpo", "")
    assert "password" in browser.response.context["form"].errors
    assert PASSWORD not in browser.response.text


def _request():
    from django.test import RequestFactory

    return RequestFactory().get("/")
