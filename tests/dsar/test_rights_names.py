"""Another name comes under an address while a case runs: nothing is used before a choice."""

from datetime import timedelta

import pytest
import time_machine

from dsar.admin.allowed import allowed
from dsar.admin.stages import Stage, staged
from dsar.correcting import find_place
from dsar.following import followed
from dsar.models import Case, CaseEvent, Kind, Outcome, Proposal, Status
from dsar.offering import values_of
from dsar.package import assemble
from dsar.services import (
    agreeing,
    corrections,
    deadlines,
    deciding,
    erasure,
    objections,
    preview,
    sharing,
)
from dsar.services.errors import CaseRefusedError
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject, Objection, SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from requests_inbox.models import Status as RequestStatus
from tests.dsar.asking import ADDRESS, text_of, verified
from tests.dsar.corrected import give_phone, propose
from tests.dsar.desk import make_case, signed_in, url, verb_url
from tests.dsar.nights import night_of, told
from tests.factories import make_request, make_user
from tests.requests_inbox.desk import fresh

pytestmark = pytest.mark.django_db

SECRET = "Rauf Quliyev"


@pytest.fixture
def officer():
    return make_user()


def now_of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def events(case: Case) -> list[str]:
    return list(CaseEvent.objects.filter(case=case).values_list("event", flat=True))


def pair(kind: str, **fields: object) -> tuple[Case, ConsultationRequest, ConsultationRequest]:
    """A case that saw one name when identity was proved, and the request of another name since."""
    mine = make_request(email=ADDRESS, name="Aysel Məmmədova")
    case = make_case(kind, email=ADDRESS, **fields)
    return case, mine, make_request(email=ADDRESS, name=SECRET)


def choose(case: Case, mine: ConsultationRequest, other: ConsultationRequest, by) -> None:
    sharing.choose(case, {mine.pk: True, other.pk: False}, by=by)


class TestCorrection:
    def test_page_offers_nothing_and_says_whose_turn_it_is(self, client) -> None:
        make_request(email=ADDRESS, name="Aysel Məmmədova")
        case = verified(client, Kind.CORRECTION)
        address = f"/en/my-data/cases/{case.reference}/"
        assert "Propose this value" in client.get(address).text
        other = make_request(email=ADDRESS, name=SECRET)
        page = text_of(client.get(address).text)
        assert SECRET not in page
        assert "Propose this value" not in page
        assert "first has to settle which records are yours" in page
        key = f"requests_inbox.consultationrequest|{other.pk}|name"
        assert client.post(f"{address}propose/", {"field": key, "value": "X Y"}).status_code == 422
        assert not Proposal.objects.exists()

    def test_services_refuse_in_words_for_who_reads_them(self, officer) -> None:
        case, mine, other = pair(Kind.CORRECTION)
        assert values_of(now_of(case)) == []
        for row in (mine, other):
            with pytest.raises(CaseRefusedError, match="officer has to choose first"):
                propose(case, row, "Leyla Həsənova")
            with pytest.raises(CaseRefusedError, match="Please choose first"):
                propose(case, row, "Leyla Həsənova", by=officer)

    def test_proposal_of_the_officer_is_neither_shown_nor_made(self, client, officer) -> None:
        mine = make_request(email=ADDRESS, name="Aysel Memedova")
        case = verified(client, Kind.CORRECTION)
        row = propose(case, mine, "Aysel Novruzova", by=officer)
        page = f"/en/my-data/cases/{case.reference}/"
        assert "Aysel Novruzova" in client.get(page).text
        other = make_request(email=ADDRESS, name=SECRET)
        assert "Aysel Novruzova" not in client.get(page).text
        answer = client.post(f"{page}agree/", {"proposal": row.pk, "answer": "yes"})
        assert answer.status_code == 409
        assert "officer has to choose first" in answer.text
        choose(now_of(case), mine, other, officer)
        agreeing.agree(now_of(case), row, is_right=True)
        assert fresh(mine).name == "Aysel Novruzova"

    def test_number_of_the_other_person_is_not_shown_after_the_choice(self, officer) -> None:
        mine = make_request(email=ADDRESS, name="Aysel Məmmədova")
        other = make_request(email=ADDRESS, name=SECRET)
        give_phone(mine, "+994501112233")
        row = give_phone(other, "+994552223344")
        case = make_case(Kind.CORRECTION, email=ADDRESS)
        choose(case, mine, other, officer)
        shown = {value.value for value in values_of(now_of(case))}
        assert {ADDRESS, "+994501112233"} <= shown
        assert not {"+994552223344", SECRET} & shown
        label = SubjectIdentifier._meta.label_lower
        assert find_place(case.subject, {mine.pk}, label, str(row.pk), "value")
        with pytest.raises(CaseRefusedError, match="not there"):
            corrections.propose(now_of(case), label, str(row.pk), "value", "+994509998877")


@pytest.mark.parametrize("kind", [Kind.OBJECTION, Kind.WITHDRAWAL])
class TestStopping:
    def test_marks_nothing_of_the_other_and_lets_all_rest(self, kind, officer) -> None:
        case, mine, other = pair(kind)
        deciding.after_verification(now_of(case))
        assert not deciding.by_deadline(now_of(case))
        for row in (mine, other):
            assert (fresh(row).objected, fresh(row).status) == ([], RequestStatus.NEW)
        assert now_of(case).status == Status.OPEN
        assert DataSubject.objects.get(pk=case.subject).suspended_at is not None
        assert now_of(case).is_shared
        choose(now_of(case), mine, other, officer)
        deciding.after_verification(now_of(case))
        deciding.by_deadline(now_of(case))
        assert now_of(case).outcome == Outcome.FULFILLED
        assert (fresh(other).objected, fresh(other).status) == ([], RequestStatus.NEW)
        assert fresh(mine).status in {RequestStatus.OBJECTED, RequestStatus.WITHDRAWN}


def test_officer_cannot_carry_out_an_objection_before_the_choice(officer) -> None:
    case, mine, other = pair(Kind.OBJECTION)
    with pytest.raises(CaseRefusedError, match="choose first"):
        objections.object(now_of(case), ["reply"], by=officer)
    assert not Objection.objects.exists()
    assert fresh(mine).status == fresh(other).status == RequestStatus.NEW


def test_nothing_is_previewed_packed_or_followed_before_the_choice() -> None:
    case, _mine, _other = pair(Kind.DELETION)
    assert preview.preview(case).erase == []
    with pytest.raises(CaseRefusedError):
        assemble(case)
    assert "Several people have written from your address" in followed(case).next
    assert sharing.chosen_of(case) == set()


def test_board_and_page_ask_for_the_choice_at_once(officer) -> None:
    case, mine, other = pair(Kind.COMPLAINT)
    client = signed_in(officer)
    board = client.get(url("case_changelist")).text
    assert f'href="{verb_url(case, "records")}"' in board
    assert events(case)[-1] == "names_found"
    page = client.get(url("case_change", case.pk)).text
    assert "Another name has appeared under the address" in page
    data = {f"record-{mine.pk}": "yes", f"record-{other.pk}": "no"}
    assert client.post(verb_url(case, "records"), data).status_code == 302
    assert sharing.watch() == 0
    assert staged(now_of(case)) == Stage.ANSWER


class TestApprovedDeletion:
    @pytest.fixture(autouse=True)
    def two(self, settings) -> None:
        settings.DSAR_SECOND_APPROVAL = True

    @pytest.fixture
    def found(self, officer) -> tuple[Case, ConsultationRequest, ConsultationRequest]:
        mine = make_request(email=ADDRESS, name="Aysel Məmmədova")
        case = make_case(Kind.DELETION, email=ADDRESS)
        erasure.approve(case, by=officer)
        assert now_of(case).status == Status.APPROVED
        return case, mine, make_request(email=ADDRESS, name=SECRET)

    def test_approval_is_void_and_the_officer_reads_why(self, found, officer) -> None:
        case, mine, other = found
        client = signed_in(make_user())
        assert client.get(verb_url(case, "second")).status_code == 302
        now = now_of(case)
        assert (now.status, now.approved_at, now.approved_by) == (Status.OPEN, None, None)
        assert events(case)[-2:] == ["names_found", "approval_void"]
        page = client.get(url("case_change", case.pk))
        assert page.context["stage"] == Stage.RECORDS
        assert "The approval no longer counts" in page.text
        assert "records" in allowed(now, staged(now), officer)
        data = {f"record-{mine.pk}": "yes", f"record-{other.pk}": "no"}
        assert client.post(verb_url(case, "records"), data).status_code == 302
        assert staged(now_of(case)) == Stage.APPROVAL

    def test_choice_is_possible_before_anybody_looked(self, found, officer) -> None:
        case, mine, other = found
        choose(case, mine, other, officer)
        assert (case.status, now_of(case).status) == (Status.OPEN, Status.OPEN)

    def test_is_told_daily_from_then_on_and_carried_out_by_the_deadline(
        self, found, officer
    ) -> None:
        case, mine, other = found
        for day in (case.execute_on - timedelta(days=9), case.execute_on, case.promise_due):
            before = told("choice")
            for _ in range(2):
                with time_machine.travel(night_of(day), tick=False):
                    assert deadlines.run()["erased"] == 0
            assert told("choice") == before + 1
        body = OutboundMail.objects.filter(key__contains=":choice:").first().body
        assert "no longer counts" in body
        choose(now_of(case), mine, other, officer)
        with time_machine.travel(night_of(case.promise_due), tick=False):
            assert deadlines.run()["erased"] == 1
        assert list(ConsultationRequest.objects.all()) == [other]

    def test_second_word_carries_nothing_out(self, found) -> None:
        case, _mine, _other = found
        with pytest.raises(CaseRefusedError, match="First say whose"):
            erasure.second(case, by=make_user())
        assert ConsultationRequest.objects.count() == 2
