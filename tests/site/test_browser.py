"""The public pages in a real browser: readable, reachable, silent.

Each page is looked at in three languages, narrow and dark: the hardest of the looks. The tests of
the whole stack look at the others.
"""

import pytest
from playwright.sync_api import Page

from emsar.entities.registry import registry
from tests.accessibility import faults, too_wide
from tests.site.conftest import LANGUAGES

NARROW = {"width": 320, "height": 640}
# Links within running text may be lower; everything else is a target of its own (WCAG 2.5.8).
SMALL = """[...document.querySelectorAll('a, button, input, select, summary, textarea')]
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, r]) => r.width && r.right > 0 && (r.width < 24 || r.height < 24))
    .filter(([e]) => !e.closest('p, td') && e.type !== 'hidden')
    .map(([e]) => e.outerHTML)"""


@pytest.fixture
def page(browser):
    """A page that notes what it asks for and what the browser complains about."""
    context = browser.new_context(viewport=NARROW, color_scheme="dark", reduced_motion="reduce")
    opened = context.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.complaints.append(message.text))
    yield opened
    context.close()


@pytest.fixture
def paths(filled_db) -> list[str]:
    return [
        "",
        *(f"{company.slug}/" for company in registry().entities),
        "free-consultation/",
        "privacy-policy/",
        "privacy-policy/versions/",
        "cookie-policy/",
        "cookies/",
        "free-consultation/withdrawn/",
    ]


def look_at(page: Page, url: str) -> None:
    page.goto(url)
    # What axe finds does not depend on the language, but for what is too long.
    if "/az/" in url:
        assert faults(page) == [], url
    assert too_wide(page) <= 0, url
    assert page.evaluate(SMALL) == [], url


def test_pages_are_readable_and_silent(page, live_server, paths):
    for language in LANGUAGES:
        for path in paths:
            look_at(page, f"{live_server.url}/{language}/{path}")
    assert {url.split("/")[2] for url in page.asked} == {live_server.url.split("/")[2]}
    assert page.complaints == []
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["privacy-policy/", "free-consultation/"])
def test_what_is_wrong_is_found(page, live_server, paths, path):
    """The positive control of the test above: a page that is spoilt on purpose."""
    page.goto(f"{live_server.url}/en/{path}")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert [fault.partition(":")[0] for fault in faults(page)] == ["html-has-lang"]


def test_form_with_faults_and_open_fold_is_readable(page, live_server, paths):
    for language in LANGUAGES:
        page.goto(f"{live_server.url}/{language}/free-consultation/")
        page.click(".form > button")
        page.click(".form summary")
        assert faults(page) == []
        assert too_wide(page) <= 0
        first = page.locator(".summary a").first
        first.click()
        assert page.evaluate("document.activeElement.name") == "name"


def test_error_pages_are_readable(page, live_server, paths):
    for language in LANGUAGES:
        look_at(page, f"{live_server.url}/{language}/no/such/page/")


def test_keyboard_reaches_the_content_first(page, live_server, paths):
    """The question about cookies once answered."""
    page.goto(f"{live_server.url}/en/")
    page.click(".choice [value=refuse]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_printed_policy_is_the_text_alone(page, live_server, paths):
    page.goto(f"{live_server.url}/en/privacy-policy/")
    page.emulate_media(media="print")
    assert page.locator("article").is_visible()
    for left_out in ("header.top", "footer", "nav.toc", "details.toc-fold", "a.back"):
        assert not page.locator(left_out).is_visible()
    shown = page.evaluate(
        "getComputedStyle(document.querySelector('article a[href^=http]'), '::after').content"
    )
    assert "http" in shown
