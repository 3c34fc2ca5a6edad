"""Open logins: how long they last, where they are seen, what ends them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.staff.access import sessions
from emsar.staff.access.browsers import kind_of_browser
from emsar.staff.models import StaffSession, User
from tests.factories import PASSWORD, make_user
from tests.staff.access.entering import INDEX, give_factor, go_in, is_in

pytestmark = pytest.mark.django_db

ACCOUNT = reverse("admin:account")
MONDAY = datetime(2026, 11, 23, 4, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _as_in_production(settings) -> None:
    settings.STAFF_IDLE_MINUTES = 30
    settings.STAFF_SESSION_HOURS = 12
    settings.STAFF_STEP_UP_MINUTES = 10


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def user() -> User:
    return make_user(username="dpo")


@pytest.fixture
def secret(user) -> str:
    return give_factor(user)


@pytest.fixture
def member(clock, user, secret) -> Client:
    return go_in(user, secret)


def ends() -> list[str]:
    return list(StaffSession.objects.order_by("started_at").values_list("end", flat=True))


class TestTime:
    def test_login_that_is_not_used_ends_after_half_an_hour(self, member, clock) -> None:
        clock.shift(timedelta(minutes=29, seconds=59))
        assert is_in(member)
        clock.shift(timedelta(minutes=30))
        response = member.get(f"{INDEX}?p=1")
        assert response.url == "/admin/login/?ended=idle&next=%2Fadmin%2F%3Fp%3D1"
        assert ends() == ["idle"]
        page = member.get(response.url, headers={"accept-language": "en"})
        assert "half an hour" in page.text
        assert not is_in(member)

    def test_login_that_is_used_ends_after_twelve_hours(self, member, clock) -> None:
        for minutes, still_in in ((12 * 60 - 1, True), (1, False)):
            clock.shift(timedelta(minutes=minutes))
            StaffSession.objects.update(seen_at=timezone.now())
            response = member.get(ACCOUNT)
            assert (response.status_code == 200) is still_in
        assert "ended=limit" in response.url
        assert ends() == ["limit"]

    def test_use_is_kept_to_the_minute(self, member, clock) -> None:
        clock.shift(timedelta(seconds=59))
        is_in(member)
        assert StaffSession.objects.get().seen_at == MONDAY
        clock.shift(timedelta(seconds=1))
        is_in(member)
        assert StaffSession.objects.get().seen_at == MONDAY + timedelta(minutes=1)

    def test_what_was_sent_to_a_login_that_is_over_is_not_done(self, member, clock) -> None:
        clock.shift(timedelta(hours=1))
        response = member.post(reverse("admin:language"), {"language": "az"})
        assert response.url == "/admin/login/?ended=idle"
        assert User.objects.get().language == "en"

    def test_session_of_the_browser_goes_with_the_login(self, member, clock) -> None:
        key = member.session.session_key
        clock.shift(timedelta(hours=1))
        member.get(INDEX)
        assert not Session.objects.filter(session_key=key).exists()


class TestEnding:
    def test_logout_ends_it(self, member) -> None:
        member.post(reverse("admin:logout"))
        assert ends() == ["logout"]
        assert not is_in(member)

    def test_own_logins_are_listed_and_ended_one_by_one(self, member, user, secret) -> None:
        other = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT) Firefox/150.0"})
        other.force_login(user)
        page = member.get(ACCOUNT)
        assert page.text.count(">End<") == 2
        assert "no-store" in page.headers["Cache-Control"]
        here = member.session[sessions.KEY]
        there = StaffSession.objects.exclude(pk=here).get()
        member.post(reverse("admin:end_login", args=[there.pk]))
        assert is_in(member)
        assert not is_in(other)
        assert AuditEvent.objects.filter(action="staff.end_login").count() == 1

    def test_all_others_are_ended_at_once(self, member, user) -> None:
        others = [Client(), Client()]
        for other in others:
            other.force_login(user)
        member.post(reverse("admin:end_others"))
        assert is_in(member)
        assert not any(is_in(other) for other in others)

    def test_ending_this_one_leads_out(self, member) -> None:
        this = member.session[sessions.KEY]
        response = member.post(reverse("admin:end_login", args=[this]))
        assert response.url == reverse("admin:login")
        assert not is_in(member)

    def test_login_of_a_colleague_cannot_be_ended(self, member) -> None:
        other = Client()
        other.force_login(make_user())
        theirs = other.session[sessions.KEY]
        assert member.post(reverse("admin:end_login", args=[theirs])).status_code == 404
        assert is_in(other)

    @pytest.mark.parametrize("page", ["end_others", "new_codes"])
    def test_opening_an_act_does_nothing(self, member, page) -> None:
        assert member.get(reverse(f"admin:{page}")).status_code == 405

    def test_new_password_ends_the_others_and_is_told(self, member, user) -> None:
        other = Client()
        other.force_login(user)
        new = "another-long-sentence"
        fields = {"old": PASSWORD, "password": new, "again": new}
        assert member.post(reverse("admin:password_change"), fields).status_code == 302
        assert is_in(member)
        assert not is_in(other)
        assert OutboundMail.objects.get().key.startswith(f"password:{user.pk}")
        assert StaffSession.objects.filter(end="access").count() == 1

    def test_old_password_is_guessed_five_times(self, member, user) -> None:
        new = "another-long-sentence"
        address = reverse("admin:password_change")
        wrong = {"old": "wrong", "password": new, "again": new}
        for _ in range(5):
            form = member.post(address, wrong).context["form"]
            assert "Too many" not in str(form.errors)
        right = member.post(address, {**wrong, "old": PASSWORD})
        assert "Too many failed attempts" in str(right.context["form"].errors["old"])
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_session_without_a_login_of_ours_is_none(self, user) -> None:
        """As Django alone would make it: password right, and nothing else."""
        client = Client()
        client._login(user, sessions.BACKEND)
        answer = client.get(INDEX)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")

    def test_login_of_another_person_is_none(self, member, user) -> None:
        client = Client()
        client.force_login(make_user())
        session = client.session
        session[sessions.KEY] = member.session[sessions.KEY]
        session.save()
        assert not is_in(client)


def test_over_is_told_to_the_second(user) -> None:
    now = timezone.now()
    login = StaffSession(user=user, key="k", started_at=now, seen_at=now)
    assert sessions.over(login, now + timedelta(minutes=30, seconds=-1)) == ""
    assert sessions.over(login, now + timedelta(minutes=30)) == "idle"


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/150.0",
            "Firefox, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux) AppleWebKit Chrome/150 Safari/537 Edg/150", "Edge, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/604", "Safari, iOS"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150 Mobile Safari", "Chrome, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_browser_is_named_by_its_kind(agent, kind) -> None:
    assert kind_of_browser(agent) == kind
