"""A person and colleagues in a real browser: from the public form to the end of a case.

Everybody goes without scripts, as the pages promise; what a worker does is called as it does it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, Response

from dsar.models import Case
from dsar.services import residual
from dsar.services.intake import look_up
from emsar.outbox import sending
from emsar.staff.models import User
from tests.dsar.asking import ADDRESS, mails, path_in
from tests.dsar.desk import signed_in, url
from tests.factories import make_user

TIMEOUT_MS = 20_000
OpenPage = Callable[..., Page]


@dataclass
class Person:
    """Somebody who asks in a language; ``address`` is where their mail comes."""

    page: Page
    language: str
    address: str = ADDRESS
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda answer: self.answers.append(answer))

    def ask(self, *kinds: str, words: str = "") -> None:
        """Fill in the public form, send it, and let the worker look it up."""
        self.page.goto(f"/{self.language}/my-data/")
        for kind in kinds:
            self.page.check(f"#kind-{kind}")
        self.page.fill("#id_details", words)
        self.page.fill("#id_email", self.address)
        self.page.click("form:has(#kinds) button")
        assert self.page.url.endswith(f"/{self.language}/my-data/sent/")
        assert look_up() == 1

    def open_link(self) -> None:
        """Open the mailed link, type the address, press the button; one's page is then open."""
        link = mails()[-1]
        assert (link.to_address, link.language) == (self.address, self.language)
        self.page.goto(path_in(link))
        self.page.fill("#id_email", self.address)
        self.page.click("main form button")
        assert self.page.url.endswith(f"/{self.language}/my-data/cases/")

    def look(self, case: Case) -> Response | None:
        """The page of a case, as the person finds it now."""
        return self.page.goto(f"/{self.language}/my-data/cases/{case.reference}/")

    def reads(self, *words: str) -> None:
        """That the page is in the person's language and says all of this."""
        assert self.page.locator("html").get_attribute("lang") == self.language
        said = self.text()
        assert [each for each in words if each not in said] == []

    def text(self) -> str:
        return " ".join((self.page.locator("main").text_content() or "").split())

    def kept_to_themselves(self) -> None:
        """No page was left in a cache, told another where one comes from, or named anybody."""
        found = [answer for answer in self.answers if "/my-data/" in answer.url]
        assert found
        for answer in found:
            assert "no-store" in answer.headers["cache-control"], answer.url
            assert answer.headers["referrer-policy"] == "no-referrer", answer.url
            assert not {"@", "?", "%40"} & set(answer.url), answer.url
            assert self.address.partition("@")[0] not in answer.url


@dataclass
class Colleague:
    """A member of staff who is logged in to the admin."""

    user: User
    page: Page

    def open(self, case: Case) -> None:
        """The page of a case, by way of the board."""
        self.page.goto(url("case_changelist"))
        self.page.click(f"text={case.reference}")

    def verb(self, case: Case, name: str, **fields: str) -> None:
        """Open a verb from the page of a case, fill it in, and press its button."""
        self.open(case)
        self.page.click(f"a[href$='/{name}/']")
        self.fill(**fields)
        self.press()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            place = self.page.locator(f"form.sheet [name={name}]")
            if place.first.get_attribute("type") in {"radio", "checkbox"}:
                self.page.check(f"form.sheet [name={name}][value={value}]")
            elif place.first.evaluate("place => place.tagName") == "SELECT":
                place.select_option(value)
            else:
                place.fill(value)

    def press(self, button: str = "form.sheet .buttons button") -> None:
        self.page.locator(button).first.click()


@pytest.fixture
def open_page(browser: Browser, live_server: Any, filled_db: None) -> Iterator[OpenPage]:
    """A page in a browser profile of its own."""
    opened: list[BrowserContext] = []

    def open_one() -> Page:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        context.set_default_timeout(TIMEOUT_MS)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def person(open_page: OpenPage) -> Iterator[Callable[..., Person]]:
    """``person("az")``; at the end none of the pages has told anything to anybody else."""
    persons: list[Person] = []

    def known_as(language: str, address: str = ADDRESS) -> Person:
        persons.append(Person(open_page(), language, address))
        return persons[-1]

    yield known_as
    for each in persons:
        each.kept_to_themselves()


@pytest.fixture
def colleague(open_page: OpenPage, live_server: Any) -> Callable[..., Colleague]:
    """``colleague(user)``; without one it is the data protection officer."""

    def logged_in(user: User | None = None) -> Colleague:
        page, who, name = open_page(), user or make_user(), settings.SESSION_COOKIE_NAME
        value = signed_in(who).cookies[name].value
        place = f"{live_server.url}/admin/"
        page.context.add_cookies([{"name": name, "value": value, "url": place}])
        return Colleague(who, page)

    return logged_in


def asked(person: Person, kind: str, words: str = "") -> Case:
    """A case that the person asked for and confirmed; its page is open."""
    person.ask(kind, words=words)
    person.open_link()
    case = Case.objects.get()
    person.look(case)
    return case


def told(case: Case, to: str = ADDRESS) -> str:
    """The last mail that was really sent, to the person of a case, with its subject."""
    work(case)
    last = mail.outbox[-1]
    assert last.to == [to]
    return f"{make_header(decode_header(last.subject))}\n{last.body}"


def work(case: Case) -> Case:
    """What the workers do by themselves: send what is queued, scan what was erased."""
    sending.send_due()
    residual.settle_all()
    case.refresh_from_db()
    return case


def facts(case: Case) -> tuple[Any, ...]:
    """How a case stands, or ended."""
    case.refresh_from_db()
    return case.status, case.outcome
