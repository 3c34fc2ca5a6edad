"""Who sees which request (E-2b, E-8h, E-9c): the same answer at every address of the admin."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from requests_inbox.admin.pages import PAGES
from requests_inbox.admin.verbs import VERBS
from requests_inbox.models import ConsultationRequest, Message, Transfer
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    LIST,
    address,
    block_person,
    events,
    fresh,
    listed,
    messages,
    signed_in,
)

pytestmark = pytest.mark.django_db

EVERYWHERE = ["change", "history", *VERBS, *PAGES]
# What each verb would need to do its work; without it a form might only be refused.
FILLED = {
    "body": "A reply of some length",
    "note": "Text",
    "reason": "field",
    "to_entity": "consulting",
    "channel": "phone",
    "asked": "on",
    "start": "2026-11-20",
    "sure": "on",
    "item_key": "request",
    "title": "Invoice 12",
    "law": "civil-code",
    "at": "2026-11-23T10:00",
}


def untouched(item: ConsultationRequest) -> bool:
    """Whether nothing at all was done to a request."""
    now = fresh(item)
    same = (now.status, now.assigned_to, now.writing_by, now.entity_id) == (
        item.status,
        None,
        None,
        item.entity_id,
    )
    return same and events(item) == ["received"] and not messages(item)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        (solutions_user, ["Nobody's", "Solutions"]),
        (consulting_user, ["Consulting", "Nobody's"]),
        (make_user, ["Consulting", "Nobody's", "Solutions"]),
    ],
    ids=["solutions", "consulting", "dpo"],
)
def test_list_shows_what_is_ones_own_and_nobodys(who, names) -> None:
    make_request(name="Solutions", service="cybersecurity")
    make_request(name="Consulting", service="customs")
    make_request(name="Nobody's", service="other")

    assert sorted(listed(who())) == names


@pytest.mark.parametrize("verb", EVERYWHERE)
def test_request_of_the_other_company_is_not_found(verb) -> None:
    item = make_request(service="cybersecurity")
    client = signed_in(consulting_user())

    assert client.get(address(verb, item)).status_code == 404
    assert client.post(address(verb, item), FILLED).status_code == 404
    assert untouched(item)


@pytest.mark.parametrize("verb", EVERYWHERE)
def test_blocked_request_is_not_found_by_company_staff(verb) -> None:
    item = make_request()
    block_person(item)
    client = signed_in(solutions_user())

    assert client.get(address(verb, item)).status_code == 404
    assert client.post(address(verb, item), FILLED).status_code == 404
    assert untouched(item)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
@pytest.mark.parametrize("verb", EVERYWHERE)
def test_administrator_and_auditor_see_no_request(role, verb) -> None:
    item = make_request()
    client = signed_in(make_user(role))

    assert client.get(address(verb, item)).status_code == 403
    assert client.post(address(verb, item), FILLED).status_code == 403
    assert untouched(item)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_administrator_and_auditor_see_no_list(role) -> None:
    client = signed_in(make_user(role))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("admin:requests_inbox_consultationrequest_add")).status_code == 403
    assert "consultationrequest" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("verb", EVERYWHERE)
def test_anonymous_is_asked_to_log_in(verb) -> None:
    item = make_request()

    for response in (Client().get(address(verb, item)), Client().post(address(verb, item))):
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("admin:login"))
    assert untouched(item)


def test_deactivated_colleague_is_out_at_once() -> None:
    user, item = solutions_user(), make_request()
    client = signed_in(user)
    assert client.get(address("change", item)).status_code == 200

    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(address("change", item)).status_code == 302


@pytest.mark.parametrize("verb", EVERYWHERE)
def test_request_that_does_not_exist_is_not_found(verb) -> None:
    missing = ConsultationRequest(pk=uuid.uuid4())

    assert signed_in(make_user()).get(address(verb, missing)).status_code == 404


@pytest.mark.parametrize("key", ["nonsense", "1", "_2e_2e"])
def test_nonsense_instead_of_a_key_is_not_found(key) -> None:
    base = reverse(LIST)
    client = signed_in(make_user())

    assert client.get(f"{base}{key}/change/").status_code == 404
    assert client.get(f"{base}{key}/history/").status_code == 404
    assert client.get(f"{base}{key}/reply/").status_code in {301, 302, 404}


def test_nobody_deletes_a_request() -> None:
    item = make_request()
    url = address("delete", item)

    assert signed_in(make_user()).post(url, {"post": "yes"}).status_code == 403
    assert untouched(item)


def test_page_of_a_request_is_looked_at_and_never_posted_to() -> None:
    item = make_request()
    response = signed_in(solutions_user()).post(address("change", item), {"name": "Changed"})

    assert (response.status_code, fresh(item).name) == (405, item.name)


@pytest.mark.parametrize("verb", VERBS)
def test_opening_the_address_of_a_verb_does_nothing(verb) -> None:
    item = make_request()
    response = signed_in(solutions_user()).get(address(verb, item), FILLED)

    assert (response.status_code, response["Location"]) == (302, address("change", item))
    assert untouched(item)


@pytest.mark.parametrize("verb", PAGES)
def test_opening_the_page_of_a_verb_does_nothing(verb) -> None:
    item = make_request()

    assert signed_in(solutions_user()).get(address(verb, item), FILLED).status_code == 200
    assert untouched(item)


@pytest.mark.parametrize("verb", [*VERBS, *PAGES])
def test_verbs_are_refused_to_foreign_pages(verb) -> None:
    item = make_request()
    client = Client(enforce_csrf_checks=True)
    client.force_login(solutions_user())

    assert client.post(address(verb, item), FILLED).status_code == 403
    assert untouched(item)


def test_history_address_leads_to_the_history_on_the_page() -> None:
    item = make_request()
    response = signed_in(solutions_user()).get(address("history", item))

    assert response["Location"] == f"{address('change', item)}#history"


@pytest.mark.parametrize("action", ["take", "close_as_spam"])
def test_actions_reach_only_what_one_may_see(action) -> None:
    item = make_request(service="cybersecurity")
    data = {"action": action, "_selected_action": [str(item.pk)], "confirmed": "yes"}
    signed_in(consulting_user()).post(reverse(LIST), data)

    assert untouched(item)


def test_related_rows_are_scoped_too() -> None:
    item = make_request(service="cybersecurity")
    Message.objects.create(request=item, kind="note", body="Text")

    assert Message.objects.visible_to(consulting_user()).count() == 0
    assert Message.objects.visible_to(solutions_user()).count() == 1


def test_transfers_are_for_the_dpo() -> None:
    Transfer(
        request=uuid.uuid4(), subject=uuid.uuid4(), to_entity="solutions", actor=uuid.uuid4()
    ).save()
    url = reverse("admin:requests_inbox_transfer_changelist")

    assert signed_in(make_user()).get(url).status_code == 200
    for user in (solutions_user(), make_user("administrator"), make_user("auditor")):
        assert signed_in(user).get(url).status_code == 403


def test_each_look_at_a_request_is_an_event() -> None:
    user, item = solutions_user(), make_request()
    client = signed_in(user)
    client.get(address("change", item))
    client.get(address("hand-over", item))

    found = AuditEvent.objects.filter(action="request.view")
    assert [(event.actor, event.subject, event.object_id) for event in found] == [
        (user.pk, item.subject_id, str(item.pk))
    ] * 2


def test_look_that_was_refused_is_no_event() -> None:
    signed_in(consulting_user()).get(address("change", make_request(service="cybersecurity")))

    assert not AuditEvent.objects.filter(action="request.view").exists()
