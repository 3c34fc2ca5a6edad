"""The public pages in a real browser: light, quiet, readable by everybody (must show, no. 5)."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.accessibility import faults
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.browser]

LANGUAGES = ("az", "en", "ru")
PATHS = (
    "",
    "solutions/",
    "consulting/",
    "privacy-policy/",
    "privacy-policy/versions/",
    "cookie-policy/",
    "free-consultation/",
)
MOST_BYTES = 30 * 1024


@pytest.mark.parametrize("path", PATHS)
def test_page_is_light_and_asks_nobody_else(
    context: BrowserContext, stack: Stack, path: str
) -> None:
    page = context.new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(f"{stack.origin}/az/{path}", wait_until="networkidle")

    hosts = {urlsplit(request.url).netloc for request in asked}
    assert hosts == {urlsplit(stack.origin).netloc}
    sizes = [request.sizes() for request in asked]
    weight = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert 1000 < weight < MOST_BYTES
    assert context.cookies() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_page_fits_320_pixels_without_script(
    browser: Browser, stack: Stack, path: str, language: str
) -> None:
    narrow = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=True)
    page = narrow.new_page()
    page.goto(f"{stack.origin}/{language}/{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.scripts.length") == 0
    narrow.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_is_sent_without_javascript(browser: Browser, stack: Stack, language: str) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{stack.origin}/{language}/free-consultation/")
    page.locator("[name=name]").fill("Aysel Məmmədova")
    page.locator("[name=email]").fill(f"browser-{language}@example.com")
    page.locator("[name=service]").select_option("accounting")
    page.locator("[name=project]").fill("One line.")
    page.wait_for_timeout(3100)
    page.locator("main button[type=submit]").click()

    assert "/free-consultation/sent/" in page.url
    assert page.locator(".reference").inner_text()
    assert plain.cookies() == []
    plain.close()


def test_errors_are_told_beside_fields_and_linked(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.origin}/en/free-consultation/")
    page.locator("[name=name]").fill("<b>Anar</b>")
    page.locator("[name=email]").fill("not an address")
    page.wait_for_timeout(3100)
    page.locator("main button[type=submit]").click()

    assert page.locator("[name=name]").input_value() == "<b>Anar</b>"
    links = page.locator(".summary a, .error-summary a, [role=alert] a")
    targets = {link.get_attribute("href") for link in links.all()}
    assert targets == {"#id_email", "#id_service", "#id_project"}
    assert faults(page) == []


def test_language_switch_stays_on_the_page(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.origin}/en/privacy-policy/")
    page.locator("nav.langs a[hreflang=ru]").click()

    assert page.url == f"{stack.origin}/ru/privacy-policy/"
    assert page.locator("html").get_attribute("lang") == "ru"
