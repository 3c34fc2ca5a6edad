"""Development logins: one a company, one for the DPO, one administrator."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from emsar.staff.access.factors import factor_of
from emsar.staff.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "development.json"


def create(file: Path) -> dict[str, object]:
    told = StringIO()
    call_command("create_demo_logins", "--json", str(file), stdout=told)
    assert told.getvalue() == "4 development logins\n"
    return json.loads(file.read_text("utf-8"))


def test_logins_are_written_to_the_file_and_work(file) -> None:
    logins = create(file)["logins"]
    assert [(login["username"], login["role"]) for login in logins] == [
        ("consulting", "entity_staff"),
        ("solutions", "entity_staff"),
        ("dpo", "dpo"),
        ("admin", "administrator"),
    ]
    for login in logins:
        user = User.objects.get(username=login["username"])
        assert user.check_password(login["password"])
        device = factor_of(user)
        assert (device.secret, user.is_active) == (login["totp_secret"], True)
    companies = User.objects.filter(role=Role.ENTITY_STAFF)
    assert {user.entity_id for user in companies} == {"solutions", "consulting"}


def test_file_is_for_its_owner_alone(file) -> None:
    create(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_second_run_keeps_the_passwords_and_what_else_stands_in_the_file(file) -> None:
    first = create(file)
    file.write_text(json.dumps({**first, "site": "http://x"}))
    hashes = list(User.objects.order_by("pk").values_list("pk", "password"))

    second = create(file)
    assert second["site"] == "http://x"
    assert second["logins"] == first["logins"]
    assert list(User.objects.order_by("pk").values_list("pk", "password")) == hashes


def test_lost_file_or_changed_password_gives_a_new_one(file) -> None:
    first = create(file)["logins"]
    user = User.objects.get(username="dpo")
    user.set_password("changed by hand")
    user.save()
    second = create(file)["logins"]
    assert [a == b for a, b in zip(first, second, strict=True)] == [True, True, False, True]

    file.unlink()
    third = create(file)["logins"]
    assert not {login["password"] for login in second} & {login["password"] for login in third}
    assert User.objects.count() == 4
    assert all(
        User.objects.get(username=login["username"]).check_password(login["password"])
        for login in third
    )
