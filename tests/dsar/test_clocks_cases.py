"""The clocks of stored cases: the promise never moves, and each clock explains itself."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from dsar.models import Case, Kind
from dsar.reckoning import promise_explained, statutory_explained
from dsar.services import deciding, messages, sharing
from dsar.services.dates import promise_of, statutory_day
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from emsar.staff.models import User
from policies.versions import term_in_force
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db


def baku(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BAKU)


def stored(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("kind", Kind.values)
def test_promise_of_each_kind_comes_from_the_policy(kind: str) -> None:
    name = "erasure_deadline" if kind == Kind.DELETION else "answer_deadline"
    found = promise_of(kind, baku("2026-12-10T12:00"))
    assert found.days == term_in_force(name)
    assert found.reserve == terms.value("schedule", "deletion_reserve")
    assert found.last_day == date(2027, 1, 9)
    assert found.execute_on == (date(2026, 12, 15) if kind == Kind.CHILD else date(2027, 1, 6))


def test_where_the_policy_promises_nothing_the_law_is_the_promise(monkeypatch) -> None:
    def missing(name: str) -> int:
        raise LookupError(name)

    monkeypatch.setattr("dsar.services.dates.term_in_force", missing)
    found = promise_of(Kind.ACCESS, baku("2026-11-20T10:00"))
    assert (found.last_day, found.execute_on) == (date(2026, 12, 1), date(2026, 11, 28))
    child = promise_of(Kind.CHILD, baku("2026-11-20T10:00"))
    assert (child.last_day, child.execute_on) == (date(2026, 11, 25), date(2026, 11, 22))


def test_a_child_s_case_has_the_short_term_by_law_and_the_same_promise() -> None:
    moment = baku("2026-11-20T10:00")
    child = make_case(Kind.CHILD, received_at=moment)
    other = make_case(Kind.COMPLAINT, received_at=moment)
    assert child.statutory_due == date(2026, 11, 25)
    assert other.statutory_due == date(2026, 12, 1)
    assert child.promise_due == other.promise_due == date(2026, 12, 20)


def test_the_machine_keeps_the_short_term_of_a_child_s_case() -> None:
    """The page says "done within 3 working days" of it, and so it is, once somebody is chosen."""
    child = promise_of(Kind.CHILD, baku("2026-11-20T23:59"))
    assert (child.execute_on, child.last_day) == (date(2026, 11, 25), date(2026, 12, 20))
    assert promise_of(Kind.DECEASED, baku("2026-11-20T23:59")).execute_on == date(2026, 12, 17)


@pytest.mark.parametrize(
    ("received", "by_law"),
    [
        ("2026-12-30T23:59", date(2027, 1, 13)),
        ("2026-03-19T23:59", date(2026, 4, 8)),
        ("2026-03-20T00:01", date(2026, 4, 8)),
    ],
)
def test_term_by_law_goes_by_the_calendar_of_the_profile(received: str, by_law: date) -> None:
    case = make_case(Kind.COMPLAINT, received_at=baku(received))
    skipped = len(statutory_explained(case).steps)
    assert skipped > 3
    assert case.statutory_due == by_law


def _ask(case: Case, by: User) -> None:
    deciding.pause(case, "Who are you?", by=by)


def _ask_and_go_on(case: Case, by: User) -> None:
    deciding.pause(case, "Who are you?", by=by)
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        deciding.resume(stored(case), by=by)


def _extend(case: Case, by: User) -> None:
    deciding.extend(case, "A third party has to be asked.", by=by)


def _answer_of_person(case: Case, by: User) -> None:
    deciding.pause(case, "Who are you?", by=by)
    messages.from_person(stored(case), "It is me.")


def _choose(case: Case, by: User) -> None:
    rows = sharing.records_to_choose(case)
    sharing.choose(case, {row.pk: True for row in rows}, by=by)


def _complete(case: Case, by: User) -> None:
    deciding.answer(case, "Done.", by=by)


VERBS: list[Callable[[Case, User], None]] = [
    _ask,
    _ask_and_go_on,
    _extend,
    _answer_of_person,
    _choose,
    _complete,
]


@pytest.mark.parametrize("verb", VERBS)
def test_promise_never_moves_whatever_is_done(verb: Callable[[Case, User], None]) -> None:
    make_request(email="me@example.com")
    case = make_case(Kind.COMPLAINT, email="me@example.com")
    before = (case.promise_due, case.execute_on, case.received_at)
    verb(case, make_user())
    after = stored(case)
    assert (after.promise_due, after.execute_on, after.received_at) == before


def test_pause_moves_the_term_by_law_by_the_working_days_in_between() -> None:
    officer = make_user()
    with time_machine.travel(baku("2026-11-23T10:00"), tick=False) as clock:
        case = make_case(Kind.COMPLAINT)
        assert case.statutory_due == date(2026, 12, 2)
        clock.move_to(baku("2026-11-24T23:59"))
        deciding.pause(case, "Who are you?", by=officer)
        assert stored(case).statutory_due is None
        clock.move_to(baku("2026-11-27T00:01"))
        deciding.resume(stored(case), by=officer)
    assert stored(case).statutory_due == date(2026, 12, 4)


def test_extension_adds_the_term_of_the_profile_once() -> None:
    with time_machine.travel(baku("2026-11-23T10:00"), tick=False):
        case = make_case(Kind.COMPLAINT)
        deciding.extend(case, "Third party.", by=make_user())
    # Seven and seven working days after 23 November.
    assert terms.value("statutory", "extension") == 7
    assert stored(case).statutory_due == date(2026, 12, 11)
    assert statutory_day(stored(case)) == date(2026, 12, 11)


def test_database_itself_refuses_a_machine_that_is_late() -> None:
    case = make_case()
    late: dict[str, Any] = {"execute_on": case.promise_due + timedelta(days=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**late)


def test_promise_explains_itself() -> None:
    case = make_case(Kind.DELETION, received_at=baku("2026-12-10T23:59"))
    found = promise_explained(case)
    assert (found.day, found.clause) == (date(2027, 1, 9), "E-7.2e")
    assert found.steps == (
        "Received: 10 December 2026, 23:59.",
        "Term: 30 calendar days.",
        "Last day: 9 January 2027.",
        "What nobody has done by then, our system does by itself in the night of 6 January 2027.",
        "This date does not pause and does not move.",
    )


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.CORRECTION, Kind.OTHER])
def test_no_machine_is_promised_where_a_person_has_to_answer(kind: str) -> None:
    assert not any("machine" in step for step in promise_explained(make_case(kind)).steps)


def test_term_by_law_names_the_days_that_it_skipped_and_its_pause() -> None:
    officer = make_user()
    with time_machine.travel(baku("2026-11-23T10:00"), tick=False) as clock:
        case = make_case(Kind.CHILD)
        deciding.pause(case, "Which child?", by=officer)
        clock.move_to(baku("2026-11-26T10:00"))
        deciding.resume(stored(case), by=officer)
        found = statutory_explained(stored(case))
    assert found is not None
    assert (found.day, found.clause) == (date(2026, 11, 30), "E-11c")
    assert found.steps == (
        "Received: 23 November 2026, 10:00.",
        "Term: 3 working days.",
        "Not counted: 28 November 2026 – 29 November 2026 (weekend).",
        "Our question about identity was open from 23 November 2026, 10:00 to 26 November 2026, "
        "10:00.",
        "Not counted for the question: 24 November 2026 – 25 November 2026.",
        "Last day: 30 November 2026.",
    )


def test_a_switched_off_term_by_law_leaves_the_promise_alone(monkeypatch) -> None:
    real = terms.value

    def off(group: str, name: str) -> int:
        if group == "statutory":
            raise LookupError(name)
        return real(group, name)

    monkeypatch.setattr("dsar.services.dates.terms.value", off)
    case = make_case(Kind.COMPLAINT)
    assert case.statutory_due is None
    assert statutory_explained(case) is None
    assert promise_explained(case).day == case.promise_due
