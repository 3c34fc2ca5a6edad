"""The second factor once more before what is dangerous; nothing typed is lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.staff.access.stepup import stepped_up
from emsar.staff.models import User
from tests.factories import make_user
from tests.staff.access.entering import code_now, give_factor, go_in

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 4, 0, 5, tzinfo=UTC)
NEW_CODES = reverse("admin:new_codes")


@pytest.fixture(autouse=True)
def _as_in_production(settings) -> None:
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


def hidden(page: str) -> dict[str, str]:
    """What the page of the code carries along."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    fields |= dict(re.findall(r'<textarea name="([^"]+)" hidden>\n([^<]*)</textarea>', page))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def answer(member: Client, address: str, page: HttpResponse, code: str) -> HttpResponse:
    return member.post(address, hidden(page.text) | {"second_factor-code": code})


def test_login_counts_for_ten_minutes(member, clock) -> None:
    clock.shift(timedelta(minutes=10, seconds=-1))
    assert "shown only now" in member.post(NEW_CODES).text
    clock.shift(timedelta(seconds=1))
    assert "shown only now" not in member.post(NEW_CODES).text


def test_code_opens_it_for_ten_minutes_more(member, clock, secret) -> None:
    clock.shift(timedelta(minutes=11))
    page = member.post(NEW_CODES)
    assert page.status_code == 200
    done = answer(member, NEW_CODES, page, code_now(secret))
    assert "shown only now" in done.text
    clock.shift(timedelta(minutes=9))
    assert "shown only now" in member.post(NEW_CODES).text
    assert AuditEvent.objects.filter(action="staff.step_up").count() == 1


def test_wrong_code_does_nothing_and_asks_again(member, clock, secret) -> None:
    clock.shift(timedelta(minutes=11))
    page = member.post(NEW_CODES)
    again = answer(member, NEW_CODES, page, "000000")
    assert again.status_code == 422
    assert "shown only now" not in again.text
    assert "shown only now" in answer(member, NEW_CODES, again, code_now(secret)).text


def test_code_of_the_login_is_not_taken_again(member, clock, user, secret, settings) -> None:
    settings.STAFF_STEP_UP_MINUTES = 0
    page = member.post(NEW_CODES)
    assert answer(member, NEW_CODES, page, code_now(secret)).status_code == 422


def test_guesses_are_limited(member, clock, secret) -> None:
    clock.shift(timedelta(minutes=11))
    page = member.post(NEW_CODES)
    for _ in range(5):
        page = answer(member, NEW_CODES, page, "000000")
    assert "Too many failed attempts" in answer(member, NEW_CODES, page, code_now(secret)).text


def test_what_was_posted_comes_through_whole(member, clock, secret, rf, user) -> None:
    """Lists, line breaks, markup and names like ours."""
    seen = {}

    @stepped_up
    def view(request):
        seen.update(request.POST.lists())
        return HttpResponse("done")

    clock.shift(timedelta(minutes=11))
    posted = {"text": '\nfirst\r\n<b>"second"</b>', "many": ["1", "2"], "code": "mine"}
    page = run(view, member, rf.post("/x", posted))
    assert page.status_code == 200
    assert seen == {}
    fields = {
        **posted,
        "second_factor_asked": "1",
        "second_factor_posted": "1",
        "second_factor-code": code_now(secret),
    }
    for name, value in posted.items():
        for one in [value] if isinstance(value, str) else value:
            assert f'name="{name}"' in page.text
            assert (
                one.splitlines()[-1]
                .replace('"', "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                in page.text
            )
    assert run(view, member, rf.post("/x", fields)).content == b"done"
    assert seen == {"text": [posted["text"]], "many": ["1", "2"], "code": ["mine"]}


def test_page_that_was_opened_is_opened_again(member, clock, secret, rf) -> None:
    view = stepped_up(lambda request: HttpResponse("done"))
    clock.shift(timedelta(minutes=11))
    page = run(view, member, rf.get("/x?a=1"))
    assert hidden(page.text) == {"second_factor_asked": "1"}
    fields = {"second_factor_asked": "1", "second_factor-code": code_now(secret)}
    response = run(view, member, rf.post("/x?a=1", fields))
    assert (response.status_code, response.url) == (302, "/x?a=1")
    assert run(view, member, rf.get("/x?a=1")).content == b"done"


def run(view, member: Client, request) -> HttpResponse:
    """The view as the admin calls it for whoever is logged in in that member."""
    from emsar.staff.access import sessions
    from emsar.staff.models import StaffSession

    request.session = member.session
    request.staff_session = StaffSession.objects.get(pk=member.session[sessions.KEY])
    request.user = request.staff_session.user
    response = view(request)
    if hasattr(response, "render"):
        response.render()
    return response
