"""Rights follow from the role alone."""

import pytest

from emsar.staff import permissions
from emsar.staff.models import Role
from emsar.staff.permissions import allow, of_role
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db


def rights(role: str, app: str) -> set[str]:
    return {right for right in of_role(role) if right.startswith(f"{app}.")}


def test_administrator_manages_logins_and_deletes_none() -> None:
    def about_users(role: str) -> set[str]:
        return {right for right in rights(role, "staff") if right.endswith("_user")}

    assert about_users("administrator") == {
        "staff.view_user",
        "staff.add_user",
        "staff.change_user",
    }
    for role in (Role.DPO, Role.ENTITY_STAFF, Role.AUDITOR):
        assert about_users(role) == set()


def test_security_reviews_are_written_by_officer_and_administrator_and_read_by_the_auditor() -> (
    None
):
    verbs = {
        role: {right.partition(".")[2].partition("_")[0] for right in of_role(role)
               if right.endswith("_securityreview")}
        for role in Role
    }  # fmt: skip
    writing = {"view", "add", "change"}
    assert (verbs[Role.DPO], verbs[Role.ADMINISTRATOR]) == (writing, writing)
    assert (verbs[Role.AUDITOR], verbs[Role.ENTITY_STAFF]) == ({"view"}, set())


def test_evidence_is_looked_at_by_dpo_and_auditor_and_changed_by_nobody() -> None:
    looking = {"audit.view_auditevent", "audit.view_seal"}
    assert (rights("dpo", "audit"), rights("auditor", "audit")) == (looking, looking)
    assert rights("administrator", "audit") == rights("entity_staff", "audit") == set()


def test_only_company_staff_and_dpo_may_work_on_requests() -> None:
    """An administrator looks after logins and sees no visitor's data (E-9c)."""
    change = "requests_inbox.change_consultationrequest"
    assert [role.value for role in Role if change in of_role(role)] == ["entity_staff", "dpo"]


def test_user_has_the_rights_of_the_role() -> None:
    user = make_user(Role.AUDITOR)
    assert user.has_perm("audit.view_seal")
    assert user.has_perms(["audit.view_seal", "audit.view_auditevent"])
    assert not user.has_perms(["audit.view_seal", "staff.view_user"])
    assert (user.has_module_perms("audit"), user.has_module_perms("subjects")) == (True, False)


def test_user_who_left_has_no_rights() -> None:
    user = solutions_user(is_active=False)
    assert not user.has_perm("entities.view_service")
    assert not user.has_module_perms("entities")


def test_allow_adds_to_what_a_role_may(monkeypatch) -> None:
    kept = permissions._RIGHTS.copy()
    monkeypatch.setattr(permissions, "_RIGHTS", type(kept)(set))
    allow(("dpo", "auditor"), "app.thing", "view", "add")
    allow(("dpo",), "app.thing", "change")
    assert of_role("dpo") == {"app.view_thing", "app.add_thing", "app.change_thing"}
    assert of_role("auditor") == {"app.view_thing", "app.add_thing"}
    assert of_role("nobody") == frozenset()
