"""A question about identity that is open: no copy leaves before it is answered (E-8k)."""

from datetime import timedelta

import pytest

from dsar import health
from dsar.admin.stages import staged
from dsar.admin.words import machine_day
from dsar.models import Case, Kind, Release, Status
from dsar.services import deadlines, deciding, messages, sharing
from emsar.outbox.models import OutboundMail
from tests.dsar.desk import make_case
from tests.dsar.nights import night_of
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db

KINDS = [Kind.ACCESS, Kind.INFORMATION]


@pytest.fixture
def officer():
    return make_user()


def now_of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def asked(officer, kind: str, **fields: object) -> Case:
    case = make_case(kind, **fields)
    deciding.pause(case, "Which of the two addresses is yours?", by=officer)
    return now_of(case)


def told() -> int:
    return OutboundMail.objects.filter(purpose="staff", key__contains=":question:").count()


@pytest.mark.parametrize("kind", KINDS)
def test_machine_releases_nothing_and_tells_the_officer_every_day(officer, kind) -> None:
    case = asked(officer, kind)
    assert machine_day(case, staged(case)) is None
    deadlines.run(night_of(case.execute_on - timedelta(days=1)))
    assert told() == 0
    for number in range(1, 4):
        for _ in range(2):
            counts = deadlines.run(night_of(case.execute_on + timedelta(days=number - 1)))
        assert (counts["answered"], told()) == (0, number)
    assert now_of(case).paused_since == case.paused_since
    assert not Release.objects.exists()
    mail = OutboundMail.objects.filter(key__contains=":question:").latest("created_at")
    assert mail.to_address == officer.email
    assert case.reference in mail.body
    assert "a question about identity is open" in mail.body
    assert health.faults(night_of(case.promise_due + timedelta(days=1))) == ["overdue"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_released_once_the_question_is_answered(officer, kind) -> None:
    case = asked(officer, kind)
    messages.from_person(case, "The second one.")
    assert Release.objects.get().case_id == case.pk
    assert deadlines.run(night_of(case.execute_on))["answered"] == 0


def test_proof_or_choice_of_records_does_not_answer_it(officer) -> None:
    mine = make_request(email="aysel@example.com")
    other = make_request(email="aysel@example.com", name="Rauf Quliyev")
    case = asked(officer, Kind.ACCESS, email="aysel@example.com")
    sharing.choose(case, {mine.pk: True, other.pk: False}, by=officer)
    deciding.after_verification(now_of(case))
    assert now_of(case).status == Status.OPEN
    assert now_of(case).paused_since is not None


def test_deadline_answers_no_question_of_a_case_that_waits_for_people(officer) -> None:
    case = asked(officer, Kind.COMPLAINT)
    assert not deciding.by_deadline(now_of(case))
    assert now_of(case).paused_since is not None


def test_deletion_waits_for_no_answer(officer) -> None:
    make_request(email="aysel@example.com")
    case = asked(officer, Kind.DELETION, email="aysel@example.com")
    assert deadlines.run(night_of(case.execute_on))["erased"] == 1
    assert told() == 0
