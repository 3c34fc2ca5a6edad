"""Members of staff: who may exist, who can be reached, and what a name gives away."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from emsar.entities.models import LegalEntity
from emsar.staff.models import KeyedCount, Role, User
from tests.factories import PASSWORD, consulting_user, make_user, solutions_user

pytestmark = pytest.mark.django_db


def test_company_staff_have_a_company_and_others_none() -> None:
    with pytest.raises(ValidationError) as caught:
        make_user(Role.ENTITY_STAFF)
    assert caught.value.message_dict == {"entity": ["Company staff need a company."]}
    for role in (Role.DPO, Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(ValidationError) as caught:
            make_user(role, "solutions")
        assert caught.value.message_dict == {
            "entity": ["Only company staff have a company. Leave this empty for other roles."]
        }


@pytest.mark.parametrize("fields", [{"language": "xx"}, {"language": "AZ"}, {"email": "a@b"}])
def test_what_a_notice_needs_is_checked(fields) -> None:
    with pytest.raises(ValidationError) as caught:
        make_user(**fields)
    assert list(caught.value.message_dict) == list(fields)


@pytest.mark.parametrize("change", [{"entity": None}, {"role": Role.DPO}])
def test_database_insists_on_the_company_too(change) -> None:
    user = solutions_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**change)


def test_company_with_staff_cannot_be_deleted() -> None:
    solutions_user()
    with pytest.raises(ProtectedError):
        LegalEntity.objects.get(pk="solutions").delete()


def test_create_user_stores_a_hash_and_never_the_password() -> None:
    user = User.objects.get(pk=make_user().pk)
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password


def test_create_user_refuses_a_second_one_of_the_same_name() -> None:
    make_user(username="it")
    with pytest.raises(ValidationError):
        make_user(username="it")


@pytest.mark.parametrize("username", ["Aysel Məmmədova", "a@b.az", "a\nb", ""])
def test_login_name_is_a_slug(username) -> None:
    with pytest.raises(ValidationError):
        make_user(username=username)


def test_str_is_the_login_name_and_names_are_shown_only_when_asked_for() -> None:
    user = make_user(username="it", full_name="Aysel Məmmədova")
    assert (str(user), user.get_short_name(), user.get_full_name()) == (
        "it",
        "it",
        "Aysel Məmmədova",
    )
    assert make_user(username="anon").get_full_name() == "anon"


def test_reachable_are_active_staff_of_the_role_with_an_address() -> None:
    reached = solutions_user()
    solutions_user(is_active=False)
    solutions_user(email=None)
    other, dpo = consulting_user(), make_user(Role.DPO)
    solutions = LegalEntity.objects.get(pk="solutions")

    assert list(User.objects.reachable(Role.ENTITY_STAFF, solutions)) == [reached]
    assert set(User.objects.reachable(Role.ENTITY_STAFF)) == {reached, other}
    assert list(User.objects.reachable(Role.DPO)) == [dpo]


def test_everybody_with_a_login_is_staff_and_one_role_is_the_dpo() -> None:
    assert [make_user(role).is_dpo for role in (Role.DPO, Role.ADMINISTRATOR, Role.AUDITOR)] == [
        True,
        False,
        False,
    ]
    assert make_user().is_staff


def test_count_is_shown_by_its_time() -> None:
    count = KeyedCount(key=b"k", count=1, started_at="2026-11-22")
    assert str(count) == "2026-11-22"
