"""Every address of the admin, for every role and both companies, against docs/staff-access.md."""

import re
from http.cookies import SimpleCookie

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from requests_inbox.models import ConsultationRequest
from tests.staff.matrix.addresses import Address, addresses
from tests.staff.matrix.table import ALL, OWN, lines
from tests.staff.matrix.world import ANY, CONSULTING, NOBODY, SOLUTIONS, WORDS, build, people

pytestmark = pytest.mark.django_db

# The columns of the table; company staff stand for both companies.
COLUMN = {SOLUTIONS: "company staff", CONSULTING: "company staff", "dpo": "officer"}
COMPANIES = (SOLUTIONS, CONSULTING)
OPENED, REFUSED = {200, 302, 409, 422}, {403, 404}


@pytest.fixture
def clients() -> dict[str, Client]:
    build()
    found = {}
    for role, user in people().items():
        client = Client(raise_request_exception=True)
        client.force_login(user)
        found[role] = client
    return found


def ask(client: Client, address: Address) -> HttpResponse:
    """Open a page, or press its button where it is a button alone; nothing of it stays."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = client.get(address.path)
        if response.status_code == 405:
            response = client.post(address.path)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    return response


def expected(role: str, address: Address) -> bool:
    """Whether the table lets a role open this very row."""
    cell = lines()[address.name].cell(COLUMN.get(role, role))
    if cell == OWN:
        return address.whose in {role, NOBODY, ANY}
    return cell == ALL


def is_open(response: HttpResponse) -> bool:
    if response.status_code in REFUSED:
        return False
    assert response.status_code in OPENED, response.status_code
    return not response.headers.get("Location", "").startswith(reverse("admin:login"))


def test_table_names_every_address_and_no_other(clients) -> None:
    found = {address.name for address in addresses()}
    assert found - set(lines()) == set(), "say in docs/staff-access.md who may open these"
    assert set(lines()) - found == set(), "there is no such address any more"


SEEN = {
    SOLUTIONS: {SOLUTIONS, NOBODY},
    CONSULTING: {CONSULTING, NOBODY},
    "dpo": {SOLUTIONS, CONSULTING, NOBODY},
    "administrator": set(),
    "auditor": set(),
}


@pytest.mark.parametrize("role", SEEN)
def test_role_opens_what_the_table_says_and_reads_no_other_word(clients, role) -> None:
    wrong, read = [], set()
    for address in addresses():
        response = ask(clients[role], address)
        if is_open(response) != expected(role, address):
            wrong.append(f"{address.name} of {address.whose}: {response.status_code}")
        read |= words_in(response)
    assert wrong == []
    assert read == SEEN[role]


def words_in(response: HttpResponse) -> set[str]:
    """Whose words an answer holds, of whatever kind it is."""
    text = b"".join(response).decode("utf-8", "replace").casefold()
    return {whose for whose, word in WORDS.items() if word.casefold() in text}


@pytest.mark.parametrize("company", COMPANIES)
def test_lists_and_pop_ups_hold_own_rows_alone(clients, company) -> None:
    """Related look-ups open the list as a pop-up, searched and filtered by the address."""
    other = next(one for one in COMPANIES if one != company)
    client = clients[company]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for query in ("_popup=1", f"q={WORDS[other]}", "_to_field=id", "all="):
            response = client.get(f"{reverse(base)}?{query}", follow=True)
            # What was searched for stands in the field and in addresses again, in small letters.
            assert f"{WORDS[other]} X" not in response.text, (base, query)
            assert f"{WORDS[other]} MMC" not in response.text, (base, query)


@pytest.mark.parametrize("role", SEEN)
def test_autocomplete_tells_nobody_a_word(clients, role) -> None:
    """No page of ours uses it; where it answers all the same, it knows rows by number alone."""
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created:
                continue
            query = {
                "app_label": model._meta.app_label,
                "model_name": model._meta.model_name,
                "field_name": field.name,
                "term": "",
            }
            response = clients[role].get(reverse("admin:autocomplete"), query)
            assert response.status_code in REFUSED or role not in COMPANIES, query
            assert words_in(response) == set(), query


SELECTED = re.compile(r'<select name="action".*?</select>', re.DOTALL)
BY_ROW = {"take", "close_as_spam", "close_as_duplicate"}
KNOWN_ACTIONS = {
    **{
        (role, "requests_inbox_consultationrequest"): BY_ROW
        for role in (SOLUTIONS, CONSULTING, "dpo")
    },
    ("dpo", "outbox_outboundmail"): {"send_again"},
    ("administrator", "outbox_outboundmail"): {"send_again"},
}


def actions(client: Client, name: str) -> set[str]:
    """The names of what can be done with several rows at once."""
    page = client.get(reverse(f"admin:{name}_changelist"))
    found = SELECTED.search(page.text)
    return set(re.findall(r'value="(\w+)"', found[0])) if found else set()


def test_actions_are_those_that_are_known(clients) -> None:
    found = {}
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        found |= {(role, name): actions(client, name) for role, client in clients.items()}
    assert {place: names for place, names in found.items() if names} == KNOWN_ACTIONS


@pytest.mark.parametrize("company", COMPANIES)
def test_actions_reach_own_rows_alone(clients, company) -> None:
    """With the key of a foreign row posted by hand."""
    other = next(one for one in COMPANIES if one != company)
    foreign = ConsultationRequest.objects.get(entity=other)
    before = ConsultationRequest.objects.filter(pk=foreign.pk).values().get()
    address = reverse("admin:requests_inbox_consultationrequest_changelist")
    for action in BY_ROW:
        posted = {"action": action, "_selected_action": [str(foreign.pk)], "confirm": "yes"}
        clients[company].post(address, posted)
    assert ConsultationRequest.objects.filter(pk=foreign.pk).values().get() == before


DANGEROUS = (
    ("requests_inbox_consultationrequest_export", {"purpose": "work", "format": "csv"}),
    ("dsar_register", {"export": "1", "purpose": "work", "format": "csv"}),
    ("consent_overview", {"export": "1", "purpose": "work", "format": "csv"}),
)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("dpo", "subjects_datasubject_unblock"),
        ("dpo", "retention_legalhold_release"),
        ("dpo", "retention_clear"),
        ("dpo", "decide_approval"),
        ("administrator", "staff_user_factor"),
        ("auditor", "new_codes"),
    ],
)
def test_dangerous_acts_ask_for_the_second_factor(clients, settings, role, name) -> None:
    settings.STAFF_STEP_UP_MINUTES = 0
    address = next(one for one in addresses() if one.name == name)
    posted = {"reason": "x", "answer": "yes"}
    response = clients[role].post(address.path, posted)
    assert "second_factor_asked" in response.text, response.status_code
    assert not AuditEvent.objects.filter(action__regex="unblock|release|clear|decide").exists()


@pytest.mark.parametrize(("name", "posted"), DANGEROUS)
def test_exports_ask_for_the_second_factor(clients, settings, name, posted) -> None:
    settings.STAFF_STEP_UP_MINUTES = 0
    response = clients["dpo"].post(f"{reverse(f'admin:{name}')}?export=1", posted)
    assert "second_factor_asked" in response.text
    assert "Content-Disposition" not in response.headers
