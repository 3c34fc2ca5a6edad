"""Whoever asked to be forgotten is not kept by a company's word (E-7.2e, E-8f, E-8g)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from dsar.models import Case, Kind, Status
from dsar.services import objections
from emsar.subjects.models import Objection
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import contracts
from requests_inbox.services.errors import RequestStateError
from tests.dsar.erasing import make_case
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import address, fresh, signed_in

pytestmark = pytest.mark.django_db
WORDS = "Please ask the data protection officer"
Act = Callable[[ConsultationRequest], object]


def objects(item: ConsultationRequest) -> Case:
    case = make_case(item, Kind.OBJECTION)
    objections.suspend(case)
    return case


def stops_proposals(item: ConsultationRequest) -> None:
    objections.object(objects(item), [Objection.Purpose.PROPOSAL], by=make_user())


def asks_unproved(item: ConsultationRequest) -> None:
    make_case(item, Kind.DELETION, status=Status.UNVERIFIED, verified_at=None)


ACTS: tuple[Act, ...] = (objects, stops_proposals, asks_unproved, make_case)


@pytest.mark.parametrize("act", ACTS)
def test_company_staff_record_no_contract_once_the_person_wants_it_gone(act) -> None:
    item, user = make_request(service="it-solutions"), solutions_user()
    act(item)
    today = timezone.localdate()
    with pytest.raises(RequestStateError, match=WORDS):
        contracts.record_contract(item, today, None, by=user)
    assert not fresh(item).has_contract

    contracts.record_contract(item, today, today, by=make_user())
    with pytest.raises(RequestStateError, match=WORDS):
        contracts.end_contract(fresh(item), None, by=user)
    assert fresh(item).contract_end == today


def test_page_says_so_before_anything_is_typed() -> None:
    item, user = make_request(service="it-solutions"), solutions_user()
    make_case(item)
    response = signed_in(user).get(address("contract", item), follow=True)
    assert WORDS in str(next(iter(response.context["messages"])))
    assert response.redirect_chain
    assert signed_in(make_user()).get(address("contract", item)).status_code == 200


def test_what_came_after_the_objection_or_of_others_is_no_matter_of_it() -> None:
    same, user = {"service": "it-solutions", "email": "a@b.example"}, solutions_user()
    item = make_request(**same)
    make_case(make_request(service="it-solutions", email="somebody@else.example"))
    objects(item)
    later = make_request(**same)
    assert later.subject_id == item.subject_id
    ConsultationRequest.objects.filter(pk=later.pk).update(
        registered_at=timezone.now() + timedelta(minutes=1)
    )
    contracts.record_contract(fresh(later), timezone.localdate(), None, by=user)
    assert fresh(later).has_contract
