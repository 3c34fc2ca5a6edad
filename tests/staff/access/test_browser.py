"""The way in as a colleague walks it, in a real browser: invitation, app, recovery codes."""

import pytest
from playwright.sync_api import Page

from emsar.outbox.models import OutboundMail
from emsar.staff.access.inviting import invite
from emsar.staff.models import Role, User
from tests.accessibility import faults, too_wide
from tests.factories import make_user
from tests.staff.access.entering import code_now, link_in

PASSWORD = "a-long-sentence-of-mine"
# Nineteen wrong codes, sent as the page itself would.
GUESSES = """async () => {
    const form = new FormData(document.querySelector("#login-form")), seen = []
    form.set("code", "000000")
    for (let guess = 0; guess < 19; guess++)
        seen.push((await fetch(location.href, {method: "POST", body: form})).status)
    return seen
}"""
WRONG = "This code is not right, or it was used already."


@pytest.fixture
def page(filled_db, live_server, browser, settings) -> Page:
    settings.SITE_ORIGIN = live_server.url
    look = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB"}
    visitor = browser.new_context(base_url=live_server.url, **look)
    yield visitor.new_page()
    visitor.close()


def send(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.click("#login-form [type=submit]")


def well_made(page: Page) -> None:
    assert faults(page) == []
    assert too_wide(page) <= 0


def log_in_with(page: Page, code: str) -> None:
    page.context.clear_cookies()
    page.goto("/admin/login/")
    send(page, username="auditor", password=PASSWORD)
    send(page, code=code)


def test_way_in_and_what_is_refused_on_it(page) -> None:
    user = make_user(Role.AUDITOR, username="auditor")
    user.set_unusable_password()
    user.save()
    invite(user, actor=None)
    page.goto(link_in(OutboundMail.objects.get().body))
    send(page, password="short", again="other")
    assert page.locator(".errorlist").count() == 2
    send(page, password=PASSWORD, again=PASSWORD)
    assert page.locator(".qr svg").bounding_box()["width"] > 150
    page.click("details summary")
    well_made(page)
    secret = page.inner_text(".secret").replace(" ", "")
    first = code_now(secret)
    send(page, code=first)
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    well_made(page)
    page.click("text=I have kept them")
    assert page.url.endswith("/admin/")

    log_in_with(page, first)
    assert page.inner_text(".errorlist") == WRONG
    log_in_with(page, code_now(secret, steps=-3))
    assert page.inner_text(".errorlist") == WRONG
    well_made(page)
    log_in_with(page, codes[0])
    assert page.url.endswith("/admin/")
    log_in_with(page, codes[0])
    assert page.inner_text(".errorlist") == WRONG
    assert page.evaluate(GUESSES) == [422] * 19
    send(page, code=codes[1])
    assert "Too many failed attempts" in page.inner_text(".errorlist")
    assert User.objects.get().recovery_codes.filter(used_at__isnull=True).count() == 9
