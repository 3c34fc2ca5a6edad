"""Many attempts at once get no more tries than one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from emsar.staff.access import codes, lockout
from emsar.staff.access.lockout import Door
from emsar.staff.access.tokens import name_in_link, passwords
from emsar.staff.models import User
from tests.factories import PASSWORD, make_user
from tests.staff.access.entering import ENGLISH, give_factor

NOON = datetime(2026, 11, 23, 8, 0, 5, tzinfo=UTC)


def at_once(act: Callable[[], object], count: int) -> list[object]:
    """The answers of ``count`` threads, each with a connection of its own."""

    def one(_number: int) -> object:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_door_lets_five_try(filled_db) -> None:
    with time_machine.travel(NOON, tick=False):
        door = Door("test", "somebody", lockout.GROWING)
        tries = at_once(lambda: lockout.attempt(door), 16)
        assert lockout.attempt(door).closed_until is not None
    assert 1 <= sum(one.closed_until is None for one in tries) <= 5


def test_wrong_codes_at_once_are_counted_one_by_one(filled_db) -> None:
    user = make_user(username="dpo")
    give_factor(user)

    def guess() -> str:
        try:
            return "right" if codes.takes(user, "000000") else "wrong"
        except codes.TooManyCodesError:
            return "refused"

    with time_machine.travel(NOON, tick=False):
        said = at_once(guess, 12)
    assert said.count("wrong") <= 5
    assert "right" not in said


def test_one_link_gives_one_password(filled_db) -> None:
    user = make_user(username="dpo")
    address = reverse("admin:new_password", args=[name_in_link(user), passwords.make_token(user)])

    def choose() -> int:
        fields = {"password": f"{PASSWORD} anew", "again": f"{PASSWORD} anew"}
        return Client(headers=ENGLISH).post(address, fields).status_code

    assert sorted(at_once(choose, 4)) == [302, 404, 404, 404]
    assert User.objects.get(pk=user.pk).check_password(f"{PASSWORD} anew")
