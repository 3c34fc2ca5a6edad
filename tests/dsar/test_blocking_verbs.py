"""When a block begins and ends, and who is told (E-8h)."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from dsar.admin.allowed import allowed
from dsar.admin.stages import staged
from dsar.admin.words import machine_day
from dsar.models import Case, CaseFile, Kind, Outcome, Status
from dsar.services import blocking, deadlines, deciding
from dsar.services.deadlines import broken
from dsar.services.errors import CaseRefusedError
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.dsar.desk import ended, make_case
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

EMAIL = "aysel@example.com"


def case_of(kind: str = Kind.BLOCKING, **fields: object) -> Case:
    return make_case(kind, email=EMAIL, **fields)


def now_of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def blocked_at(case: Case):
    return DataSubject.objects.get(pk=case.subject).blocked_at


def visible() -> int:
    return ConsultationRequest.objects.visible_to(solutions_user()).count()


def test_takes_effect_at_once_when_identity_is_proved() -> None:
    make_request(email=EMAIL)
    case = case_of()
    assert (visible(), blocked_at(case)) == (1, None)
    deciding.after_verification(case)
    assert (visible(), now_of(case).outcome) == (0, Outcome.FULFILLED)
    assert OutboundMail.objects.filter(about=case.pk).unblocked().count() == 1


def test_waits_for_proof() -> None:
    case = case_of(verified=False)
    deciding.after_verification(case)
    assert blocked_at(case) is None


def test_second_demand_may_mean_its_end_and_waits_for_the_officer() -> None:
    deciding.after_verification(case_of())
    second = case_of()
    before = blocked_at(second)
    deciding.after_verification(second)
    assert (now_of(second).status, blocked_at(second)) == (Status.OPEN, before)


def test_machine_neither_renews_nor_lifts_the_block_of_somebody_who_was_blocked() -> None:
    officer = make_user()
    deciding.after_verification(case_of())
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        make_request(email=EMAIL)
        second = case_of(details="Please end the block.")
        before = blocked_at(second)
        deciding.after_verification(second)
        late = datetime.combine(second.promise_due + timedelta(days=1), time(12), BAKU)
        for moment in (late - timedelta(days=2), late):
            assert deadlines.run(moment)["answered"] == 0
        assert (now_of(second).status, blocked_at(second)) == (Status.OPEN, before)
        assert visible() == 1
        assert not OutboundMail.objects.filter(about=second.pk).exists()
        assert broken(late.date()).get() == second
        due = OutboundMail.objects.filter(purpose="staff", key__contains=f"{second.pk}")
        assert {mail.to_address for mail in due} == {officer.email}
        assert machine_day(second, staged(second)) is None


def test_machine_does_not_block_anew_whose_block_ended_by_another_case() -> None:
    deciding.after_verification(case_of())
    second = case_of()
    deciding.after_verification(second)
    blocking.lift(case_of(Kind.OTHER), "settled", by=make_user())
    assert not deciding.by_deadline(now_of(second))
    assert blocked_at(second) is None


def test_officer_renews_the_block_or_lifts_it() -> None:
    deciding.after_verification(case_of())
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        make_request(email=EMAIL)
        second = case_of()
        deciding.after_verification(second)
        officer = make_user()
        assert allowed(now_of(second), staged(second), officer) >= {"block", "lift"}
        blocking.block(now_of(second), by=officer)
        assert (visible(), now_of(second).outcome) == (0, Outcome.FULFILLED)


def test_machine_makes_up_for_a_block_that_was_never_set() -> None:
    make_request(email=EMAIL)
    case = case_of()
    assert deciding.by_deadline(now_of(case))
    assert visible() == 0


def test_officer_blocks_in_a_case_of_another_kind_which_goes_on() -> None:
    make_request(email=EMAIL)
    case = case_of(Kind.COMPLAINT)
    blocking.block(case, by=make_user())
    assert (visible(), now_of(case).status) == (0, Status.OPEN)


class TestLifting:
    def test_needs_a_reason_and_says_it(self) -> None:
        make_request(email=EMAIL)
        case = case_of()
        deciding.after_verification(case)
        for reason in ("", "whim"):
            with pytest.raises(CaseRefusedError, match="why"):
                blocking.lift(now_of(case), reason, by=make_user())
        assert visible() == 0
        blocking.lift(now_of(case), "settled", by=make_user())
        assert visible() == 1
        assert AuditEvent.objects.get(action="subject.unblock").detail == {"reason": "settled"}
        assert case.events.last().reason == "settled"
        body = OutboundMail.objects.filter(about=case.pk).latest("created_at").body
        assert "settled" in body

    def test_ends_an_open_case_about_it(self) -> None:
        deciding.after_verification(case_of())
        second = case_of()
        blocking.lift(second, "asked", by=make_user())
        assert now_of(second).outcome == Outcome.FULFILLED

    def test_is_possible_when_the_file_is_gone(self) -> None:
        case = case_of()
        deciding.after_verification(case)
        CaseFile.objects.filter(case=case).delete()
        blocking.lift(now_of(case), "settled", by=make_user())
        assert blocked_at(case) is None

    def test_without_a_block_is_refused(self) -> None:
        with pytest.raises(CaseRefusedError, match="not blocked"):
            blocking.lift(ended(case_of()), "asked", by=make_user())

    @pytest.mark.parametrize("role", ["entity_staff", "administrator", "auditor"])
    def test_is_the_officer_s_alone(self, role) -> None:
        by = solutions_user() if role == "entity_staff" else make_user(role)
        case = case_of()
        deciding.after_verification(case)
        with pytest.raises(CaseRefusedError):
            blocking.lift(now_of(case), "asked", by=by)
        with pytest.raises(CaseRefusedError):
            blocking.block(now_of(case), by=by)
        assert blocked_at(case) is not None


def test_nobody_assigned_is_nobody_blocked() -> None:
    case = make_case(Kind.CHILD)
    with pytest.raises(CaseRefusedError, match="Nobody is assigned"):
        blocking.block(case, by=make_user())
