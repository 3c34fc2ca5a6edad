"""The customer's side of a request's page: the contract, its documents, and their verbs."""

from datetime import date

import pytest
from django.urls import reverse

from requests_inbox.models import AccountingDocument
from requests_inbox.services import contracts, documents, handling
from tests.factories import consulting_user, make_user, solutions_user
from tests.requests_inbox.contracting import classed, customer, monday_request
from tests.requests_inbox.desk import (
    address,
    block_person,
    events,
    fresh,
    page_of,
    signed_in,
    travel,
)

pytestmark = pytest.mark.django_db
START = date(2026, 11, 20)
VERBS = ("contract", "contract-end", "contract-remove", "document", "document-remove")
LANGUAGES = ("az", "en", "ru")


def told(user, verb: str, item, **data: str) -> list[str]:
    response = signed_in(user).post(address(verb, item), data, follow=True)
    return [str(message) for message in response.context["messages"]]


def offered(user, item) -> list[str]:
    """The verbs about the contract that the page leads to."""
    text = page_of(user, item)
    return [verb for verb in VERBS if f'href="{address(verb, item)}"' in text]


def test_contract_is_recorded_on_its_page() -> None:
    item, user = monday_request(), solutions_user()
    with travel(24, 12):
        page = signed_in(user).get(address("contract", item)).text
        words = told(user, "contract", item, start="2026-11-20", end="")

    assert "becomes the basis" in page
    assert "24 November 2027" in page
    assert words == [f"{item.reference}: saved; it is kept as long as the contract lasts."]
    assert fresh(item).contract_start == START


def test_end_says_until_when_the_request_is_kept() -> None:
    item, user = customer(START), solutions_user()
    with travel(25, 12):
        page = signed_in(user).get(address("contract-end", item)).text
        words = told(user, "contract-end", item, end="2028-02-29")
        again = told(user, "contract-end", item, end="")

    assert "as long as the contract lasts" in page
    assert "24 November 2027" in page
    assert words == [f"{item.reference}: saved; the last day kept: 29 February 2028"]
    assert again == [f"{item.reference}: saved; it is kept as long as the contract lasts."]


def test_mistake_is_taken_back_after_a_second_thought() -> None:
    item, user = customer(START), solutions_user()
    assert signed_in(user).post(address("contract-remove", item), {}).status_code == 422

    assert told(user, "contract-remove", item, sure="on") == [
        f"{item.reference}: saved; the last day kept: 24 November 2027"
    ]
    assert not fresh(item).has_contract


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"start": "2026-11-25", "end": ""}, "once it has been concluded"),
        ({"start": "1999-12-31", "end": ""}, "too far in the past"),
        ({"start": "2026-11-24", "end": "2026-11-23"}, "cannot end before it begins"),
        ({"start": "2026-11-24", "end": "2099-01-01"}, "too far in the future"),
        ({"start": "2026-02-30", "end": ""}, "valid date"),
        ({"start": "", "end": ""}, "required"),
    ],
)
def test_days_that_cannot_be_are_refused_with_what_was_typed(data, words) -> None:
    item, user = monday_request(), solutions_user()
    with travel(24, 12):
        response = signed_in(user).post(address("contract", item), data)

    assert response.status_code == 422
    assert words in response.text
    assert all(f'value="{value}"' in response.text for value in data.values() if value)
    assert not fresh(item).has_contract


def test_end_before_the_beginning_is_refused() -> None:
    item, user = customer(START), solutions_user()
    response = signed_in(user).post(address("contract-end", item), {"end": "2026-11-19"})

    assert response.status_code == 422
    assert "cannot end before it begins" in response.text


def test_somebody_who_was_slower_is_told_so() -> None:
    item = customer(START)
    with travel(24, 13):
        data = {"start": "2026-11-20", "end": ""}
        response = signed_in(solutions_user()).post(address("contract", item), data)

    assert response.status_code == 409
    assert "recorded on this request already" in response.text


def test_item_of_the_thread_becomes_a_document_and_is_taken_back() -> None:
    item, user = customer(START, START), solutions_user()
    handling.add_note(item, "Invoice\n12: 300 AZN", by=user)
    page = signed_in(user).get(address("document", item)).text
    assert "Invoice 12: 300 AZN" in page
    assert "24 November 2032" in page
    key = str(item.messages.get().pk)
    words = told(user, "document", item, item_key=key, title="Invoice 12", law="civil-code")

    assert words == [f"{item.reference}: saved; the last day kept: 24 November 2032"]
    made = AccountingDocument.objects.get()
    assert (made.title, made.text) == ("Invoice 12", "Invoice\n12: 300 AZN")
    shown = page_of(user, item)
    assert "Invoice 12</a>" in shown
    assert "24 November 2032" in shown

    words = told(user, "document-remove", item, document=str(made.pk), reason="mistake")
    assert words == [f"{item.reference}: the document was taken back."]
    assert not AccountingDocument.objects.exists()
    assert "taken back: it was classed by mistake." in page_of(user, item)


def test_request_itself_becomes_a_document() -> None:
    item, user = customer(START), solutions_user()
    words = told(user, "document", item, item_key="request", title="Order", law="civil-code")

    assert words == [f"{item.reference}: saved; it is kept as long as the contract lasts."]
    assert AccountingDocument.objects.get().text == item.project


@pytest.mark.parametrize(
    "wrong",
    [{"item_key": "x"}, {"title": ""}, {"title": "a\nb"}, {"law": ""}, {"law": "no-such-law"}],
    ids=["item", "no title", "two lines", "no law", "unknown law"],
)
def test_document_that_is_not_filled_in_is_refused(wrong) -> None:
    item = customer(START)
    data = {"item_key": "request", "title": "Order", "law": "civil-code"} | wrong
    response = signed_in(solutions_user()).post(address("document", item), data)

    assert response.status_code == 422
    assert not AccountingDocument.objects.exists()


class TestWhatIsOffered:
    """Useless buttons are kept away; the services decide again."""

    def test_without_a_contract_only_recording_one(self) -> None:
        item = monday_request()
        assert offered(solutions_user(), item) == offered(make_user(), item) == ["contract"]

    def test_with_one_its_end_documents_and_the_way_back(self) -> None:
        item, user = customer(START), solutions_user()
        assert offered(user, item) == ["contract-end", "contract-remove", "document"]
        classed(item)
        assert offered(user, item) == ["contract-end", "document", "document-remove"]

    def test_nothing_on_a_request_of_nobody(self) -> None:
        item = monday_request(service="other")
        assert offered(solutions_user(), item) == offered(make_user(), item) == []

    def test_nothing_on_a_blocked_one(self) -> None:
        item = customer(START)
        with travel(24, 13):
            block_person(item)
            assert offered(make_user(), item) == []

    def test_the_same_on_a_withdrawn_one(self) -> None:
        item = customer(START)
        with travel(25, 10):
            handling.withdraw(item, method="staff", actor=make_user())
        text = page_of(solutions_user(), item)
        assert "kept for the contract alone" in text
        assert "What to do" not in text
        assert offered(solutions_user(), item) == ["contract-end", "contract-remove", "document"]


def test_withdrawal_of_a_customer_says_that_the_request_stays() -> None:
    page = signed_in(make_user()).get(address("withdraw", customer(START))).text
    assert "as long as the contract lasts" in page


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (consulting_user, 404),
        (lambda: make_user("administrator"), 403),
        (lambda: make_user("auditor"), 403),
    ],
    ids=["other company", "administrator", "auditor"],
)
def test_nobody_else_reaches_a_verb(verb, who, status) -> None:
    item = customer(START)
    made = classed(item)
    before = events(item)
    data = {"end": "", "sure": "on", "document": str(made.pk), "reason": "mistake"}
    client = signed_in(who())

    assert client.get(address(verb, item)).status_code == status
    assert client.post(address(verb, item), data).status_code == status
    assert events(item) == before


def test_clock_explains_the_last_day_of_a_customer() -> None:
    item, user = customer(START), solutions_user()
    assert "A contract was concluded on 20 November 2026 and is open." in page_of(user, item)
    with travel(25, 10):
        contracts.end_contract(item, date(2028, 1, 31), by=user)
    assert "The contract&#x27;s end, 31 January 2028, is later" in page_of(user, item)
    with travel(25, 11):
        contracts.end_contract(item, date(2026, 11, 25), by=user)
    text = page_of(user, item)
    assert "12 calendar months from 24 November 2026 (reply was due)." in text
    assert '#E-7.2b">E-7.2b</a>' in text


def test_history_tells_it_in_words() -> None:
    item, user = customer(START), solutions_user()
    with travel(25, 10):
        contracts.end_contract(item, date(2028, 1, 31), by=user)
        contracts.end_contract(item, None, by=user)
        made = classed(item)
        documents.unclass_document(item, made.pk, "not_asked", by=user)
        contracts.remove_contract(item, by=user)
    text = page_of(user, item)

    for words in (
        "A contract was recorded: since 20 November 2026",
        "End of the contract: 31 January 2028",
        "The contract goes on.",
        "An item was classed as an accounting document.",
        "An accounting document was taken back: no law asks for it.",
        "The contract was recorded by mistake and taken back.",
    ):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_three_languages(language) -> None:
    item, user = customer(START), solutions_user(language=language)
    made = classed(item)
    client = signed_in(user)
    pages = [address(verb, item) for verb in (*VERBS, "change")]
    pages.append(reverse("admin:requests_inbox_accountingdocument_changelist"))
    pages.append(reverse("admin:requests_inbox_accountingdocument_change", args=[made.pk]))
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert f'<html lang="{language}"' in response.text
        assert "None" not in response.text.partition("<main")[2]
    with travel(25, 10):
        contracts.end_contract(item, date(2028, 1, 31), by=user)
    assert ".." not in page_of(user, item).partition('id="contract-title"')[2][:600]
