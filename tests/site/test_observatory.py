"""The MDN HTTP Observatory's scoring, computed on our own answers behind the proxy."""

from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from django.urls import reverse

from consent.undertaking.gate import mark_accepted
from dsar.models import Kind
from emsar.staff.access.tokens import invitations, name_in_link
from emsar.staff.models import User
from tests.consent.choosing import MEASUREMENT_ID, Chooser, has_tag
from tests.dsar.asking import ADDRESS, ask, mails, path_in
from tests.factories import PASSWORD, make_request, make_user
from tests.production import Proxied, as_in_production
from tests.site import observatory
from tests.site.observatory import Page, results, score
from tests.staff.access.entering import CODE, INDEX, LOGIN, code_now, give_factor

pytestmark = pytest.mark.django_db

PUBLIC = ("", "solutions/", "free-consultation/", "privacy-policy/", "cookie-policy/", "cookies/")
PUBLIC += ("my-data/", "no/such/page/")


@pytest.fixture
def served(filled_db, settings) -> Proxied:
    as_in_production(settings)
    return Proxied(settings.PROFILE.main_host)


def seen(visitor: Proxied, path: str, status: int = 200) -> Page:
    """What the Observatory would see of an address: over HTTPS, and where plain HTTP leads."""
    host = visitor.defaults["HTTP_HOST"]
    answer = visitor.get(path)
    assert answer.status_code == status
    plain = Proxied(host, "http").get(path)
    led = [plain.headers["Location"]] if plain.status_code in {301, 302} else []
    cookies = tuple(visitor.cookies.values())
    return Page(host, answer.headers, answer.text, cookies, led)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_public_page_has_all_points_there_are_without_cookies(served, language, path):
    page = seen(served, f"/{language}/{path}", 404 if "no/such" in path else 200)
    assert page.cookies == ()
    # 100, and 10 for CSP, 5 for the referrer, 5 for the frames, 10 for CORP.
    assert score(page) == 130, results(page)


def test_page_with_the_tag_has_a_hundred(served, settings):
    """Google's script comes from Google and changes, so it can carry no hash: 5 points less."""
    settings.GA_MEASUREMENT_ID = MEASUREMENT_ID
    Chooser(served).accept()
    page = seen(served, "/en/")
    assert has_tag(page.body)
    assert "sri-not-implemented-but-external-scripts-loaded-securely" in results(page)
    assert score(page) == 130, results(page)


def test_choice_made_is_a_cookie_without_fault(served):
    Chooser(served).accept()
    page = seen(served, "/en/cookies/")
    assert "cookies-secure-with-httponly-sessions-and-samesite" in results(page)
    assert score(page) == 135


def test_case_pages_have_a_hundred(served):
    ask(Kind.CORRECTION)
    link = path_in(mails()[-1])
    assert score(seen(served, link)) >= 100
    assert served.post(link, {"email": ADDRESS}).status_code == 303
    page = seen(served, "/en/my-data/cases/")
    assert "cookies-secure-with-httponly-sessions-and-samesite" in results(page)
    assert score(page) == 135, results(page)


def assert_closed_to_the_last_point(page: Page) -> None:
    """All points there are: a page of the admin has a cookie, and scripts of our own alone."""
    found = results(page)
    assert "cookies-secure-with-httponly-sessions-and-samesite" in found
    assert "csp-implemented-with-no-unsafe-default-src-none" in found
    assert score(page) == 135, found


def go_in(visitor: Proxied, user: User) -> None:
    """The whole way, so that each cookie is one that the site itself has set."""
    secret = give_factor(user)
    visitor.post(LOGIN, {"username": user.username, "password": PASSWORD})
    visitor.post(CODE, {"code": code_now(secret)})
    session = visitor.session
    mark_accepted(session)
    session.save()


def test_way_to_the_login_has_a_hundred(served):
    page = seen(served, INDEX, 302)
    assert score(page) == 130, results(page)


def test_login_has_a_hundred(served):
    assert_closed_to_the_last_point(seen(served, LOGIN))


def test_page_for_the_code_has_a_hundred(served):
    user = make_user()
    give_factor(user)
    served.post(LOGIN, {"username": user.username, "password": PASSWORD})
    page = seen(served, CODE)
    assert {cookie.key for cookie in page.cookies} == {"__Host-admin_session", "__Host-csrf"}
    assert_closed_to_the_last_point(page)


def test_invitation_and_enrolment_have_a_hundred(served):
    user = make_user()
    link = reverse("admin:invitation", args=[name_in_link(user), invitations.make_token(user)])
    assert score(seen(served, link)) >= 130
    assert served.post(link, {"password": PASSWORD}).status_code == 302
    page = seen(served, reverse("admin:second_factor"))
    assert "<svg" in page.body
    assert_closed_to_the_last_point(page)


def test_pages_behind_the_login_have_a_hundred(served):
    made = make_request()
    go_in(served, make_user())
    rows = reverse("admin:requests_inbox_consultationrequest_changelist")
    for path in (INDEX, rows, f"{rows}{made.pk}/change/", reverse("admin:account")):
        page = seen(served, path)
        assert 'id="user-tools"' in page.body, path
        assert_closed_to_the_last_point(page)


def test_hosts_of_the_companies_have_a_hundred(served, settings):
    for host in settings.PROFILE.redirects:
        page = seen(Proxied(host), "/", 301)
        assert "redirection-to-https" in results(page)
        assert score(page) == 130, results(page)


WRONG = [
    ("Content-Security-Policy", "", 75),
    ("Content-Security-Policy", "default-src 'self' 'unsafe-inline'; form-action 'self'", 80),
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'", 125),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'", 125),
    ("Content-Security-Policy", "default-src 'none'; script-src http://x; frame-ancestors *", 80),
    ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-eval'", 105),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'", 115),
    ("Content-Security-Policy", "default-src 'none'; img-src http://x", 105),
    ("Strict-Transport-Security", "", 80),
    ("Strict-Transport-Security", "max-age=86400", 120),
    ("Strict-Transport-Security", "preload", 80),
    ("X-Content-Type-Options", "", 125),
    ("X-Content-Type-Options", "sniff", 125),
    ("Referrer-Policy", "", 125),
    ("Referrer-Policy", "unsafe-url", 120),
    ("Referrer-Policy", "none", 120),
    ("Cross-Origin-Resource-Policy", "", 120),
    ("Cross-Origin-Resource-Policy", "all", 115),
    ("Access-Control-Allow-Origin", "https://evil.example", 130),
]


@pytest.mark.parametrize(("name", "value", "left"), WRONG)
def test_broken_header_costs_what_is_published(served, name, value, left):
    """The control: the computation sees what would be wrong. Below 90 the bonuses go as well."""
    page = seen(served, "/en/")
    assert score(page) == 130
    assert score(replace(page, headers={**page.headers, name: value})) == left


def cookie(text: str):
    return tuple(SimpleCookie(text).values())


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a=1; Secure; HttpOnly; SameSite=Lax", "secure-with-httponly-sessions-and-samesite"),
        ("a=1; Secure", "secure-with-httponly-sessions"),
        ("a=1; SameSite=Lax", "without-secure-flag-but-protected-by-hsts"),
        ("session=1; HttpOnly", "session-without-secure-flag-but-protected-by-hsts"),
        ("session=1; Secure; SameSite=Lax", "session-without-httponly-flag"),
        ("csrf=1; Secure", "anticsrf-without-samesite-flag"),
        ("a=1; Secure; SameSite=Wrong", "samesite-flag-invalid"),
    ],
)
def test_cookie_is_judged(served, text, result):
    page = replace(seen(served, "/en/"), cookies=cookie(text))
    assert observatory.cookies(page) == f"cookies-{result}"


@pytest.mark.parametrize(
    ("led", "result"),
    [
        ((), "missing"),
        (("http://h/",), "not-to-https"),
        (("http://h/", "https://h/"), "not-to-https-on-initial-redirection"),
        (("https://other/",), "off-host-from-http"),
        (("https://h/", "https://other/"), "to-https"),
    ],
)
def test_way_from_plain_http_is_judged(led, result):
    assert observatory.redirection(Page("h", {}, led=led)) == f"redirection-{result}"


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("", "not-implemented-but-no-scripts-loaded"),
        ('<script src="/a.js">', "not-implemented-but-all-scripts-loaded-from-secure-origin"),
        ('<script src="/a.js" integrity="x">', "implemented-and-all-scripts-loaded-securely"),
        ('<script src="https://g/a.js">', "not-implemented-but-external-scripts-loaded-securely"),
        (
            '<script src="https://g/a.js" integrity="x">',
            "implemented-and-external-scripts-loaded-securely",
        ),
        (
            '<script src="//g/a.js" integrity="x">',
            "implemented-but-external-scripts-not-loaded-securely",
        ),
        ('<script src="//g/a.js">', "not-implemented-and-external-scripts-not-loaded-securely"),
    ],
)
def test_scripts_are_judged(script, result):
    page = Page("h", {"Content-Type": "text/html"}, script)
    assert observatory.sri(page) == f"sri-{result}"


def test_empty_page_has_no_points():
    assert score(Page("h", {"Content-Type": "text/html"})) == 100 - 25 - 20 - 20 - 20 - 5
