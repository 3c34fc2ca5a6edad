"""Over HTTPS every cookie of ours is bound to its host; on a developer's machine names are bare."""

import pytest
from django.contrib.auth import get_user_model

from consent.choice import cookie as choice_cookie
from consent.choice.register import cookie_rows
from dsar import session as case_session
from dsar.models import Kind
from emsar.entities.registry import registry
from emsar.site.cookies import cookie_name
from emsar.staff.models import Role
from policies.versions import COOKIES, in_force
from tests.consent.choosing import hidden
from tests.dsar.asking import ADDRESS, ask, mails, path_in
from tests.production import Proxied, as_in_production, production_settings

pytestmark = pytest.mark.django_db
PREFIX = "__Host-"


@pytest.fixture
def served(filled_db, settings) -> Proxied:
    as_in_production(settings)
    return Proxied(settings.PROFILE.main_host)


def assert_bound(cookie) -> None:
    """What a browser asks of the prefix, and what keeps the value to the server."""
    assert cookie.key.startswith(PREFIX)
    assert (cookie["secure"], cookie["httponly"]) == (True, True)
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert cookie["samesite"] in {"Lax", "Strict"}


def kept(response) -> dict[str, object]:
    """The cookies that an answer sets; those that it deletes left out."""
    return {c.key: c for c in response.cookies.values() if c["max-age"] != 0}


def choose(visitor: Proxied, answer: str):
    page = visitor.get("/en/").text
    fields = {name: hidden(page, name) for name in ("shown", "from", "next")}
    return visitor.post("/en/cookies/", fields | {"choice": answer})


@pytest.mark.parametrize("path", ["/en/", "/en/free-consultation/", "/en/cookies/", "/en/my-data/"])
def test_public_page_sets_none(served, path):
    assert not served.get(path).cookies


@pytest.mark.parametrize("answer", ["accept", "refuse"])
def test_choice_is_bound(served, answer):
    response = choose(served, answer)
    assert set(kept(response)) == {"__Host-cookie_choice"}
    assert_bound(response.cookies["__Host-cookie_choice"])
    assert 'class="choice"' not in served.get("/en/").text


def test_choice_under_the_bare_name_is_not_believed_and_forgotten(served):
    """Anybody on the way, or on a sub-domain, could have set it."""
    number = in_force(COOKIES).number
    served.cookies["cookie_choice"] = f"refused:{number}"
    response = served.get("/en/")
    assert 'class="choice"' in response.text
    assert response.cookies["cookie_choice"]["max-age"] == 0
    served.cookies["__Host-cookie_choice"] = f"refused:{number}"
    assert 'class="choice"' not in served.get("/en/").text


def test_withdrawal_that_waits_is_seen_under_the_new_name(served, rf):
    from consent.middleware import is_pending

    name = choice_cookie.name()
    request = rf.get("/", headers={"cookie": f"{name}=withdrawing:x"})
    assert is_pending(request)
    assert not is_pending(rf.get("/", headers={"cookie": f"{name}=refused:1.0"}))


def test_case_session_is_bound_and_ends(served):
    ask(Kind.CORRECTION)
    path = path_in(mails()[-1])
    response = served.post(path, {"email": ADDRESS})
    assert response.status_code == 303
    assert set(kept(response)) == {"__Host-case_session"}
    assert_bound(response.cookies["__Host-case_session"])
    assert served.get("/en/my-data/cases/").status_code == 200
    value = served.cookies.pop("__Host-case_session").value
    served.cookies["case_session"] = value
    assert served.get("/en/my-data/cases/").status_code == 403


def test_cookies_of_the_admin_are_bound(served):
    response = served.get("/admin/login/")
    assert set(kept(response)) == {"__Host-csrf"}
    assert_bound(response.cookies["__Host-csrf"])
    user = get_user_model().objects.create_user("canary", password="x", role=Role.DPO)
    served.force_login(user)
    # The test's own login sets it without HttpOnly; tests/settings looks at that.
    cookie = served.cookies["__Host-admin_session"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", None)


def test_nothing_is_deleted_without_the_attributes_of_its_prefix(rf, served):
    """A browser refuses to delete such a cookie otherwise."""
    from django.http import HttpResponse

    response = HttpResponse()
    case_session.end(response)
    assert response.cookies["__Host-case_session"]["secure"] is True


def test_register_shows_the_names_that_are_set(served):
    """E-10b: on the settings page, and in the text that is published."""
    ours = set(production_settings()["COOKIE_NAMES"].values())
    shown = {row.name for row in cookie_rows()}
    assert ours <= shown
    assert not set(production_settings()["COOKIE_NAMES"]) & shown
    page = served.get("/en/cookies/").text
    assert all(f"<code>{name}</code>" in page for name in ours)


def test_published_register_shows_the_names_that_are_set(served):
    from policies.blocks import cookies

    text = cookies(registry(), "en", lambda _term: "12 months")
    assert "\\_\\_Host-cookie\\_choice" in text
    assert "| cookie\\_choice" not in text


def test_every_own_cookie_of_the_register_has_a_bound_name(filled_db):
    names = production_settings()["COOKIE_NAMES"]
    own = {row.name for row in registry().cookies if row.category == "necessary"}
    assert own == set(names)
    assert len(set(names.values())) == len(names)


def test_bare_names_stay_on_a_developers_machine(client, filled_db, settings):
    assert settings.COOKIE_NAMES == {}
    assert choice_cookie.name() == "cookie_choice"
    assert case_session.name() == "case_session"
    assert cookie_name("_ga") == "_ga"
