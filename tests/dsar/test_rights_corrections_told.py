"""Corrections: who is told of the new value, and the link to a new address (E-8d)."""

import pytest

from dsar.models import Case, CaseMessage, Kind, Outcome, Proposal
from dsar.services import corrections, disclosures
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects.identifiers import find
from emsar.subjects.models import SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling, replying
from tests.dsar.corrected import (
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
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import deliver, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> ConsultationRequest:
    return make_request(email=EMAIL, name="Aysel Memedova", company="Azurite")


@pytest.fixture
def case(item) -> Case:
    return make_case(Kind.CORRECTION, email=EMAIL)


class TestTelling:
    def test_mailboxes_that_hold_a_copy_get_the_new_value(self, case, item) -> None:
        deliver()
        approve(propose(case, item, "Leyla Həsənova"))
        mail = OutboundMail.objects.get(key__contains=":corrected:")
        assert mail.to_address == mail.copy_in == registry().mailbox_of("solutions").address
        assert "Leyla Həsənova" in mail.body
        # The copy of this mail goes with its request.
        assert (mail.about, mail.purpose) == (item.pk, Purpose.RIGHTS)

    def test_company_that_got_the_request_is_told_too(self, case, item) -> None:
        handling.hand_over(item, "consulting", "field", by=make_user())
        approve(propose(case, item, "Leyla Həsənova"))
        told = OutboundMail.objects.filter(key__contains=":corrected:")
        expected = {registry().mailbox_of(slug).address for slug in ("solutions", "consulting")}
        assert {mail.to_address for mail in told} == expected

    def test_nobody_is_told_who_got_nothing(self, case, item) -> None:
        approve(propose(case, item, "Leyla Həsənova"))
        assert not OutboundMail.objects.filter(key__contains=":corrected:").exists()

    def test_officer_reads_whom_outside_to_tell(self, case, item) -> None:
        disclosures.disclose(
            item.subject_id,
            recipient="District court",
            document="No. 7",
            ground="court",
            legal_reference="personal-data",
            fields=[f"{REQUEST}.name"],
            by=make_user(),
        )
        approve(propose(case, item, "Leyla Həsənova"))
        note = CaseMessage.objects.get(direction="note")
        assert "District court, No. 7" in note.body


class TestNewAddress:
    def test_changes_only_after_the_link_to_it_was_used(self, case, item) -> None:
        proposal = approve(propose_address(case))
        assert proposal.state == Proposal.State.CONFIRMING
        assert find("email", NEW) is None
        corrections.confirm_address(token_mailed(NEW))
        assert find("email", EMAIL) is None
        assert find("email", NEW).pk == fresh(item).contact_id
        assert now_of(case).outcome == Outcome.FULFILLED

    def test_replies_go_to_it_from_then_on(self, case, item) -> None:
        replying.send_reply(item, "Hello", by=solutions_user())
        approve(propose_address(case))
        corrections.confirm_address(token_mailed(NEW))
        mail = OutboundMail.objects.get(about=item.pk, purpose=Purpose.REPLY)
        assert mail.to_address == NEW
        assert make_request(email=NEW).subject_id == item.subject_id
        assert make_request(email=EMAIL).subject_id != item.subject_id

    def test_link_works_once_and_for_nothing_else(self, case) -> None:
        approve(propose_address(case))
        token = token_mailed(NEW)
        corrections.confirm_address(token)
        for wrong in (token, "", "x" * 43):
            with pytest.raises(CaseStateError):
                corrections.confirm_address(wrong)

    def test_of_another_person_is_told_to_the_officer_before(self, case) -> None:
        make_request(email=NEW)
        # Whoever proposes it learns nothing from the answer.
        proposal = propose_address(case)
        with pytest.raises(CaseRefusedError, match="merge"):
            approve(proposal)
        assert not OutboundMail.objects.filter(about=case.pk).exists()

    def test_that_became_another_person_s_meanwhile_is_told_to_the_officer(
        self, case, item
    ) -> None:
        approve(propose_address(case))
        owner = make_request(email=NEW)
        corrections.confirm_address(token_mailed(NEW))
        assert find("email", NEW).subject_id == owner.subject_id
        assert SubjectIdentifier.objects.get(pk=item.contact_id).value == EMAIL
        assert Proposal.objects.get().state == Proposal.State.REJECTED
        mails = OutboundMail.objects.filter(purpose=Purpose.STAFF, key__contains=":taken:")
        assert NEW not in mails.get().body

    def test_is_not_confirmed_once_the_case_was_taken_back(self, case) -> None:
        approve(propose_address(case))
        token = token_mailed(NEW)
        ended(now_of(case), Outcome.WITHDRAWN)
        with pytest.raises(CaseStateError):
            corrections.confirm_address(token)
        assert find("email", NEW) is None
