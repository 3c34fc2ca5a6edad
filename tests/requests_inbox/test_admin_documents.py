"""The list of accounting documents: each company its own, every look is an event (E-7.2c, E-9c)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emsar.audit.models import AuditEvent
from requests_inbox.models import AccountingDocument, ConsultationRequest
from tests.factories import consulting_user, make_user, solutions_user
from tests.requests_inbox.contracting import classed, customer, law
from tests.requests_inbox.desk import address, block_person, signed_in, travel

pytestmark = pytest.mark.django_db

LIST = reverse("admin:requests_inbox_accountingdocument_changelist")
START = date(2026, 11, 20)


def page(verb: str, document: AccountingDocument) -> str:
    return reverse(f"admin:requests_inbox_accountingdocument_{verb}", args=[document.pk])


def listed(user) -> list[AccountingDocument]:
    response = signed_in(user).get(LIST)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_list_says_what_is_kept_for_which_law_and_until_when() -> None:
    item = customer(START, START)
    classed(item)
    text = signed_in(solutions_user()).get(LIST).text

    for words in (
        "Invoice 12",
        "23.11.2026 10:00",
        "EMSAR SOLUTIONS LLC",
        law().text("title", "en"),
        "24 November 2032",
        f'href="{address("change", item)}">{item.reference}</a>',
    ):
        assert words in text
    assert item.project not in text


def test_document_that_is_alone_names_its_request_without_a_link() -> None:
    item = customer(START, START)
    classed(item)
    ConsultationRequest.objects.all().delete()
    text = signed_in(solutions_user()).get(LIST).text

    assert item.reference in text
    assert address("change", item) not in text


def test_each_company_sees_its_own() -> None:
    made = classed(customer(START))

    assert [listed(who()) for who in (solutions_user, consulting_user, make_user)] == [
        [made],
        [],
        [made],
    ]
    assert signed_in(consulting_user()).get(page("change", made)).status_code == 404
    assert signed_in(solutions_user()).get(page("change", made)).status_code == 200


def test_blocked_persons_documents_are_not_found_by_company_staff() -> None:
    with travel(25, 10):
        made = classed(customer(START))
        block_person(ConsultationRequest.objects.get(pk=made.request))

    assert signed_in(solutions_user()).get(page("change", made)).status_code == 404
    assert signed_in(make_user()).get(page("change", made)).status_code == 200


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_administrator_and_auditor_see_none(role) -> None:
    made = classed(customer(START))
    client = signed_in(make_user(role))

    assert client.get(LIST).status_code == 403
    assert client.get(page("change", made)).status_code in {403, 404}


def test_page_shows_the_words_and_is_an_event_about_the_person() -> None:
    item, user = customer(START), solutions_user(username="nigar")
    made = classed(item, by=user)
    text = signed_in(user).get(page("change", made)).text

    for words in (item.project, "Invoice 12", "nigar", "counted from the end of the contract"):
        assert words in text
    event = AuditEvent.objects.get(action="document.view")
    assert (event.actor, event.subject) == (user.pk, item.subject_id)


def test_list_is_an_event() -> None:
    classed(customer(START))
    listed(make_user())
    assert AuditEvent.objects.get(action="document.list").detail == {"rows": 1}


@pytest.mark.parametrize("verb", ["change", "delete"])
def test_document_cannot_be_changed_or_deleted_here(verb) -> None:
    made = classed(customer(START))
    assert signed_in(make_user()).post(page(verb, made), {"post": "yes"}).status_code == 403
    assert AccountingDocument.objects.exists()


def test_number_of_queries_does_not_grow_with_the_list() -> None:
    client = signed_in(solutions_user())

    def queries() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LIST).status_code == 200
        return len([query for query in seen if "publicationcounter" not in query["sql"]])

    classed(customer(START))
    one = queries()
    classed(customer(START))
    classed(customer(START))
    assert queries() == one


def test_officer_finds_it_on_the_persons_page() -> None:
    made = classed(customer(START))
    person = reverse("admin:subjects_datasubject_change", args=[made.subject_id])
    text = signed_in(make_user()).get(person).text

    assert f"Accounting document of request {made.reference}" in text
    assert page("change", made) in text
