"""Logins and evidence in the admin: who manages them, and what the audit keeps of it."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.audit.sealing import seal
from emsar.staff.admin.users import ChangeUserForm
from emsar.staff.models import Role, User
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db

NAME = "Zülfiyyə Qasımova"
EMAIL = "zulfiyye@example.com"


def page(what: str, *args: object, model: str = "staff_user") -> str:
    return reverse(f"admin:{model}_{what}", args=args)


@pytest.fixture
def administrator(client) -> User:
    user = make_user(Role.ADMINISTRATOR, username="admin")
    client.force_login(user)
    return user


def entries(**fields: str) -> dict[str, str]:
    """What the form of a new login posts."""
    given = {
        "username": "zulfiyye",
        "full_name": NAME,
        "email": EMAIL,
        "role": "entity_staff",
        "entity": "solutions",
        "language": "az",
    }
    return {**given, **fields}


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def assert_nothing_personal_is_kept(*values: str) -> None:
    """Neither in the audit nor in Django's own log, which is not written at all."""
    assert LogEntry.objects.count() == 0
    kept = " ".join(str(row) for row in AuditEvent.objects.values())
    for value in (NAME, EMAIL, *values):
        assert value not in kept


def test_login_is_added_and_waits_for_its_owner(administrator, client) -> None:
    response = client.post(page("add"), entries())
    assert response.status_code == 302, response.context["adminform"].form.errors

    user = User.objects.get(username="zulfiyye")
    assert (user.full_name, user.email, user.entity_id) == (NAME, EMAIL, "solutions")
    assert not user.has_usable_password()
    (event,) = events("admin.add")
    assert (event.actor, event.object_type, event.object_id) == (
        administrator.pk,
        "staff.user",
        str(user.pk),
    )
    assert_nothing_personal_is_kept()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"entity": ""}, "entity"),
        ({"role": "auditor"}, "entity"),
        ({"language": "xx"}, "language"),
        ({"email": "zulfiyye"}, "email"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
        ({"username": "two words"}, "username"),
        ({"username": "ADMIN"}, "username"),
        ({"role": "boss"}, "role"),
    ],
)
def test_login_with_a_mistake_is_sent_back(administrator, client, wrong, where) -> None:
    response = client.post(page("add"), entries(**wrong))
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [where]
    assert User.objects.count() == 1


def test_company_that_does_not_fit_the_role_is_told_in_a_sentence(administrator, client) -> None:
    response = client.post(page("add"), entries(role="auditor"))
    with override("en"):  # the words of the form are asked for after its request
        assert response.context["adminform"].form.errors == {
            "entity": ["Only company staff have a company. Leave this empty for other roles."]
        }
    response = client.post(page("add"), entries(entity=""))
    assert "Company staff need a company." in response.text
    assert "company_staff_have_a_company" not in response.text


def test_name_and_address_take_one_line(administrator, client) -> None:
    assert re.search(r'<input type="email" name="email"', client.get(page("add")).text)
    for address in (page("add"), page("change", administrator.pk)):
        text = client.get(address).text
        assert "<textarea" not in text
        assert re.search(r'<input type="text" name="full_name"', text)
        assert re.search(r'<select name="language"', text)


def test_login_is_changed_and_the_audit_names_the_fields_only(administrator, client) -> None:
    user = solutions_user(full_name="Əvvəlki Ad", email="old@example.com")
    data = {"full_name": NAME, "email": EMAIL, "language": "en"}
    # What is a verb cannot be posted here.
    data |= {"role": "dpo", "entity": "consulting", "is_active": ""}
    response = client.post(page("change", user.pk), data)
    assert response.status_code == 302, response.context["adminform"].form.errors

    user.refresh_from_db()
    assert (user.full_name, user.email, user.entity_id) == (NAME, "old@example.com", "solutions")
    assert (user.role, user.is_active) == ("entity_staff", True)
    (event,) = events("admin.change")
    assert event.detail == {"fields": "full_name"}
    assert_nothing_personal_is_kept("Əvvəlki", "old@example.com")


def test_what_somebody_else_changed_meanwhile_is_not_written_back(
    administrator, client, monkeypatch
) -> None:
    user = make_user(full_name="Ad")

    def switched_off_meanwhile(form: ChangeUserForm) -> dict[str, Any]:
        User.objects.filter(pk=user.pk).update(is_active=False, role=Role.AUDITOR)
        return form.cleaned_data

    monkeypatch.setattr(ChangeUserForm, "clean", switched_off_meanwhile)
    client.post(page("change", user.pk), {"full_name": NAME, "language": "en"})
    user.refresh_from_db()
    assert (user.full_name, user.is_active, user.role) == (NAME, False, Role.AUDITOR)


def test_name_taken_away_is_stored_as_none(administrator, client) -> None:
    user = make_user(Role.AUDITOR, full_name="Ad")
    data = {"full_name": "", "language": "en"}
    assert client.post(page("change", user.pk), data).status_code == 302
    user.refresh_from_db()
    assert user.full_name is None


def test_change_that_changes_nothing_names_no_field(administrator, client) -> None:
    user = make_user(Role.AUDITOR, full_name="Ad")
    data = {"full_name": "Ad", "email": user.email, "role": "auditor", "language": "en"}
    client.post(page("change", user.pk), {**data, "is_active": "on"})
    assert [event.detail for event in events("admin.change")] == [{}]


def test_login_is_never_deleted(administrator, client) -> None:
    user = solutions_user()
    assert client.post(page("delete", user.pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(page("changelist")).text
    posted = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    client.post(page("changelist"), posted)
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR, Role.ENTITY_STAFF])
def test_logins_are_the_administrators_alone(client, role) -> None:
    user = make_user(role, "solutions" if role == Role.ENTITY_STAFF else None)
    client.force_login(user)
    assert client.get(page("changelist")).status_code == 403
    assert client.get(page("change", user.pk)).status_code == 403
    assert client.post(page("add"), entries()).status_code == 403
    assert not User.objects.filter(username="zulfiyye").exists()


def test_password_hash_is_not_shown(administrator, client) -> None:
    user = solutions_user()
    text = client.get(page("change", user.pk)).text
    assert user.password not in text
    assert user.password.rpartition("$")[2] not in text


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR])
def test_evidence_is_shown_and_cannot_be_changed(client, role) -> None:
    user = make_user(role, username="looks")
    client.force_login(user)
    event, link = record("a.b", actor=user.pk, obj=user), seal()
    listed = client.get(page("changelist", model="audit_auditevent")).text
    assert "a.b" in listed
    assert "looks" in listed
    assert bytes(link.digest).hex()[:24] in client.get(page("changelist", model="audit_seal")).text
    for model, row in (("audit_auditevent", event), ("audit_seal", link)):
        assert client.get(page("change", row.pk, model=model)).status_code == 200
        for what, args in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
            response = client.post(page(what, *args, model=model), {"post": "yes"})
            assert response.status_code == 403, what


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ENTITY_STAFF])
def test_evidence_is_not_for_everybody(client, role) -> None:
    client.force_login(make_user(role, "solutions" if role == Role.ENTITY_STAFF else None))
    assert client.get(page("changelist", model="audit_auditevent")).status_code == 403
    assert client.get(page("changelist", model="audit_seal")).status_code == 403


def test_event_of_somebody_unknown_shows_no_name(client) -> None:
    client.force_login(make_user(Role.DPO))
    record("a.b", actor=None)
    response = client.get(page("changelist", model="audit_auditevent"))
    assert "—" in response.text


def test_list_of_events_asks_as_often_for_three_rows_as_for_one(client) -> None:
    user = make_user(Role.DPO)
    client.force_login(user)

    def queries_of_a_look() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(page("changelist", model="audit_auditevent"))
        # Processes look at the publication counter by the clock, not by the row.
        return len([q for q in queries if "publicationcounter" not in q["sql"]])

    record("a.b", actor=user.pk)
    queries_of_a_look()  # fills what processes keep in memory
    one = queries_of_a_look()
    record("a.b", actor=user.pk)
    record("a.b", actor=user.pk)
    assert queries_of_a_look() == one
