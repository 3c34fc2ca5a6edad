"""A request reaches the right company, from the outside (what the site must show, no. 1)."""

import re

import pytest

from tests.e2e.visitor import fetch, reference_in, send_request
from tests.stack import Stack

pytestmark = pytest.mark.stack

WAYS = [
    ("az", "cybersecurity", "solutions", "sorğunuz"),
    ("en", "customs", "consulting", "Your request"),
    ("ru", "other", "group", "Ваш запрос"),
]


def test_root_leads_to_azerbaijani(stack: Stack) -> None:
    answer = fetch(f"{stack.origin}/")

    assert (answer.status, answer.headers["location"]) == (302, "/az/")


def test_root_follows_the_browsers_language(stack: Stack) -> None:
    answer = fetch(f"{stack.origin}/", Accept_Language="ru-RU,ru;q=0.9,en;q=0.5")

    assert answer.headers["location"] == "/ru/"


@pytest.mark.parametrize(("language", "service", "mailbox", "words"), WAYS)
def test_request_reaches_mailbox_and_person(
    stack: Stack, mailboxes: dict[str, str], language: str, service: str, mailbox: str, words: str
) -> None:
    person = f"visitor-{language}@example.com"
    answer = send_request(
        stack.origin, language, name="Aysel Məmmədova", email=person, service=service
    )

    assert answer.status == 303
    sent = fetch(stack.origin + answer.headers["location"])
    reference = reference_in(sent.text)
    routed = stack.wait_for_mail(
        lambda mail: mail["To"] == mailboxes[mailbox] and reference in mail["Subject"]
    )
    assert routed["Reply-To"] == person
    assert "Aysel Məmmədova" in routed.get_body(("plain",)).get_content()
    acknowledged = stack.mail_to(person)
    assert reference in acknowledged["Subject"]
    assert words in acknowledged["Subject"]
    assert acknowledged["Content-Language"] == language
    assert acknowledged["Auto-Submitted"] == "auto-replied"


def test_withdrawal_link_stops_processing(stack: Stack) -> None:
    person = "withdraws@example.com"
    send_request(stack.origin, "en", name="A. Person", email=person, service="tax")
    text = stack.mail_to(person).get_body(("plain",)).get_content()
    link = re.search(r"http\S+/withdraw/\S+/", text)
    assert link

    page = fetch(link[0])
    assert page.status == 200
    assert person not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    done = fetch(link[0], {})
    assert (done.status, done.headers["location"]) == (303, "/en/free-consultation/withdrawn/")


def test_foreign_page_cannot_send_the_form(stack: Stack) -> None:
    url = f"{stack.origin}/en/free-consultation/"

    assert fetch(url, {}, Origin="https://elsewhere.example").status == 403
    assert fetch(url, {}, Sec_Fetch_Site="cross-site").status == 403


def test_company_hosts_lead_to_their_pages(stack: Stack) -> None:
    answer = fetch(f"{stack.origin}/", Host="emsarsolutions.az")
    assert answer.status == 301
    assert answer.headers["location"] == "https://emsargroup.az/az/solutions/"
    assert "set-cookie" not in answer.headers

    other = fetch(f"{stack.origin}/en/privacy-policy/", Host="emsarconsulting.az")
    assert other.headers["location"] == "https://emsargroup.az/en/privacy-policy/"


def test_unknown_host_is_refused(stack: Stack) -> None:
    assert fetch(f"{stack.origin}/en/", Host="elsewhere.example").status == 400


def test_readyz_says_that_all_is_in_order(stack: Stack) -> None:
    assert fetch(f"{stack.origin}/readyz").status == 200
