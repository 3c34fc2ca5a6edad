"""The invitation: a mailed link, a password, a second factor, ten codes on paper."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.staff.access import recovery
from emsar.staff.access.inviting import invite
from emsar.staff.models import Role, StaffSession, TotpDevice, User
from tests.factories import make_user
from tests.staff.access.entering import (
    ENGLISH,
    INDEX,
    LOGIN,
    code_now,
    errors,
    give_factor,
    go_in,
    is_in,
    link_in,
    type_password,
)

pytestmark = pytest.mark.django_db

ENROL = reverse("admin:second_factor")
GOOD = "a-long-sentence-of-mine"
BOTH = {"password": GOOD, "again": GOOD}
MONDAY = datetime(2026, 11, 23, 8, 0, 5, tzinfo=UTC)


@pytest.fixture
def user() -> User:
    user = make_user(Role.AUDITOR, username="auditor")
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def link(user) -> str:
    invite(user, actor=None)
    (mail,) = OutboundMail.objects.all()
    assert (mail.to_address, mail.purpose) == (user.email, "staff")
    return link_in(mail.body)


def choose(link: str, **fields: str) -> Client:
    browser = Client(headers=ENGLISH)
    browser.response = browser.post(link, {**BOTH, **fields})
    return browser


def enrolled(link: str) -> tuple[Client, str]:
    """Somebody who went the whole way; the secret in their app."""
    browser = choose(link)
    secret = secret_on(browser.get(ENROL).text)
    browser.response = browser.post(ENROL, {"code": code_now(secret)})
    return browser, secret


def secret_on(page: str) -> str:
    found = re.search(r'class="code secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def test_whole_way_ends_inside_with_ten_codes(user, link) -> None:
    browser, secret = enrolled(link)
    codes = re.findall(r'<li class="code">([A-Z2-7-]{19})</li>', browser.response.text)
    assert len(codes) == len(set(codes)) == recovery.COUNT
    assert is_in(browser)
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert TotpDevice.objects.get(user=user).confirmed
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert [a for a in actions if a.startswith("staff.")] == [
        *("staff.invite", "staff.password", "staff.login", "staff.enrol"),
    ]
    assert is_in(go_in_later(user, secret))


def go_in_later(user: User, secret: str) -> Client:
    from tests.staff.access.entering import type_code

    browser = type_password(user.username, GOOD)
    return type_code(browser, code_now(secret, steps=1))


def test_nothing_is_shown_before_the_factor(user, link) -> None:
    browser = choose(link)
    assert browser.response.url == ENROL
    assert not is_in(browser)
    assert browser.get(reverse("admin:account")).status_code == 302
    browser.response = browser.post(ENROL, {"code": "000000"})
    assert browser.response.status_code == 422
    assert not is_in(browser)
    assert StaffSession.objects.count() == 0


def test_opening_the_link_changes_nothing(user, link) -> None:
    for _ in range(3):
        response = Client().get(link)
        assert response.status_code == 200
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert not User.objects.get(pk=user.pk).has_usable_password()
    assert TotpDevice.objects.count() == 0


def test_secret_stays_the_same_while_it_is_being_put_into_the_app(user, link) -> None:
    browser = choose(link)
    first, second = (secret_on(browser.get(ENROL).text) for _ in range(2))
    assert first == second
    assert 'class="segno"' in browser.get(ENROL).text


def test_link_works_again_until_the_factor_is_there(user, link) -> None:
    """Who closed the browser after the password comes back, with that password."""
    choose(link)
    assert 'name="again"' not in Client().get(link).text
    wrong = choose(link, password="not-my-password")
    assert errors(wrong) == ["This is not your password."]
    enrolled(link)
    assert Client().get(link).status_code == 404
    assert choose(link).response.status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("az", "Parolda ən azı 12 simvol olmalıdır."),
        ("ru", "В пароле должно быть не менее 12 символов."),
    ],
)
def test_rules_for_passwords_are_told_in_the_language_of_the_page(link, language, words) -> None:
    page = Client(headers={"Accept-Language": language}).get(link).text
    assert words in page


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"password": "short1!", "again": "short1!"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": "auditor12345", "again": "auditor12345"}, "password"),
        ({"password": "730518264907", "again": "730518264907"}, "password"),
        ({"again": "another-sentence"}, "again"),
        ({"password": "", "again": ""}, "password"),
    ],
)
def test_weak_password_is_refused_in_words(user, link, fields, where) -> None:
    browser = choose(link, **fields)
    assert browser.response.status_code == 422
    assert where in browser.response.context["form"].errors
    assert not User.objects.get(pk=user.pk).has_usable_password()


class TestDeadLinks:
    def test_link_ends_after_a_day(self, user) -> None:
        with time_machine.travel(MONDAY, tick=False) as clock:
            link = mailed_link(user)
            clock.shift(timedelta(hours=24))
            assert Client().get(link).status_code == 200
            clock.shift(timedelta(seconds=1))
            assert Client().get(link).status_code == 404

    def test_next_invitation_voids_the_one_before(self, user, link) -> None:
        OutboundMail.objects.all().delete()
        second = mailed_link(user)
        assert Client().get(link).status_code == 404
        assert Client().get(second).status_code == 200

    @pytest.mark.parametrize("change", [{"is_active": False}, {"email": "new@example.com"}])
    def test_link_ends_when_the_person_leaves_or_moves(self, user, link, change) -> None:
        for name, value in change.items():
            setattr(user, name, value)
        user.save()
        assert Client().get(link).status_code == 404

    def test_links_of_one_kind_open_nothing_of_the_other(self, user, link) -> None:
        other = link.replace("invitation", "new-password")
        assert Client().get(other).status_code == 404

    @pytest.mark.parametrize(
        "path", ["x/y/", "AAAA/c1-2/", "%00/x/", "ÄÖ/ü/", f"{'A' * 22}/abc-{'0' * 64}/"]
    )
    def test_nonsense_is_no_link(self, path) -> None:
        assert Client().get(f"/admin/invitation/{path}").status_code in {400, 404}

    def test_link_of_somebody_else_is_no_link(self, user, link) -> None:
        other = make_user(username="other")
        from emsar.staff.access.tokens import name_in_link

        forged = link.replace(name_in_link(user), name_in_link(other))
        assert Client().get(forged).status_code == 404


def mailed_link(user: User) -> str:
    invite(user, actor=None)
    return link_in(OutboundMail.objects.order_by("-created_at")[0].body)


class TestForgotten:
    @pytest.fixture
    def member(self) -> User:
        return make_user(username="dpo")

    def ask(self, name: str) -> Client:
        browser = Client(headers=ENGLISH)
        browser.response = browser.post(reverse("admin:forgotten"), {"username": name})
        return browser

    def mailed(self) -> OutboundMail:
        return OutboundMail.objects.filter(status="queued").get()

    def test_link_leads_to_a_new_password_and_to_nothing_else(self, member) -> None:
        secret = give_factor(member)
        inside = go_in(member, secret)
        self.ask("dpo")
        link = link_in(self.mailed().body)
        browser = choose(link)
        assert browser.response.url == LOGIN
        assert not is_in(browser)
        assert not is_in(inside)
        assert User.objects.get(pk=member.pk).check_password(GOOD)
        assert TotpDevice.objects.filter(user=member, confirmed=True).exists()
        assert "Please log in." in browser.get(LOGIN).text
        assert OutboundMail.objects.filter(key__startswith="password:").count() == 1
        assert Client().get(link).status_code == 404

    def test_link_ends_after_an_hour(self, member) -> None:
        with time_machine.travel(MONDAY, tick=False) as clock:
            self.ask("dpo")
            link = link_in(self.mailed().body)
            clock.shift(timedelta(minutes=59, seconds=59))
            assert Client().get(link).status_code == 200
            clock.shift(timedelta(seconds=1))
            assert Client().get(link).status_code == 404

    def test_answer_and_cost_tell_nothing(self, member, django_assert_num_queries) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.ask("nobody")
        texts, costs = set(), set()
        for name in ("dpo", "nobody", "DPO", "somebody-else"):
            with CaptureQueriesContext(connection) as queries:
                browser = self.ask(name)
            texts.add(re.sub(r'value="[^"]{60,}"', "", browser.response.text))
            costs.add(tuple(query["sql"].split()[0] for query in queries))
        assert len(texts) == 1
        assert len(costs) == 1

    def test_mail_to_nobody_never_goes_out(self) -> None:
        self.ask("nobody")
        (mail,) = OutboundMail.objects.all()
        assert (mail.status, mail.to_address) == ("cancelled", None)

    def test_who_left_gets_none(self, member) -> None:
        User.objects.filter(pk=member.pk).update(is_active=False)
        self.ask("dpo")
        assert not OutboundMail.objects.filter(status="queued").exists()

    def test_network_may_ask_so_often(self, member) -> None:
        for _ in range(5):
            assert self.ask("dpo").response.status_code == 200
        assert self.ask("dpo").response.status_code == 429

    def test_link_from_the_login_page_leads_there(self) -> None:
        assert reverse("admin:forgotten") in Client().get(LOGIN).text


def test_who_is_logged_in_is_not_asked_again(user, link) -> None:
    browser, _secret = enrolled(link)
    response = browser.get(f"{LOGIN}?next={INDEX}")
    assert (response.status_code, response.url) == (302, INDEX)


class TestForgedPosts:
    """Pages with a token name no referrer, so browsers send ``Origin: null`` with their forms."""

    def post(self, address: str, **headers: str) -> int:
        browser = Client(enforce_csrf_checks=True, headers=headers)
        return browser.post(address, BOTH).status_code

    def test_own_form_of_a_token_page_is_taken(self, user, link) -> None:
        own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        assert self.post(link, **own) == 302

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"},
            {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://sub.testserver", "Sec-Fetch-Site": "same-site"},
            {"Origin": "https://example.com"},
        ],
    )
    def test_form_of_another_site_is_refused(self, user, link, headers) -> None:
        assert self.post(link, **headers) == 403
        assert not User.objects.get(pk=user.pk).has_usable_password()

    @pytest.mark.parametrize("page", ["login", "login_code", "second_factor", "forgotten"])
    def test_pages_without_a_token_have_djangos_guard(self, page) -> None:
        assert self.post(reverse(f"admin:{page}")) == 403
