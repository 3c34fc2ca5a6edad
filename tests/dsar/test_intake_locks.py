"""Everybody takes the person before the case, so that nobody waits for who waits for them."""

from collections.abc import Callable

import psycopg
import pytest

from dsar.models import Case, CaseMessage, Kind
from dsar.services import blocking, deciding, identity, messages
from emsar.subjects.models import DataSubject
from tests.connections import in_thread, second_connection
from tests.dsar.desk import make_case
from tests.factories import make_user
from tests.requests_inbox.desk import deliver

pytestmark = pytest.mark.django_db(transaction=True)


def verbs() -> dict[str, tuple[str, Callable[[Case], object]]]:
    """A verb of each kind of writer, with a kind of case that permits it."""
    officer = make_user()
    return {
        "write": (Kind.COMPLAINT, lambda case: messages.write(case, "Hello", by=officer)),
        "from the person": (Kind.COMPLAINT, lambda case: messages.from_person(case, "Hello")),
        "refuse": (
            Kind.COMPLAINT,
            lambda case: deciding.refuse(
                case, "law_keeps", "personal-data", "Because.", by=officer
            ),
        ),
        "take back": (Kind.COMPLAINT, lambda case: deciding.withdraw(case)),
        "block": (Kind.BLOCKING, lambda case: blocking.block(case, by=officer)),
        "verify": (
            Kind.COMPLAINT,
            lambda case: identity.verify(DataSubject.objects.get(pk=case.subject)),
        ),
        "prove": (
            Kind.COMPLAINT,
            lambda case: identity.prove(case, "document", "Passport.", by=officer),
        ),
    }


@pytest.mark.parametrize(
    "verb", ["write", "from the person", "refuse", "take back", "block", "verify", "prove"]
)
def test_whoever_waits_for_the_person_holds_no_case(filled_db, verb) -> None:
    kind, act = verbs()[verb]
    case = make_case(kind, verified=verb not in {"verify", "prove"})
    with second_connection() as other:
        other.execute("SELECT FROM subjects_datasubject WHERE id = %s FOR UPDATE", [case.subject])
        waiting = in_thread(lambda: act(Case.objects.get(pk=case.pk)))
        wait_until_somebody_waits(other)
        # The case is free: with it, whoever holds the person goes on and ends.
        other.execute("SELECT FROM dsar_case WHERE id = %s FOR UPDATE NOWAIT", [case.pk])
        assert not waiting.done()
        other.rollback()
        waiting.result(timeout=30)


def wait_until_somebody_waits(other: "psycopg.Connection[object]") -> None:
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(2_000):
        if other.execute(asked).fetchone()[0]:
            return
        other.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waits")


def test_two_verbs_at_once_both_end(filled_db) -> None:
    officer = make_user()
    case = make_case(Kind.COMPLAINT)
    deliver()
    work = [
        in_thread(lambda: messages.write(Case.objects.get(pk=case.pk), "Hello", by=officer))
        for _ in range(4)
    ]
    for one in work:
        one.result(timeout=30)
    assert CaseMessage.objects.count() == 4
