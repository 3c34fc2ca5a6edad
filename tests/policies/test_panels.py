"""What the DPO is reminded of on the first page of the admin."""

import pytest
from django.utils import timezone

from emsar.entities.models import LegalEntity, Organisation, Recipient
from emsar.entities.publication import bump
from emsar.staff.models import Role
from policies import integrity
from policies.publishing import publish
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    integrity.forget()


@pytest.fixture
def first_page(client):
    def fetch(user=None) -> str:
        client.force_login(user or make_user(Role.DPO))
        return client.get("/admin/").text

    return fetch


def test_draft_is_named_until_it_is_published(first_page, shipped):
    draft = shipped("privacy-policy", "1.1")
    address = f"/admin/policies/policyversion/{draft.pk}/change/"
    text = first_page()
    assert "Privacy policy 1.1 waits to be published. Section 7.1 now names the register" in text
    assert address in text

    publish(draft, actor=None, effective=timezone.localdate())
    text = first_page()
    assert "waits to be published" not in text
    assert address not in text


def test_reminder_is_in_the_language_of_the_dpo(first_page, shipped):
    text = first_page(make_user(Role.DPO, language="ru"))
    assert "наряду с почтовыми ящиками теперь назван реестр" in text


def test_changed_registry_asks_for_a_new_version(first_page):
    assert "a new version is needed" not in first_page()
    LegalEntity.objects.filter(slug="solutions").update(email="new@example.com")
    bump()
    text = first_page()
    assert text.count("prints facts that have changed since: a new version is needed.") == 1
    assert "Privacy policy 1.0" in text


def test_past_versions_may_differ_from_the_registry(first_page, shipped):
    LegalEntity.objects.filter(slug="solutions").update(email="new@example.com")
    bump()
    publish(shipped("privacy-policy", "1.1"), actor=None, effective=timezone.localdate())
    assert "a new version is needed" not in first_page()


def test_registers_remind_of_registration_and_contracts(first_page):
    text = first_page()
    assert (
        '<a href="/admin/entities/organisation/">The state registration number is missing.' in text
    )
    assert '<a href="/admin/entities/recipient/">No contract in force: Hosting provider</a>' in text


def test_registers_are_silent_once_everything_is_in_order(first_page):
    Organisation.objects.update(registration_number="1")
    Recipient.objects.update(contract=True)
    text = first_page()
    assert "The state registration number" not in text
    assert "No contract in force" not in text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.ENTITY_STAFF])
def test_others_are_not_reminded(first_page, role):
    user = solutions_user() if role == Role.ENTITY_STAFF else make_user(role)
    LegalEntity.objects.filter(slug="solutions").update(email="new@example.com")
    bump()
    text = first_page(user)
    for words in ("waits to be published", "a new version is needed", "state registration number"):
        assert words not in text
