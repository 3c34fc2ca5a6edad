"""What rests for an undecided case goes on however it ends, but not while another needs it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dsar.grounds import Ground
from dsar.models import Case, Kind, Outcome
from dsar.services import deciding, objections, sharing
from dsar.services.transitions import complete
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import replying
from requests_inbox.services.errors import SuspendedError
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

EMAIL = "aysel@example.com"


@pytest.fixture
def item() -> ConsultationRequest:
    return make_request(email=EMAIL)


def taken(kind: str, **fields: object) -> Case:
    """A case after identity was proved."""
    case = make_case(kind, email=EMAIL, **fields)
    deciding.after_verification(case)
    return Case.objects.get(pk=case.pk)


def rests(case: Case) -> bool:
    return DataSubject.objects.get(pk=case.subject).suspended_at is not None


def refuse(case: Case) -> None:
    deciding.refuse(case, Ground.LAW_KEEPS, "personal-data", "It is kept.", by=make_user())


def answer(case: Case) -> None:
    deciding.answer(case, "We have done so.", by=make_user())


def decide(case: Case) -> None:
    objections.object(case, ["notice"], by=make_user())


ENDS = [refuse, answer, deciding.withdraw, decide]


@pytest.mark.parametrize("end", ENDS)
def test_objection_that_ends_lets_the_rest_go_on(item, end) -> None:
    case = taken(Kind.OBJECTION)
    assert rests(case)
    end(case)
    assert not rests(case)
    replying.send_reply(item, "Hello", by=solutions_user())


@pytest.mark.parametrize("end", ENDS[:3])
def test_withdrawal_that_waited_for_a_choice_lets_the_rest_go_on(item, end) -> None:
    make_request(email=EMAIL, name="Rauf Quliyev")
    case = taken(Kind.WITHDRAWAL)
    assert rests(case)
    end(case)
    assert not rests(case)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("is_first", [True, False])
def test_other_case_that_is_undecided_keeps_all_at_rest(item, end, is_first) -> None:
    """Both orders: whichever of the two ends first, the other still needs it."""
    other = make_request(email=EMAIL, name="Rauf Quliyev")
    objection, withdrawal = taken(Kind.OBJECTION), taken(Kind.WITHDRAWAL)
    by, choice = make_user(), {item.pk: True, other.pk: False}
    sharing.choose(objection, choice, by=by)
    if is_first:
        end(objection)
        assert rests(objection)
        deciding.withdraw(withdrawal)
    else:
        sharing.choose(withdrawal, choice, by=by)
        deciding.after_verification(withdrawal)
        assert Case.objects.get(pk=withdrawal.pk).outcome == Outcome.FULFILLED
        assert rests(objection)
        with pytest.raises(SuspendedError):
            replying.send_reply(other, "Hello", by=solutions_user())
        end(Case.objects.get(pk=objection.pk))
    assert not rests(objection)


def test_objection_carried_out_in_a_case_of_another_kind_lifts_nothing(item) -> None:
    case = taken(Kind.OBJECTION)
    decide(make_case(Kind.OTHER, email=EMAIL))
    assert rests(case)


def test_case_that_nobody_proved_keeps_nothing_at_rest(item) -> None:
    case = taken(Kind.OBJECTION)
    make_case(Kind.WITHDRAWAL, email=EMAIL, verified=False)
    refuse(case)
    assert not rests(case)


def test_end_by_the_machine_lets_the_rest_go_on_too(item) -> None:
    """As when a case is joined with another, or ends with a deletion that a contract outlives."""
    case = taken(Kind.OBJECTION)
    complete(case, Outcome.NOTHING_HELD, event="erased", actor=None, allowed=[case.status])
    assert not rests(case)


def test_second_case_covers_what_came_in_before_it(item) -> None:
    taken(Kind.OBJECTION)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        later = make_request(email=EMAIL, name="Rauf Quliyev")
        withdrawal = taken(Kind.WITHDRAWAL)
        with pytest.raises(SuspendedError):
            replying.send_reply(later, "Hello", by=solutions_user())
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        latest = make_request(email=EMAIL)
        deciding.by_deadline(withdrawal)
        replying.send_reply(latest, "Hello", by=solutions_user())
