"""The officer's word on when a case came in: what was said, what would follow, and both answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone, translation

from dsar.admin.allowed import allowed
from dsar.admin.stages import Stage, behind, staged
from dsar.admin.words import machine_day
from dsar.models import Case, CaseEvent, Kind, Status
from dsar.services import claims, identity, receipts
from dsar.services.dates import promise_of, statutory_day
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.audit.models import AuditEvent
from emsar.entities.wording import day_text
from emsar.staff.models import User
from tests.dsar.desk import make_case, said, signed_in, url, verb_url
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db

CLOCKS = ("received_at", "promise_due", "execute_on", "statutory_due")


def said_case(kind: str = Kind.DELETION, *, days: int = 20, **fields: Any) -> tuple[Case, User]:
    """A case that a colleague says came in so many days ago, and the colleague."""
    case, colleague = make_case(kind, **fields), solutions_user(full_name="Tərlan İ.")
    claims.earlier(case, ago(days), by=colleague)
    return Case.objects.get(pk=case.pk), colleague


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def answers(case: Case, answer: str, user: User | None = None) -> Any:
    """What comes of an answer to what stands in the case now."""
    seen = case.said_at.isoformat() if case.said_at else ""
    data = {"seen": seen, "answer": answer}
    return signed_in(user or make_user()).post(verb_url(case, "receipt"), data, follow=True)


def clocks(case: Case) -> dict[str, Any]:
    return Case.objects.filter(pk=case.pk).values(*CLOCKS).get()


def test_page_says_what_was_said_by_whom_and_what_would_follow() -> None:
    case, _colleague = said_case()
    client = signed_in(make_user())
    text = client.get(verb_url(case, "receipt")).text
    promised = promise_of(case.kind, case.said_at)
    with translation.override("en"):
        days = {day_text(case.promise_due), day_text(promised.last_day)}
    assert {word for word in {"Tərlan İ.", *days} if word in text} == {"Tərlan İ.", *days}
    assert case.said_at is not None
    assert f'name="seen" value="{case.said_at.isoformat()}"' in text
    assert verb_url(case, "receipt") in client.get(url("case_change", case.pk)).text
    assert Case.objects.get(pk=case.pk).said_at == case.said_at


def test_it_came_in_then_moves_both_clocks() -> None:
    case, _colleague = said_case()
    officer, moment = make_user(), case.said_at
    assert "count from the earlier day" in said(answers(case, "came", officer))[-1]
    now = Case.objects.get(pk=case.pk)
    promised = promise_of(case.kind, moment)
    assert (now.received_at, now.said_at) == (moment, None)
    assert (now.promise_due, now.execute_on) == (promised.last_day, promised.execute_on)
    assert now.statutory_due == statutory_day(now)
    event = CaseEvent.objects.get(case=case, event="received_earlier")
    assert event.actor == officer.pk
    assert staged(now) == Stage.APPROVAL


def test_it_did_not_takes_the_saying_away_without_personal_data() -> None:
    case, _colleague = said_case()
    officer, before = make_user(), clocks(case)
    answers(case, "not", officer)
    assert Case.objects.get(pk=case.pk).said_at is None
    assert clocks(case) == before
    assert CaseEvent.objects.get(case=case, event="not_earlier").actor == officer.pk
    event = AuditEvent.objects.get(action="case.not_earlier")
    assert (event.actor, event.object_id, event.detail) == (officer.pk, str(case.pk), {})


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_no_answer_changes_nothing(answer) -> None:
    case, _colleague = said_case()
    assert answers(case, answer).status_code == 422
    assert Case.objects.get(pk=case.pk).said_at == case.said_at


def test_what_was_said_since_is_not_answered_unseen() -> None:
    case, colleague = said_case()
    claims.earlier(Case.objects.get(pk=case.pk), ago(25), by=colleague)
    before = clocks(case)
    assert answers(case, "came").status_code == 409
    assert clocks(case) == before
    with pytest.raises(CaseStateError):
        receipts.did_not(case, by=make_user())


def test_unproved_case_is_not_ended_under_its_link() -> None:
    case, _colleague = said_case(days=29, verified=False)
    before, officer = clocks(case), make_user()
    page = signed_in(officer).get(verb_url(case, "receipt")).text
    assert "before the link that was mailed ends" in page
    response = answers(case, "came", officer)
    assert response.status_code == 409
    assert "before the link that was mailed ends" in response.text
    assert clocks(case) == before
    assert Case.objects.get(pk=case.pk).said_at == case.said_at


@pytest.mark.parametrize("answer", ["came", "not"])
def test_case_that_nobody_ever_proves_ends_once_the_officer_has_answered(answer) -> None:
    case, _colleague = said_case(days=29, verified=False)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        assert identity.unproved(timezone.now()) == []
        officer = make_user()
        assert "the case is closed then" in signed_in(officer).get(verb_url(case, "receipt")).text
        assert answers(case, answer, officer).status_code == 200
        assert identity.unproved(timezone.now()) == [case.pk]


def test_machine_is_announced_where_its_day_would_have_come() -> None:
    case, _colleague = said_case(days=32)
    assert "it acts within the hour" in signed_in(make_user()).get(verb_url(case, "receipt")).text


def test_nobody_else_can_say_it() -> None:
    case, colleague = said_case()
    assert answers(case, "came", colleague).status_code == 403
    with pytest.raises(CaseRefusedError):
        receipts.came_then(case, by=colleague)


@pytest.mark.parametrize("status", [Status.EXECUTED, None])
def test_page_is_closed_where_nothing_waits(status) -> None:
    case = make_case()
    if status:
        said_at = case.received_at - timedelta(days=9)
        Case.objects.filter(pk=case.pk).update(status=status, said_at=said_at)
    officer = make_user()
    assert "receipt" not in allowed(case, staged(Case.objects.get()), officer)
    assert answers(case, "came", officer).status_code == 409


@pytest.mark.parametrize(
    ("fields", "stage", "verb"),
    [
        ({}, Stage.APPROVAL, "approve"),
        ({"kind": Kind.ACCESS}, Stage.RELEASE, "release"),
        ({"kind": Kind.CHILD}, Stage.SUBJECT, "subject"),
        ({"verified": False}, Stage.UNVERIFIED, "prove"),
    ],
)
def test_saying_comes_first_and_keeps_nothing_else_from_being_done(fields, stage, verb) -> None:
    case, _colleague = said_case(**fields)
    assert (staged(case), behind(case)) == (Stage.RECEIPT, stage)
    assert {"receipt", verb} <= allowed(case, staged(case), make_user())
    acts = stage in {Stage.APPROVAL, Stage.RELEASE}
    assert machine_day(case, Stage.RECEIPT) == (case.execute_on if acts else None)
    board = signed_in(make_user()).get(url("case_changelist")).text
    assert verb_url(case, "receipt") in board
