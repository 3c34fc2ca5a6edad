"""Who may open which page about rights: by role, in three languages, and nothing changes by it."""

import uuid

import pytest
from django.urls import reverse

from dsar.admin import VERBS
from dsar.models import Case, CaseEvent, Disclosure
from emsar.audit.models import AuditEvent
from emsar.staff.models import User
from tests.dsar.desk import (
    ROLES,
    a_full_board,
    make_case,
    make_disclosure,
    signed_in,
    someone,
    url,
    verb_url,
)
from tests.factories import consulting_user, make_user, solutions_user

pytestmark = pytest.mark.django_db

DPO, STAFF, FIGURES = {"dpo"}, {"dpo", "entity_staff"}, {"dpo", "auditor"}
OPENED = {
    "case_changelist": DPO,
    "case_change": DPO,
    "case_add": STAFF,
    "figures": FIGURES,
    "register": DPO,
    "disclosure_changelist": DPO,
    "disclosure_change": DPO,
    "disclosure_add": DPO,
}


@pytest.fixture
def addresses() -> dict[str, str]:
    """Every page, about rows that are really there."""
    officer = make_user()
    case = a_full_board(officer)["approval"]
    assert case.subject is not None
    entry = make_disclosure(case.subject, officer)
    arguments = {"case_change": (case.pk,), "disclosure_change": (entry.pk,)}
    return {name: url(name, *arguments.get(name, ())) for name in OPENED}


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_their_roles_alone(addresses: dict[str, str], role: str) -> None:
    client = signed_in(someone(role))
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    assert found == {name: 200 if role in roles else 403 for name, roles in OPENED.items()}


@pytest.mark.parametrize("role", ["auditor", "administrator", "entity_staff"])
def test_verbs_are_closed_to_everybody_but_the_officer(role: str) -> None:
    case, client = make_case(), signed_in(someone(role))
    before = CaseEvent.objects.count()
    for verb in VERBS:
        address = verb_url(case, verb.name)
        assert client.get(address).status_code == 403, verb.name
        assert client.post(address, {"words": "x", "sure": "on"}).status_code == 403, verb.name
    assert client.get(url("case_decide", case.pk, uuid.uuid4())).status_code == 403
    assert CaseEvent.objects.count() == before


@pytest.mark.parametrize("staff", [solutions_user, consulting_user])
def test_company_staff_see_nothing_of_a_case_that_they_opened(staff) -> None:
    user = staff()
    case = make_case(registered_by=user.pk)
    client = signed_in(user)
    first = client.get(reverse("admin:index"))
    assert url("case_add") in first.text
    assert case.reference not in first.text
    for address in (url("case_change", case.pk), url("case_changelist"), url("register")):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("role", ROLES)
def test_pages_render_in_each_language(addresses, role: str, language: str) -> None:
    user = someone(role)
    User.objects.filter(pk=user.pk).update(language=language)
    client = signed_in(user)
    for name, roles in OPENED.items():
        if role in roles:
            response = client.get(addresses[name])
            assert response.status_code == 200, name
            assert f'lang="{language}"' in response.text, name
    assert client.get(reverse("admin:index")).status_code == 200


def test_looking_changes_nothing_but_the_audit(addresses: dict[str, str]) -> None:
    client, before = signed_in(make_user()), list(Case.objects.order_by("pk").values())
    for address in addresses.values():
        client.get(address)
        client.head(address)
    assert list(Case.objects.order_by("pk").values()) == before
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"case.view", "case.list", "disclosure.view", "disclosure.list"} <= actions


def test_looking_at_a_case_is_noted_for_its_person() -> None:
    case, officer = make_case(), make_user()
    signed_in(officer).get(url("case_change", case.pk))
    event = AuditEvent.objects.get(action="case.view")
    assert (event.actor, event.subject, event.object_id) == (officer.pk, case.subject, str(case.pk))


@pytest.mark.parametrize("key", [str(uuid.UUID(int=7)), "nonsense", "0"])
def test_what_is_not_there_is_not_found(key: str) -> None:
    client = signed_in(make_user())
    for address in (
        url("case_change", key),
        url("case_history", key),
        url("disclosure_change", key),
    ):
        assert client.get(address).status_code == 404
    assert client.get(url("case_answer", uuid.uuid4())).status_code == 404
    assert client.get(f"{url('disclosure_add')}?subject={key}").status_code == 404


def test_a_proposal_of_another_case_is_not_found() -> None:
    case = a_full_board(make_user())["correction"]
    number = case.file.proposals.get().pk
    client, other = signed_in(make_user()), make_case(kind="correction")
    assert client.get(url("case_decide", case.pk, number)).status_code == 200
    assert client.get(url("case_decide", other.pk, number)).status_code == 404


def test_nothing_is_changed_or_deleted_by_django_s_own_pages(addresses: dict[str, str]) -> None:
    client = signed_in(make_user())
    for name in ("case", "disclosure"):
        change = addresses[f"{name}_change"]
        assert client.post(change, {"kind": "other"}).status_code == 405
        assert client.post(change.replace("change/", "delete/"), {"post": "yes"}).status_code == 403
    assert Disclosure.objects.count() == 1
