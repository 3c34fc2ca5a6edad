"""Corrections: what can be proposed, what changes, and who is told (E-8d)."""

import json
from datetime import date

import pytest
from django.utils import timezone

from dsar.correcting import CHECKS, correctable_columns
from dsar.models import Case, CaseRecord, Kind, Outcome, Proposal, Status
from dsar.services import corrections, erasure, sharing
from dsar.services.corrections import FIELDS
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.subjects.identifiers import find
from emsar.subjects.models import SubjectIdentifier
from emsar.subjects.services import merge
from requests_inbox.models import AccountingDocument, ConsultationRequest
from requests_inbox.services import contracts
from tests.dsar.corrected import (
    ADDRESS,
    EMAIL,
    NEW,
    REQUEST,
    approve,
    now_of,
    propose,
    propose_address,
    token_mailed,
)
from tests.dsar.desk import ended, make_case
from tests.factories import form_entry, make_request, make_user, solutions_user
from tests.requests_inbox.contracting import classed, customer
from tests.requests_inbox.desk import fresh, listed, travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> ConsultationRequest:
    return make_request(email=EMAIL, name="Aysel Memedova", company="Azurite")


@pytest.fixture
def case(item) -> Case:
    return make_case(Kind.CORRECTION, email=EMAIL)


def test_every_column_that_the_map_calls_correctable_is_checked_and_named() -> None:
    assert set(CHECKS) == set(correctable_columns())
    assert {label.rpartition(".")[2] for label in CHECKS} == set(FIELDS)


class TestProposing:
    def test_changes_nothing_yet(self, case, item) -> None:
        proposal = propose(case, item, "Aysel Məmmədova")
        assert (proposal.state, fresh(item).name) == ("proposed", "Aysel Memedova")

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("name", ""),
            ("name", "12345"),
            ("name", "Two\nlines"),
            ("name", "x" * 121),
            ("company", "Evil\r\nBcc: x@example.com"),
            ("project", "x" * 5001),
            ("language", "de"),
            ("contract_start", "2026-11-22"),
            ("contract_start", "soon"),
        ],
    )
    def test_is_checked_as_the_form_checks(self, case, item, column, value) -> None:
        with pytest.raises(CaseRefusedError):
            propose(case, item, value, column)
        assert not Proposal.objects.exists()

    @pytest.mark.parametrize("value", ["nobody", "a b@example.com", "x@", "<x@example.com>"])
    def test_address_is_checked_as_the_form_checks(self, case, value) -> None:
        with pytest.raises(CaseRefusedError):
            propose_address(case, value)

    @pytest.mark.parametrize(
        ("model", "column"),
        [
            (REQUEST, "reference"),
            (REQUEST, "status"),
            (REQUEST, "search_keys"),
            ("staff.user", "email"),
            ("consent.consentevent", "version"),
            ("nothing.atall", "name"),
        ],
    )
    def test_reaches_only_what_can_be_corrected(self, case, item, model, column) -> None:
        with pytest.raises(CaseRefusedError):
            corrections.propose(case, model, str(item.pk), column, "x")

    def test_reaches_nobody_else_s_row(self, case) -> None:
        foreign = make_request()
        with pytest.raises(CaseRefusedError):
            propose(case, foreign, "Rauf")
        for key in ("1", "x", "' OR 1=1"):
            with pytest.raises(CaseRefusedError):
                corrections.propose(case, REQUEST, key, "name", "Rauf")

    def test_second_one_for_the_same_place_replaces_the_first(self, case, item) -> None:
        propose(case, item, "Aysel Mammadova")
        propose(case, item, "Aysel Məmmədova")
        assert Proposal.objects.get().value == "Aysel Məmmədova"

    def test_same_value_is_no_correction(self, case, item) -> None:
        with pytest.raises(CaseRefusedError, match="stored already"):
            propose(case, item, item.name)

    def test_needs_an_open_verified_case(self, item) -> None:
        closed = ended(make_case(Kind.CORRECTION, email=EMAIL))
        unproved = make_case(Kind.CORRECTION, email=EMAIL, verified=False)
        for one in (closed, unproved):
            with pytest.raises(CaseStateError):
                propose(one, item, "Aysel Məmmədova")

    def test_by_the_officer_needs_the_officer(self, case, item) -> None:
        with pytest.raises(CaseRefusedError, match="Only the data protection officer"):
            propose(case, item, "Aysel Məmmədova", by=solutions_user())
        assert propose(case, item, "Aysel Məmmədova", by=make_user()).pk


class TestDeciding:
    def test_all_copies_change_with_their_search_keys(self, case, item) -> None:
        same = make_request(email=EMAIL, name="Aysel Memedova")
        other_name = make_request(email=EMAIL, name="A. M.")
        stranger = make_request(name="Aysel Memedova")
        sharing.choose(case, dict.fromkeys([item.pk, same.pk, other_name.pk], True), by=make_user())
        approve(propose(case, item, "Leyla Həsənova"))
        names = [fresh(row).name for row in (item, same, other_name, stranger)]
        assert names == ["Leyla Həsənova", "Leyla Həsənova", "A. M.", "Aysel Memedova"]
        assert listed(solutions_user(), q="hesenova") == ["Leyla Həsənova"] * 2
        assert listed(solutions_user(), q="memedova") == ["Aysel Memedova"]
        assert listed(solutions_user(), q="azurite leyla") == ["Leyla Həsənova"]

    def test_document_follows_the_words_that_it_copies(self) -> None:
        item = customer(date(2026, 11, 23), email=EMAIL)
        document = classed(item)
        case = make_case(Kind.CORRECTION, email=EMAIL)
        approve(propose(case, item, "Five computers, not four.", "project"))
        text = AccountingDocument.objects.get(pk=document.pk).text
        assert text == fresh(item).project == "Five computers, not four."

    def test_days_of_a_contract_move_the_last_day_kept(self) -> None:
        item = customer(date(2026, 11, 23), date(2030, 1, 1), email=EMAIL)
        case = make_case(Kind.CORRECTION, email=EMAIL)
        with travel(25):
            approve(propose(case, item, "2031-02-03", "contract_end"))
        now = fresh(item)
        assert now.contract_end == now.destroy_after == date(2031, 2, 3)

    def test_audit_and_history_say_which_field_and_not_which_value(self, case, item) -> None:
        approve(propose(case, item, "Leyla Həsənova"))
        event = AuditEvent.objects.get(action="case.correct")
        assert event.detail == {"field": f"{REQUEST}.name", "copies": 1}
        everything = json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))
        assert "Leyla" not in everything
        assert "Memedova" not in everything
        entry = item.history.last()
        assert (entry.event, entry.reason) == ("corrected", "name")

    def test_case_ends_once_all_is_corrected(self, case, item) -> None:
        first = propose(case, item, "Leyla Həsənova")
        second = propose(case, item, "Azurit MMC", "company")
        approve(first)
        assert now_of(case).status == Status.OPEN
        approve(second)
        assert now_of(case).outcome == Outcome.FULFILLED
        body = OutboundMail.objects.filter(about=case.pk).latest("created_at").body
        assert "name and surname" in body
        assert "Leyla" not in body

    def test_rejected_value_changes_nothing_and_waits_for_the_refusal(self, case, item) -> None:
        proposal = approve(propose(case, item, "Leyla Həsənova"), yes=False)
        assert (proposal.state, fresh(item).name) == ("rejected", "Aysel Memedova")
        assert now_of(case).status == Status.OPEN

    def test_is_decided_once_and_by_the_officer(self, case, item) -> None:
        proposal = propose(case, item, "Leyla Həsənova")
        propose(case, item, "Azurit MMC", "company")
        with pytest.raises(CaseRefusedError):
            corrections.decide(proposal, True, by=solutions_user())
        approve(proposal)
        with pytest.raises(CaseStateError, match="decided already"):
            approve(proposal)

    def test_of_a_shared_address_stays_within_the_person_s_records(self, item) -> None:
        other = make_request(email=EMAIL, name="Aysel Memedova", project="Of her namesake.")
        case = make_case(Kind.CORRECTION, email=EMAIL, is_shared=True)
        with pytest.raises(CaseRefusedError, match="choose first"):
            propose(case, item, "Leyla Həsənova")
        CaseRecord.objects.create(file=case.file, record=item.pk, belongs=True)
        CaseRecord.objects.create(file=case.file, record=other.pk, belongs=False)
        Case.objects.filter(pk=case.pk).update(chosen_at=timezone.now())
        with pytest.raises(CaseRefusedError):
            propose(case, other, "Leyla Həsənova")
        approve(propose(case, item, "Leyla Həsənova"))
        assert (fresh(item).name, fresh(other).name) == ("Leyla Həsənova", "Aysel Memedova")


def test_correction_of_a_contract_needs_a_contract() -> None:
    item = make_request(email=EMAIL, name=form_entry().name)
    contracts.record_contract(item, timezone.localdate(), None, by=solutions_user())
    case = make_case(Kind.CORRECTION, email=EMAIL)
    with pytest.raises(CaseRefusedError, match="before it begins"):
        propose(case, item, "2020-01-01", "contract_end")


@pytest.mark.parametrize("is_proposal_left", [False, True])
def test_new_address_is_not_confirmed_once_the_old_one_was_erased(client, is_proposal_left) -> None:
    """A contract keeps the person, so the case of the correction and its link go on."""
    kept, doubled = make_request(email=EMAIL), make_request(email="aysel.old@example.com")
    merge(kept.subject, doubled.subject, actor=None)
    contracts.record_contract(fresh(kept), timezone.localdate(), None, by=solutions_user())
    case = make_case(Kind.CORRECTION, email=EMAIL)
    old = find("email", "aysel.old@example.com")
    proposal = approve(corrections.propose(case, ADDRESS, str(old.pk), "value", NEW))
    token = token_mailed(NEW)
    if is_proposal_left:
        ConsultationRequest.objects.filter(contact=old).update(contact=None)
        old.delete()
        with pytest.raises(CaseStateError):
            corrections.confirm_address(token)
    else:
        erasure.approve(make_case(Kind.DELETION, email=EMAIL), by=make_user())
        assert not SubjectIdentifier.objects.filter(pk=old.pk).exists()
    assert Proposal.objects.filter(pk=proposal.pk).exists() == is_proposal_left
    assert client.post(f"/en/my-data/address/{token}/", {"email": NEW}).status_code < 500
    assert find("email", NEW) is None
