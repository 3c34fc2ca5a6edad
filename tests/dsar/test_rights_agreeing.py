"""A person's yes to a value of an officer's counts, whatever has become of the officer since."""

from types import SimpleNamespace

import pytest

from dsar.models import Kind, Outcome, Proposal
from dsar.services import agreeing, corrections
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.audit.models import AuditEvent
from emsar.staff.models import Role
from emsar.subjects.identifiers import find
from tests.dsar.corrected import EMAIL, NEW, now_of, propose, token_mailed
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user
from tests.requests_inbox.desk import fresh

pytestmark = pytest.mark.django_db

LEFT = [{"is_active": False}, {"role": Role.AUDITOR}]


@pytest.fixture
def given(request) -> SimpleNamespace:
    """A value that an officer proposed who has left, or does something else, since."""
    item = make_request(email=EMAIL, name="Aysel Memedova")
    case, officer = make_case(Kind.CORRECTION, email=EMAIL), make_user()
    row = propose(case, item, "Aysel Məmmədova", by=officer)
    type(officer).objects.filter(pk=officer.pk).update(**getattr(request, "param", LEFT[0]))
    return SimpleNamespace(item=item, case=case, officer=officer, row=row)


@pytest.mark.parametrize("given", LEFT, indirect=True)
def test_yes_is_carried_out_and_ends_the_case(given) -> None:
    agreeing.agree(now_of(given.case), given.row, is_right=True)
    given.row.refresh_from_db()
    assert (fresh(given.item).name, given.row.state) == ("Aysel Məmmədova", "applied")
    assert now_of(given.case).outcome == Outcome.FULFILLED
    assert AuditEvent.objects.get(action="case.correct").actor == given.officer.pk
    with pytest.raises(CaseStateError, match="decided already"):
        agreeing.agree(now_of(given.case), given.row, is_right=True)


def test_no_changes_nothing(given) -> None:
    agreeing.agree(now_of(given.case), given.row, is_right=False)
    given.row.refresh_from_db()
    assert (fresh(given.item).name, given.row.state) == ("Aysel Memedova", "rejected")


def test_new_address_is_still_proved_by_its_link() -> None:
    make_request(email=EMAIL)
    case, officer = make_case(Kind.CORRECTION, email=EMAIL), make_user()
    place = ("subjects.subjectidentifier", str(find("email", EMAIL).pk), "value")
    row = corrections.propose(case, *place, NEW, by=officer)
    officer.is_active = False
    officer.save()
    agreeing.agree(now_of(case), row, is_right=True)
    row.refresh_from_db()
    assert row.state == Proposal.State.CONFIRMING
    corrections.confirm_address(token_mailed(NEW))
    assert find("email", NEW) is not None


def test_what_the_person_proposed_nobody_accepts_for_the_officer() -> None:
    item = make_request(email=EMAIL, name="Aysel Memedova")
    case = make_case(Kind.CORRECTION, email=EMAIL)
    row = propose(case, item, "Aysel Məmmədova")
    with pytest.raises(CaseRefusedError, match="officer decides"):
        corrections.accept(row)
    assert fresh(item).name == "Aysel Memedova"
