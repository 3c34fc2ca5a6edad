"""The stand-in for Google: it does what the real tag does, but only after a grant."""

import pytest

from tests.recording import google
from tests.recording.chromium import cookies
from tests.recording.google import Mode

SITE = "emsargroup.az"
APEX = f".{SITE}"
HTML = [("Content-Type", "text/html; charset=utf-8")]
MONTH = 30 * 24 * 3600
PAGE = """<!doctype html><title>A page</title><script>
window.dataLayer = window.dataLayer || [];
function gtag() { dataLayer.push(arguments); }
%s</script>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-TEST123"></script>"""
DENIED = "gtag('consent', 'default', {analytics_storage: 'denied', ad_storage: 'denied'});"
GRANTED = "gtag('consent', 'update', {analytics_storage: 'granted'});"
BEGUN = "gtag('js', new Date());"
CONFIG = f"gtag('config', 'G-TEST123', {{cookie_expires: {MONTH}}});"


@pytest.fixture
def look(proxy, visit):
    """Opens a page of the site with these commands and the tag."""

    def open_page(*lines: str, mode: Mode = Mode.PLAIN):
        proxy.stub(SITE, lambda request: (200, HTML, (PAGE % "\n".join(lines)).encode()))
        google.install(proxy, mode)
        page = visit()
        page.goto(f"https://{SITE}/en/?a=b", referer="https://search.example/")
        page.wait_for_function("window.googleSeen")
        return page

    yield open_page
    google.uninstall(proxy)
    proxy.unstub(SITE)


def test_grant_brings_cookies_and_a_hit(proxy, look):
    page = look(DENIED, GRANTED, BEGUN, CONFIG)
    proxy.record.wait_for(google.hits)
    jar = cookies(page.context)
    assert set(jar) == {APEX}
    assert set(jar[APEX]) == {"_ga", "_ga_TEST123"}
    [hit] = google.hits(proxy.record)
    assert (hit["v"], hit["tid"], hit["gcs"]) == ("2", "G-TEST123", "G101")
    assert (hit["dl"], hit["dt"]) == (f"https://{SITE}/en/?a=b", "A page")
    assert hit["dr"] == "https://search.example/"
    assert google.loads(proxy.record) == ["G-TEST123"]
    assert proxy.record.hosts == {SITE, *google.HOSTS}


def test_cookies_last_as_long_as_the_page_wants(proxy, look):
    page = look(DENIED, GRANTED, BEGUN, CONFIG)
    proxy.record.wait_for(google.hits)
    left = cookies(page.context)[APEX]["_ga"]["expires"] - page.evaluate("Date.now() / 1000")
    assert MONTH - 60 < left <= MONTH


@pytest.mark.parametrize(
    "lines",
    [(DENIED, BEGUN, CONFIG), (BEGUN, CONFIG), (DENIED, GRANTED, CONFIG), (DENIED, GRANTED, BEGUN)],
    ids=["denied", "nothing said", "not begun", "not configured"],
)
def test_nothing_happens_without_all_commands(proxy, look, lines):
    page = look(*lines)
    proxy.record.wait_until_quiet(0.3)
    assert google.hits(proxy.record) == []
    assert cookies(page.context) == {}
    assert google.COLLECT_HOST not in proxy.record.hosts


def test_grant_may_come_later(proxy, look):
    page = look(DENIED, BEGUN, CONFIG)
    assert cookies(page.context) == {}
    page.evaluate(GRANTED)
    proxy.record.wait_for(google.hits)
    assert set(cookies(page.context)[APEX]) == {"_ga", "_ga_TEST123"}


def test_commands_are_kept_in_their_order(look):
    page = look(DENIED, GRANTED, BEGUN, CONFIG)
    seen = google.commands(page)
    assert [command[0] for command in seen] == ["consent", "consent", "js", "config"]
    assert seen[1] == ["consent", "update", {"analytics_storage": "granted"}]


def test_array_in_place_of_arguments_does_nothing(proxy, look):
    page = look("dataLayer.push(['consent', 'update', {analytics_storage: 'granted'}]);", CONFIG)
    assert [command[0] for command in google.commands(page)] == ["config"]
    assert len(page.evaluate("googleSeen.ignored")) == 1
    assert google.hits(proxy.record) == []


def test_page_says_what_is_told_of_it(proxy, look):
    own = "{page_location: 'https://a.example/', page_referrer: '', page_title: 'B'}"
    look(DENIED, GRANTED, BEGUN, f"gtag('config', 'G-TEST123', {own});")
    proxy.record.wait_for(google.hits)
    [hit] = google.hits(proxy.record)
    assert (hit["dl"], hit["dr"], hit["dt"]) == ("https://a.example/", "", "B")


def test_cookie_that_is_expired_stays_away_in_the_plain_mode(look):
    page = look(DENIED, GRANTED, BEGUN, CONFIG)
    page.wait_for_function("document.cookie")
    page.context.clear_cookies()
    page.wait_for_timeout(300)
    assert cookies(page.context) == {}


def test_stubborn_tag_writes_again_until_its_page_goes(look):
    page = look(DENIED, GRANTED, BEGUN, CONFIG, mode=Mode.STUBBORN)
    page.wait_for_function("document.cookie")
    page.evaluate("gtag('consent', 'update', {analytics_storage: 'denied'})")
    page.context.clear_cookies()
    page.wait_for_function("document.cookie")
    page.goto("about:blank")
    page.context.clear_cookies()
    page.wait_for_timeout(300)
    assert cookies(page.context) == {}


def test_parting_tag_writes_after_the_next_page_has_cleared(proxy, look):
    gone = [
        ("Set-Cookie", f"{name}=; Domain={APEX}; Path=/; Max-Age=0")
        for name in ("_ga", "_ga_TEST123")
    ]
    # The browser may also read the next page's head a moment later: then there is nothing left.
    for _ in range(25):
        page = look(DENIED, GRANTED, BEGUN, CONFIG, mode=Mode.PARTING)
        page.wait_for_function("document.cookie")
        proxy.stub(SITE, lambda request: (200, HTML + gone, b"<p>Withdrawn"))
        page.goto(f"https://{SITE}/en/withdrawn/")
        if left := set(cookies(page.context).get(APEX, ())):
            break
    assert left == {"_ga", "_ga_TEST123"}


def test_refused_stranger_gives_no_tag(proxy, look):
    page = look(DENIED, GRANTED, BEGUN, CONFIG)
    google.uninstall(proxy)
    page.goto(f"https://{SITE}/")
    proxy.record.wait_until_quiet(0.2)
    assert google.commands(page) == []
