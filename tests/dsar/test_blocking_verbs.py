"""When a block begins and ends, and who is told (E-8h)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dsar.models import Case, CaseFile, Kind, Outcome, Status
from dsar.services import blocking, deciding
from dsar.services.errors import CaseRefusedError
from emsar.audit.models import AuditEvent
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


def test_machine_blocks_anew_rather_than_lifts() -> None:
    deciding.after_verification(case_of())
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        make_request(email=EMAIL)
        assert visible() == 1
        second = case_of()
        deciding.after_verification(second)
        assert deciding.by_deadline(now_of(second))
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
