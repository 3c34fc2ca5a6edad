"""The public pages in a real browser: readable, reachable, silent.

Each page is looked at in three languages, narrow and dark: the hardest of the looks. The tests of
the whole stack look at the others.
"""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from emsar.entities.registry import registry
from tests.site.conftest import LANGUAGES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (apt install chromium)"),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 640}
# Links within running text may be lower; everything else is a target of its own (WCAG 2.5.8).
SMALL = """[...document.querySelectorAll('a, button, input, select, summary, textarea')]
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, r]) => r.width && r.right > 0 && (r.width < 24 || r.height < 24))
    .filter(([e]) => !e.closest('p, td') && e.type !== 'hidden')
    .map(([e]) => e.outerHTML)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser():
    # Playwright's loop runs in this thread; Django would take the fixtures' queries for async ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


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
        "free-consultation/withdrawn/",
    ]


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found.response["violations"]]


def look_at(page: Page, url: str) -> None:
    page.goto(url)
    assert faults(page) == [], url
    assert page.evaluate(WIDER) <= 0, url
    assert page.evaluate(SMALL) == [], url


def test_pages_are_readable_and_silent(page, live_server, paths):
    for language in LANGUAGES:
        for path in paths:
            look_at(page, f"{live_server.url}/{language}/{path}")
    assert {url.split("/")[2] for url in page.asked} == {live_server.url.split("/")[2]}
    assert page.complaints == []
    assert page.context.cookies() == []


def test_form_with_faults_and_open_fold_is_readable(page, live_server, paths):
    for language in LANGUAGES:
        page.goto(f"{live_server.url}/{language}/free-consultation/")
        page.click("form button[type=submit]")
        page.click("form summary")
        assert faults(page) == []
        assert page.evaluate(WIDER) <= 0
        first = page.locator(".summary a").first
        first.click()
        assert page.evaluate("document.activeElement.name") == "name"


def test_error_pages_are_readable(page, live_server, paths):
    for language in LANGUAGES:
        look_at(page, f"{live_server.url}/{language}/no/such/page/")


def test_keyboard_reaches_the_content_first(page, live_server, paths):
    page.goto(f"{live_server.url}/en/")
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
