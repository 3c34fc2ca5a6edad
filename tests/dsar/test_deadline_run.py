"""The night: on its day everything is done, and what cannot be is told every day (E-7.2e, E-8k)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dsar import health
from dsar.models import Case, CaseFile, Kind, Outcome, Release, Status
from dsar.services import deadlines, erasure, reminding, sharing
from dsar.services.dates import promise_of
from emsar.entities.businessdays import BAKU
from emsar.entities.models import CalendarDay
from emsar.entities.publication import bump
from emsar.entities.registry import reset
from emsar.outbox.models import OutboundMail
from requests_inbox.models import ConsultationRequest
from tests.dsar.erasing import case_of, make_case, make_person
from tests.dsar.nights import RECEIVED, night_of, someone, told
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [Status.OPEN, Status.APPROVED])
@pytest.mark.parametrize("second", [False, True])
def test_in_the_night_of_its_day_it_is_carried_out_and_not_before(settings, status, second) -> None:
    """Approved or not, with a second person or without."""
    settings.DSAR_SECOND_APPROVAL = second
    case = someone(status=status)
    assert (case.promise_due - case.execute_on).days == 3
    with time_machine.travel(night_of(case.execute_on - timedelta(days=1)), tick=False):
        assert deadlines.run()["erased"] == 0
    assert ConsultationRequest.objects.exists()
    with time_machine.travel(night_of(case.execute_on), tick=False):
        assert deadlines.run()["erased"] == 1
        assert deadlines.run()["erased"] == 0
    case.refresh_from_db()
    assert case.status == Status.EXECUTED
    assert case.executed_at.astimezone(BAKU).date() <= case.promise_due
    assert not ConsultationRequest.objects.exists()


@pytest.mark.parametrize(
    ("moment", "erased"),
    [
        (datetime(2027, 1, 5, 19, 59, tzinfo=UTC), 0),  # 23:59 in Baku, the day before
        (datetime(2027, 1, 5, 20, 1, tzinfo=UTC), 1),  # 00:01 in Baku
    ],
)
def test_day_is_that_of_baku(moment, erased) -> None:
    case = someone()
    assert case.execute_on == date(2027, 1, 6)
    assert deadlines.run(moment)["erased"] == erased


def test_open_question_pauses_the_law_and_not_the_promise() -> None:
    case = someone(paused_since=RECEIVED, statutory_due=None)
    assert deadlines.run(night_of(case.execute_on))["erased"] == 1


@pytest.mark.parametrize(
    "change",
    [{"verified_at": None, "status": Status.UNVERIFIED}, {"is_shared": True}, {"subject": None}],
)
def test_machine_guesses_nothing(change) -> None:
    case = someone(**change)
    make_user()
    assert deadlines.run(night_of(case.execute_on))["erased"] == 0
    assert ConsultationRequest.objects.exists()


def test_what_waits_for_a_choice_is_told_daily_and_then_broken() -> None:
    officer = make_user()
    request = make_person("Kamran Vəliyev", "family@example.com")
    other = make_person("Sona Vəliyeva", "family@example.com")
    case = make_case(request, received=RECEIVED)
    for day in range(3):
        for _ in range(2):
            deadlines.run(night_of(case.execute_on + timedelta(days=day)))
        assert told("choice") == day + 1
    mail = OutboundMail.objects.filter(key__contains=":choice:").first()
    assert case.reference in mail.body
    assert "Kamran" not in mail.body
    assert "family@" not in mail.body
    broken = case.promise_due + timedelta(days=1)
    assert health.faults(night_of(case.promise_due)) == []
    assert health.faults(night_of(broken)) == ["overdue"]
    case.refresh_from_db()
    sharing.choose(case, {request.pk: True, other.pk: False}, by=officer)
    assert deadlines.run(night_of(broken))["erased"] == 1
    assert list(ConsultationRequest.objects.all()) == [other]


def test_child_without_a_subject_is_told_daily_and_never_guessed() -> None:
    make_user()
    request = make_person("Kamran Vəliyev", "parent@example.com")
    case = case_of(request.contact, Kind.CHILD, received=RECEIVED)
    deadlines.run(night_of(case.execute_on))
    assert told("choice") == 1
    assert ConsultationRequest.objects.exists()


@pytest.mark.parametrize(
    ("days", "stage"),
    [(11, None), (10, 10), (9, 10), (4, 10), (3, 3), (2, 3), (1, 1), (0, 1), (-1, 0), (-20, 0)],
)
def test_stages_of_the_reminders(days, stage) -> None:
    assert reminding.stage_of(days) == stage


def test_reminders_come_once_each_and_daily_when_it_is_over() -> None:
    make_user()
    request = make_person("Kamran Vəliyev", "k@example.com")
    case = case_of(request.contact, Kind.COMPLAINT, received=RECEIVED)
    seen = []
    for days in range(12, -3, -1):
        moment = night_of(case.promise_due - timedelta(days=days))
        Case.objects.filter(pk=case.pk).update(statutory_due=None)
        for _ in range(2):
            reminding.remind(moment)
        seen.append(
            OutboundMail.objects.filter(purpose="staff", key__contains=f"{case.pk}").count()
        )
    assert seen == [0, 0, *[1] * 7, *[2] * 2, *[3] * 2, 4, 5]


def test_copies_are_released_and_what_nobody_proved_is_closed() -> None:
    known = make_person("Kamran Vəliyev", "k@example.com")
    copy = case_of(known.contact, Kind.ACCESS, received=RECEIVED)
    stranger = make_person("Nobody Known", "n@example.com")
    unproved = case_of(
        stranger.contact, Kind.DELETION, received=RECEIVED, status=Status.UNVERIFIED,
        verified_at=None,
    )  # fmt: skip
    counts = deadlines.run(night_of(copy.execute_on))
    assert (counts["answered"], counts["closed"]) == (1, 0)
    assert Release.objects.get().case == copy
    assert deadlines.run(night_of(unproved.promise_due))["closed"] == 1
    unproved.refresh_from_db()
    assert unproved.outcome == Outcome.UNVERIFIED
    assert not CaseFile.objects.filter(pk=unproved.pk).exists()


def test_case_that_fails_keeps_no_other_from_being_done(monkeypatch, caplog) -> None:
    bad, good = someone(1), someone(2)
    real = erasure.destroy

    def failing(case, extent):
        if case.pk == bad.pk:
            raise LookupError("no such thing")
        return real(case, extent)

    monkeypatch.setattr(erasure, "destroy", failing)
    with pytest.raises(deadlines.DeadlineMissedError, match="1 cases"):
        deadlines.run(night_of(bad.execute_on))
    assert f"case {bad.pk} was not carried out: LookupError" in caplog.text
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status) == (Status.EXECUTED, Status.OPEN)
    assert ConsultationRequest.objects.filter(subject=bad.subject).exists()


def test_new_day_off_moves_the_term_of_the_law_and_not_the_promise() -> None:
    case = someone()
    deadlines.run(RECEIVED)
    case.refresh_from_db()
    before, promised = case.statutory_due, case.promise_due
    CalendarDay.objects.update_or_create(
        date=date(2026, 12, 14), defaults={"kind": "off", "name_az": "x", "name_en": "x"}
    )
    bump()
    reset()
    deadlines.run(RECEIVED)
    case.refresh_from_db()
    assert case.statutory_due == before + timedelta(days=1)
    assert case.promise_due == promised


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    received=st.datetimes(
        min_value=datetime(2026, 5, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2032, 12, 31),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    late=st.integers(min_value=0, max_value=3),
    approved=st.booleans(),
    paused=st.booleans(),
    second=st.booleans(),
)
def test_execution_is_never_later_than_the_promise(
    settings, received, late, approved, paused, second
) -> None:
    """Whatever the officer did or left, and with up to three nights lost."""
    settings.DSAR_SECOND_APPROVAL = second
    case = someone(
        received=received,
        status=Status.APPROVED if approved else Status.OPEN,
        paused_since=received if paused else None,
    )
    promised = promise_of(Kind.DELETION, received).last_day
    moment = night_of(case.execute_on + timedelta(days=late))
    with time_machine.travel(moment, tick=False):
        deadlines.run()
    case.refresh_from_db()
    assert case.status == Status.EXECUTED
    assert case.executed_at.astimezone(BAKU).date() <= promised == case.promise_due
    assert (promised - received.astimezone(BAKU).date()).days == 30
    Case.objects.all().delete()
