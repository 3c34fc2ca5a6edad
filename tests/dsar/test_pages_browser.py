"""The person's pages in a real browser, without JavaScript: readable, reachable, silent."""

import pytest
from playwright.sync_api import Page

from dsar.models import Case, Kind, Outcome, Proposal, Status
from dsar.services import corrections
from dsar.services.intake import look_up
from requests_inbox.models import ConsultationRequest
from tests.accessibility import faults, too_wide
from tests.dsar.asking import LANGUAGES, mails, path_in
from tests.factories import make_request, make_user

NARROW = {"width": 320, "height": 640}
ADDRESS = "aysel@example.com"


@pytest.fixture
def visitor(browser, filled_db):
    """Narrow, dark and without scripts: the hardest of the looks."""
    context = browser.new_context(
        viewport=NARROW, color_scheme="dark", reduced_motion="reduce", java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def reader(browser, filled_db):
    """The same with scripts, which axe needs."""
    context = browser.new_context(viewport=NARROW, color_scheme="dark", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def ask(page: Page, origin: str, language: str, *kinds: str) -> None:
    """Fill in the form as a person does, and let the worker look it up."""
    page.goto(f"{origin}/{language}/my-data/")
    for kind in kinds:
        page.check(f"#kind-{kind}")
    page.fill("#id_details", "Salam. Здравствуйте. Hello.")
    page.fill("#id_email", ADDRESS)
    assert page.context.cookies() == []
    page.click("form:has(#kinds) button")
    assert page.url == f"{origin}/{language}/my-data/sent/"
    assert page.context.cookies() == []
    assert look_up() == 1


def enter(page: Page, origin: str, language: str) -> None:
    """Open the mailed link, type the address, press the button."""
    page.goto(origin + path_in(mails()[-1]))
    assert page.context.cookies() == []
    page.fill("#id_email", ADDRESS)
    page.click("main form button")
    assert page.url == f"{origin}/{language}/my-data/cases/"
    assert [cookie["name"] for cookie in page.context.cookies()] == ["case_session"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_copy_from_the_form_to_the_file_in_hand(visitor, live_server, language):
    make_request(language, email=ADDRESS)
    ask(visitor, live_server.url, language, Kind.ACCESS)
    enter(visitor, live_server.url, language)
    visitor.click(".case .button")
    with visitor.expect_download() as fetched:
        visitor.click("main form button")
    assert fetched.value.suggested_filename.endswith(".zip")
    case = Case.objects.get()
    assert (case.status, case.outcome, case.release.downloads) == (
        Status.COMPLETED,
        Outcome.FULFILLED,
        1,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_correction_from_the_form_to_the_right_value(visitor, live_server, language):
    make_request(language, email=ADDRESS, name="Aysel Mamadova")
    ask(visitor, live_server.url, language, Kind.CORRECTION)
    enter(visitor, live_server.url, language)
    visitor.click(".case h2 a")
    request = ConsultationRequest.objects.get()
    visitor.select_option("#id_field", f"requests_inbox.consultationrequest|{request.pk}|name")
    visitor.fill("#id_value", "Aysel Məmmədova")
    visitor.click("form:has(#id_value) button")
    corrections.decide(Proposal.objects.get(), True, by=make_user())
    visitor.reload()
    assert ConsultationRequest.objects.get().name == "Aysel Məmmədova"
    assert Case.objects.get().outcome == Outcome.FULFILLED


@pytest.mark.parametrize("language", LANGUAGES)
def test_request_taken_back(visitor, live_server, language):
    ask(visitor, live_server.url, language, Kind.COMPLAINT, Kind.OTHER)
    enter(visitor, live_server.url, language)
    visitor.locator(".case h2 a").first.click()
    visitor.fill("#id_body", "Please forget it.")
    visitor.click("form:has(#id_body) button")
    visitor.click("aside a.quiet")
    visitor.click("main form button")
    ends = set(Case.objects.values_list("status", "outcome"))
    assert ends == {(Status.OPEN, ""), (Status.COMPLETED, Outcome.WITHDRAWN)}
    visitor.click("aside form button")
    assert visitor.context.cookies() == []
    visitor.goto(f"{live_server.url}/{language}/my-data/cases/")
    assert visitor.locator(".button").count() == 1


def look_at(page: Page, url: str, *, thoroughly: bool = True) -> None:
    """What axe finds does not depend on the language, but for what is too long."""
    page.goto(url)
    assert not thoroughly or faults(page) == [], url
    assert too_wide(page) <= 0, url


def test_pages_are_readable(reader, live_server):
    make_request("en", email=ADDRESS)
    kinds = (Kind.CORRECTION, Kind.ACCESS, Kind.DELETION)
    ask(reader, live_server.url, "en", *kinds)
    look_at(reader, live_server.url + path_in(mails()[-1]))
    enter(reader, live_server.url, "en")
    running, released, _other = (Case.objects.get(kind=kind).reference for kind in kinds)
    for language in LANGUAGES:
        base = f"{live_server.url}/{language}/my-data/"
        paths = ["", "sent/", "cases/", f"cases/{running}/", f"cases/{running}/take-back/"]
        for path in [*paths, f"cases/{released}/", f"cases/{released}/copy/", "address/x/"]:
            look_at(reader, base + path, thoroughly=language == "az")


def test_summary_leads_to_the_first_fault(reader, live_server):
    for language in LANGUAGES:
        reader.goto(f"{live_server.url}/{language}/my-data/")
        reader.click("form:has(#kinds) button")
        assert faults(reader) == []
        reader.locator(".summary a").first.click()
        assert reader.evaluate("document.activeElement.id") == "kinds"
