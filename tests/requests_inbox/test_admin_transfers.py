"""The transfers between the companies, as the DPO sees them (E-6.1a)."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from emsar.audit.models import AuditEvent
from emsar.subjects.identifiers import find_or_create
from requests_inbox.admin.history import company_name, field_words
from requests_inbox.models import ConsultationRequest, Transfer
from requests_inbox.services import handling, replying
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import address, signed_in, travel

pytestmark = pytest.mark.django_db

LIST = "admin:requests_inbox_transfer_changelist"


def handed_over() -> Transfer:
    with travel(24, 10):
        user = solutions_user(username="nigar")
        return handling.hand_over(make_request(), "consulting", "field", by=user)


def text_of(user) -> str:
    return signed_in(user).get(reverse(LIST)).content.decode()


def test_list_says_who_passed_what_from_where_to_where_and_why() -> None:
    transfer = handed_over()
    text = text_of(make_user())

    for words in (
        "24.11.2026 10:00",
        "EMSAR SOLUTIONS LLC → EMSAR CONSULTING LLC",
        "it belongs to the other company&#x27;s field",
        "name, email, service, project information",
        "nigar",
        reverse("admin:requests_inbox_consultationrequest_change", args=[transfer.request]),
    ):
        assert words in text


def test_transfer_outlives_its_request_and_company() -> None:
    Transfer(
        request=uuid.uuid4(),
        subject=uuid.uuid4(),
        from_entity="a-former-company",
        to_entity="solutions",
        actor=uuid.uuid4(),
        fields=["name"],
    ).save()
    text = text_of(make_user())

    assert "a-former-company → EMSAR SOLUTIONS LLC" in text
    assert "no longer kept" in text


def test_company_that_is_nobodys_is_said_in_words() -> None:
    assert company_name("") == "no company"


def test_page_of_a_transfer_is_an_event_about_its_person() -> None:
    transfer, dpo = handed_over(), make_user()
    url = reverse("admin:requests_inbox_transfer_change", args=[transfer.pk])
    text = signed_in(dpo).get(url).content.decode()

    assert str(transfer.uid) in text
    event = AuditEvent.objects.get(action="transfer.view")
    assert (event.actor, event.subject) == (dpo.pk, transfer.subject)


def test_transfer_cannot_be_changed_or_deleted() -> None:
    transfer, client = handed_over(), signed_in(make_user())
    for verb in ("change", "delete"):
        url = reverse(f"admin:requests_inbox_transfer_{verb}", args=[transfer.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("verb", ["change", "history"])
def test_missing_transfer_is_not_found(verb: str) -> None:
    url = reverse(f"admin:requests_inbox_transfer_{verb}", args=[999_999])

    assert signed_in(make_user()).get(url).status_code == 404


def test_number_of_queries_does_not_grow_with_the_list() -> None:
    client = signed_in(make_user())

    def queries() -> int:
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(LIST)).status_code == 200
        return len([query for query in seen if "publicationcounter" not in query["sql"]])

    with travel(24, 10):
        user = solutions_user()
        handling.hand_over(make_request(), "consulting", "field", by=user)
    one = queries()
    for _ in range(2):
        handling.hand_over(make_request(), "consulting", "field", by=user)
    assert queries() == one


def test_request_of_a_transfer_opens_from_its_page() -> None:
    item = make_request()
    handling.hand_over(item, "consulting", "field", by=solutions_user())

    assert f'href="{address("change", item)}"' in text_of(make_user())


def test_transfer_names_the_very_fields_that_the_page_showed_before() -> None:
    item, user = make_request(company="Xəzər"), solutions_user()
    item.phone = find_or_create("phone", "+994123456789", item.subject)
    item.save(update_fields=["phone"])
    handling.add_note(item, "A note", by=user)
    shown = signed_in(user).get(address("hand-over", item)).context["preview"]
    transfer = handling.hand_over(item, "consulting", "field", by=user)

    with translation.override("en"):
        assert field_words(transfer.fields) == [word for word, _value in shown]
    assert transfer.fields == [
        "name", "email", "phone", "company", "service", "project", "messages",
    ]  # fmt: skip


def test_transfer_names_nothing_that_the_request_does_not_have() -> None:
    item, user = make_request(), solutions_user()
    ConsultationRequest.objects.update(contact=None)
    replying.save_draft(item, "A draft is its writer's", by=user)
    transfer = handling.hand_over(item, "consulting", "field", by=user)

    assert transfer.fields == ["name", "service", "project"]
