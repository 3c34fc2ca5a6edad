"""Withdrawing in a real browser while the tag goes on writing its cookies, and reading what was
agreed to from the screen."""

import hashlib
import unicodedata

import pytest

from consent.models import ConsentEvent
from tests.accessibility import faults, too_wide
from tests.consent.silence import (
    ACCEPT,
    MAIN,
    MEASUREMENT_ID,
    REFUSE,
    google_cookies,
    jar,
)
from tests.recording import google
from tests.recording.fixtures import proxy, recorded_browser, site, visit
from tests.requests_inbox.visiting import FILLED_IN

__all__ = ["proxy", "recorded_browser", "site", "visit"]
LANGUAGES = ("az", "en", "ru")
WITHDRAW = ".undo button"
HELD = {"ignore_default_args": ["--disable-back-forward-cache"]}


@pytest.fixture(autouse=True)
def _with_analytics(settings):
    settings.GA_MEASUREMENT_ID = MEASUREMENT_ID


def agreed(visit, site, proxy, mode, **options):
    """A visitor who has agreed, on a page whose tag has written its cookies."""
    google.install(proxy, mode)
    page = visit(**options)
    page.goto(f"{site}/en/")
    page.click(ACCEPT)
    proxy.record.wait_for(google.hits)
    page.goto(f"{site}/en/solutions/")
    assert google_cookies(page)
    return page


@pytest.mark.parametrize("mode", [google.Mode.STUBBORN, google.Mode.PARTING])
def test_no_cookie_of_google_outlives_a_withdrawal(site, visit, proxy, mode):
    page = agreed(visit, site, proxy, mode)
    page.click(WITHDRAW)
    page.wait_for_timeout(5000)
    for path in ("", "privacy-policy/", "free-consultation/"):
        page.goto(f"{site}/en/{path}")
    assert jar(page) == {MAIN: {"cookie_choice"}}
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1
    page.wait_for_timeout(500)
    assert google_cookies(page) == []


@pytest.mark.parametrize(
    "options", [{}, {"on_disk": True, **HELD}], ids=["from the cache", "as it was left"]
)
def test_back_button_brings_no_tag_back(site, visit, proxy, options):
    page = agreed(visit, site, proxy, google.Mode.STUBBORN, **options)
    page.click(WITHDRAW)
    page.goto(f"{site}/en/consulting/")
    proxy.record.forget()
    for _ in range(3):
        # Later, because it ends the page in which it runs.
        page.evaluate("void setTimeout(() => history.back(), 200)")
        page.wait_for_timeout(400)
        proxy.record.wait_until_quiet()
        page.wait_for_selector("script", state="detached")
    # Those that had the tag were asked for anew.
    assert proxy.record.to(MAIN, "/en/")
    assert google.hits(proxy.record) == []
    page = page.context.new_page()
    page.goto(f"{site}/en/")
    page.wait_for_timeout(500)
    assert google_cookies(page) == []


def test_answer_that_nothing_changed_brings_no_tag_back(site, visit, proxy):
    page = agreed(visit, site, proxy, google.Mode.STUBBORN)
    page.click(WITHDRAW)
    for _ in range(3):
        page.goto(f"{site}/en/solutions/")
    proxy.record.forget()
    page.reload()
    statuses = [seen.response.status for seen in proxy.record.to(MAIN, "/en/solutions/")]
    assert statuses == [304]
    assert page.locator("script").count() == 0
    assert google_cookies(page) == []
    assert google.loads(proxy.record) == []


def test_withdrawal_in_one_window_ends_the_tag_in_the_others(site, visit, proxy):
    page = agreed(visit, site, proxy, google.Mode.STUBBORN)
    other = page.context.new_page()
    other.goto(f"{site}/en/my-data/")
    other.click(WITHDRAW)
    page.wait_for_selector("script", state="detached")
    for path in ("", "privacy-policy/", "consulting/"):
        other.goto(f"{site}/en/{path}")
    other.wait_for_timeout(500)
    assert jar(page) == {MAIN: {"cookie_choice"}}


def sha256_on_screen(text: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_on_the_screen_are_those_of_the_events(site, visit, monkeypatch, language):
    monkeypatch.setattr("requests_inbox.tokens.MINIMUM_FILL_SECONDS", 0)
    page = visit(locale=language, viewport={"width": 390, "height": 844})
    page.goto(f"{site}/{language}/free-consultation/")
    asked = page.locator(".choice-text").inner_text()
    page.click(ACCEPT)
    agreed_to = page.locator(".consent > p").inner_text()
    for name in ("name", "email", "project"):
        page.fill(f"[name={name}]", FILLED_IN[name])
    page.select_option("[name=service]", FILLED_IN["service"])
    page.click(".form > button")
    assert "/sent/" in page.url
    held = {event.form: event for event in ConsentEvent.objects.all()}
    for form, text in {"cookies": asked, "free-consultation": agreed_to}.items():
        assert held[form].sentence_sha256 == sha256_on_screen(text)
        assert held[form].language == language


@pytest.mark.parametrize("button", [ACCEPT, REFUSE], ids=["accept", "refuse"])
def test_answer_beside_the_form_loses_nothing_of_it(site, visit, proxy, monkeypatch, button):
    monkeypatch.setattr("requests_inbox.tokens.MINIMUM_FILL_SECONDS", 0)
    google.install(proxy)
    page = visit(javascript=False)
    page.goto(f"{site}/en/free-consultation/")
    for name in ("name", "email", "project"):
        page.fill(f"[name={name}]", FILLED_IN[name])
    page.click(button)
    assert page.url == f"{site}/en/free-consultation/"
    assert page.locator(".choice").count() == page.locator(".errors").count() == 0
    assert page.input_value("[name=project]") == FILLED_IN["project"]
    page.select_option("[name=service]", FILLED_IN["service"])
    page.click(".form > button")
    assert "/sent/" in page.url
    events = ConsentEvent.objects.values_list("form", flat=True)
    assert sorted(events) == ["cookies", "free-consultation"][button == REFUSE :]


def keys_to(page, value: str) -> int:
    """How many times Tab is pressed before a button has the focus."""
    for count in range(1, 40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == value:
            return count
    raise AssertionError(f"{value} is not reached")


@pytest.mark.parametrize("language", LANGUAGES)
def test_keyboard_refuses_with_no_more_keys_than_it_accepts(site, visit, language):
    keys = {}
    for value in ("accept", "refuse"):
        page = visit()
        page.goto(f"{site}/{language}/")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "dialog"
        keys[value] = keys_to(page, value)
        page.keyboard.press("Enter")
        page.wait_for_selector(".choice", state="detached")
    assert keys == {"refuse": 2, "accept": 3}


BUTTONS = """[...document.querySelectorAll('.choice button')].map(e => {
    const {width, height} = e.getBoundingClientRect(), s = getComputedStyle(e)
    const look = [s.color, s.backgroundColor, s.fontWeight, s.fontSize, s.borderColor]
    return [Math.round(width), Math.round(height), ...look]
})"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_question_takes_little_room_and_moves_nothing(site, visit, language):
    page = visit(viewport={"width": 320, "height": 640}, color_scheme="dark")
    page.goto(f"{site}/{language}/")
    first, second = page.evaluate(BUTTONS)
    assert first == second
    height = page.locator(".choice").bounding_box()["height"]
    assert height < 640 * 0.4
    assert page.evaluate("scrollY") == 0
    shifted = page.evaluate(
        "() => new Promise(done => { let sum = 0; new PerformanceObserver(list =>"
        " list.getEntries().forEach(e => sum += e.value))"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"
    )
    assert shifted == 0
    # The end of the page can be read above the question.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    foot, box = page.locator(".foot").bounding_box(), page.locator(".choice").bounding_box()
    assert foot["y"] + foot["height"] <= box["y"] + 1


@pytest.mark.parametrize("state", ["undecided", "granted", "refused", "signal"])
def test_settings_are_readable_in_every_state(site, visit, proxy, state):
    google.install(proxy)
    headers = {"Sec-GPC": "1"} if state == "signal" else None
    page = visit(headers=headers, viewport={"width": 320, "height": 640}, color_scheme="dark")
    page.goto(f"{site}/ru/")
    if state in {"granted", "refused"}:
        page.click(ACCEPT if state == "granted" else REFUSE)
    page.goto(f"{site}/ru/cookies/")
    page.click(".fold summary")
    assert faults(page) == []
    assert too_wide(page) <= 0
    buttons = {"undecided": 2, "granted": 1, "refused": 1, "signal": 0}
    assert page.locator(".chosen button").count() == buttons[state]
