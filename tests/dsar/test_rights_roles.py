"""The verbs under the rights of the database roles that carry them out."""

import pytest
from django.utils import timezone

from dsar.models import Case, CaseRecord, Kind, Status
from dsar.services import blocking, corrections, deciding, messages, objections
from emsar.staff import rows
from requests_inbox.models import ConsultationRequest
from tests.audit.test_roles_at_work import acting_as
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user
from tests.requests_inbox.desk import fresh

pytestmark = pytest.mark.django_db

EMAIL = "aysel@example.com"
WEB, WORKER = "emsar_web", "emsar_worker"


@pytest.fixture
def item() -> ConsultationRequest:
    return make_request(email=EMAIL)


def now_of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("kind", [Kind.WITHDRAWAL, Kind.OBJECTION, Kind.BLOCKING])
@pytest.mark.parametrize("role", [WEB, WORKER])
def test_what_takes_effect_by_itself(item, kind, role) -> None:
    case = make_case(kind, email=EMAIL)
    with acting_as(role), rows.of_person(item.subject_id):
        deciding.after_verification(case)
        deciding.by_deadline(now_of(case))
    assert now_of(case).status == Status.COMPLETED


def test_machine_withdraws_what_the_officer_chose(item) -> None:
    case = make_case(Kind.WITHDRAWAL, email=EMAIL, is_shared=True, chosen_at=timezone.now())
    CaseRecord.objects.create(file=case.file, record=item.pk, belongs=True)
    with acting_as(WORKER):
        assert deciding.by_deadline(case)
    assert fresh(item).status == "withdrawn"


def test_officer_s_verbs(item) -> None:
    officer = make_user()
    case = make_case(Kind.CORRECTION, email=EMAIL)
    complaint = make_case(Kind.COMPLAINT, email=EMAIL)
    objection = make_case(Kind.OBJECTION, email=EMAIL)
    label = "requests_inbox.consultationrequest"
    with acting_as(WEB), rows.of_member(officer):
        first = corrections.propose(case, label, str(item.pk), "name", "Leyla")
        assert first.pk
        second = corrections.propose(now_of(case), label, str(item.pk), "name", "Leyla Həsənova")
        corrections.decide(second, True, by=officer)
        deciding.pause(complaint, "Who?", by=officer)
        messages.from_person(now_of(complaint), "I.")
        blocking.block(now_of(complaint), by=officer)
        blocking.lift(now_of(complaint), "asked", by=officer)
        deciding.answer(now_of(complaint), "Sorry.", by=officer)
        objections.object(objection, ["routing", "proposal", "reply"], by=officer)
    now = fresh(item)
    assert (now.name, now.status) == ("Leyla Həsənova", "objected")
