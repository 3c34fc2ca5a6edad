"""The login: what lets in, what keeps out, and what is kept of the attempts."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.staff import gates, login
from emsar.staff.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOO_MANY = ["limited"]


@pytest.fixture
def user() -> User:
    return make_user(username="dpo")


def attempt(name: str = "dpo", password: str = PASSWORD, **extra: str) -> Client:
    """One attempt of a browser without a session; logged in or not."""
    browser = Client(**extra)
    browser.response = browser.post(
        reverse("admin:login"), {"username": name, "password": password}
    )
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(reverse("admin:index")).status_code == 200


def errors(browser: Client) -> list[str]:
    """The codes of what the form says, which is in the reader's language."""
    found = browser.response.context["form"].errors.as_data().get("__all__", [])
    return [error.code for error in found]


def logins() -> list[tuple[object, str]]:
    return list(AuditEvent.objects.filter(action="staff.login").values_list("actor", "object_id"))


def test_login_lets_in_and_is_an_audit_event(user) -> None:
    browser = attempt()
    assert browser.response.status_code == 302
    assert is_in(browser)
    assert logins() == [(user.pk, str(user.pk))]
    assert User.objects.get(pk=user.pk).last_login is not None


@pytest.mark.parametrize(
    ("name", "password"), [("dpo", "wrong"), ("nobody", PASSWORD), ("dpo", "")]
)
def test_wrong_login_stays_outside_and_says_nothing_about_the_name(user, name, password) -> None:
    browser = attempt(name, password)
    assert not is_in(browser)
    assert logins() == []
    assert errors(browser) == (["invalid_login"] if password else [])


def test_failed_login_of_somebody_who_is_in_is_no_login(user) -> None:
    browser = attempt()
    browser.post(reverse("admin:login"), {"username": "dpo", "password": "wrong"})
    assert len(logins()) == 1


def test_inactive_user_is_kept_out_and_shut_out_at_once(user) -> None:
    browser = attempt()
    assert is_in(browser)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(browser)
    assert not is_in(attempt())


def test_gate_that_does_not_open_keeps_everybody_out(user, monkeypatch) -> None:
    """The place of the second factor and of the confidentiality undertaking."""
    monkeypatch.setattr(gates, "_GATES", {})
    gates.register_gate("yes", lambda request: True)
    browser = attempt()
    assert is_in(browser)
    gates.register_gate("undertaking", lambda request: request.user.username != "dpo")
    assert not is_in(browser)


def test_limit_by_name_refuses_the_right_password_too(user) -> None:
    for _ in range(login.BY_NAME):
        attempt(password="wrong")
    refused = attempt("DPO")
    assert errors(refused) == TOO_MANY
    assert not is_in(refused)
    assert is_in(attempt(make_user(username="other").username))


def test_limit_by_name_is_not_reached_one_attempt_earlier(user) -> None:
    for _ in range(login.BY_NAME - 1):
        attempt(password="wrong")
    assert is_in(attempt())


def test_limit_by_name_holds_wherever_the_attempts_come_from(user) -> None:
    for number in range(login.BY_NAME):
        attempt(password="wrong", REMOTE_ADDR=f"203.0.113.{number}")
    assert errors(attempt(REMOTE_ADDR="203.0.113.99")) == TOO_MANY


def test_limit_by_address_stops_trying_many_names(user, monkeypatch) -> None:
    monkeypatch.setattr(login, "BY_ADDRESS", 3)
    for number in range(3):
        attempt(f"guess{number}", "wrong", REMOTE_ADDR="203.0.113.77")
    assert errors(attempt(REMOTE_ADDR="203.0.113.77")) == TOO_MANY
    assert is_in(attempt(REMOTE_ADDR="203.0.113.78"))


def test_limit_cannot_be_passed_by_forged_headers(user, monkeypatch) -> None:
    monkeypatch.setattr(login, "BY_ADDRESS", 3)
    for number in range(4):
        forged = f"198.51.100.{number}"
        browser = attempt(f"guess{number}", "wrong", HTTP_X_FORWARDED_FOR=forged)
    assert errors(browser) == TOO_MANY


def test_limit_ends_with_its_quarter_of_an_hour(user) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(login.BY_NAME):
            attempt(password="wrong")
        assert not is_in(attempt())
    with time_machine.travel(NOON + timedelta(minutes=login.WINDOW_MINUTES), tick=False):
        assert is_in(attempt())


def test_refused_attempts_are_not_counted_on(user) -> None:
    """Otherwise a guesser could lock somebody out for as long as they like to."""
    for _ in range(login.BY_NAME + 5):
        attempt(password="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(count) FROM staff_keyedcount")
        assert cursor.fetchone() == (login.BY_NAME,)


def test_neither_name_nor_password_nor_address_is_stored_or_logged(user, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        attempt("Zulfiyye", "geheim-9f3", REMOTE_ADDR="203.0.113.77")
    kept = caplog.text.casefold()
    for table in ("staff_keyedcount", "audit_auditevent", "django_session"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            kept += cursor.fetchone()[0].casefold()
    for value in ("zulfiyye", "geheim-9f3", "203.0.113.77"):
        assert value not in kept


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5000, "<script>", "'; --"])
def test_odd_names_are_only_wrong(user, name) -> None:
    browser = attempt(name, "wrong")
    assert browser.response.status_code == 200
    assert not is_in(browser)
