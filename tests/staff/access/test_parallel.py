"""Many attempts at once get no more tries than one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from emsar.staff.access import approving, codes, lockout
from emsar.staff.access.inviting import StaffRefusedError
from emsar.staff.access.lockout import Door
from emsar.staff.access.tokens import name_in_link, passwords
from emsar.staff.models import Approval, Role, User
from tests.connections import in_thread, second_connection
from tests.dsar.test_intake_locks import wait_until_somebody_waits
from tests.factories import PASSWORD, make_user, solutions_user
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
        # Those that met in the middle came too late; afterwards nobody gets more than was left.
        tries += [lockout.attempt(door) for _ in range(6)]
    assert sum(one.closed_until is None for one in tries) == 5


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


def test_address_changed_beside_an_agreement_makes_no_officer_of_a_stranger(filled_db) -> None:
    """The administrator's request was read before the officer agreed, and goes on after it."""
    administrator, officer = make_user(Role.ADMINISTRATOR), make_user(Role.DPO)
    give_factor(officer)
    colleague = solutions_user()
    give_factor(colleague)
    kind = Approval.Kind.MAKE_OFFICER
    with transaction.atomic():
        asked = approving.ask(kind, colleague, reason="Takes over.", asked_by=administrator)
    browser = Client(headers=ENGLISH)
    browser.force_login(administrator)
    address = reverse("admin:staff_user_address", args=[colleague.pk])
    fields = {"email": "evil@example.com", "reason": "Moved."}
    with second_connection() as other, transaction.atomic():
        approving.decide(asked, officer=officer, agreed=True)
        posted = in_thread(lambda: browser.post(address, fields).status_code)
        wait_until_somebody_waits(other)
    assert posted.result(10) == 302
    colleague.refresh_from_db()
    assert (colleague.role, colleague.email == "evil@example.com") == ("dpo", False)
    # It is an officer's address by then, so an officer is asked.
    assert Approval.objects.get(decided_at__isnull=True).kind == Approval.Kind.ADDRESS


def test_officers_who_reset_each_other_wait_for_each_other(filled_db) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    officers = [make_user(Role.DPO), make_user(Role.DPO)]
    for officer in officers:
        give_factor(officer)
    kind, why = Approval.Kind.RESET_FACTOR, "Lost."
    with transaction.atomic():
        asked = [approving.ask(kind, one, reason=why, asked_by=administrator) for one in officers]

    def agree(about: int) -> str:
        try:
            approving.decide(asked[about], officer=officers[1 - about], agreed=True)
        except StaffRefusedError:
            return "refused"
        finally:
            connection.close()
        return "agreed"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(agree, range(2)))
    assert sorted(said) == ["agreed", "refused"]
