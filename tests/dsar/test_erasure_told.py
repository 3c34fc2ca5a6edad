"""The answer to a deletion says what is true: all, a part, or nothing could be deleted (E-8i)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dsar.mails import final_key
from dsar.models import Case, Kind, Outcome, ResidualTrace, Status
from dsar.services import erasure, residual
from emsar.entities.registry import registry
from emsar.entities.wording import day_text
from emsar.outbox import sending
from emsar.outbox.models import OutboundMail
from requests_inbox.models import ConsultationRequest
from tests.dsar.erasing import case_of, make_case, make_person
from tests.factories import make_user

pytestmark = pytest.mark.django_db
EMAIL = "leyla.hesenli@example.com"
ALL, SOME, NONE = "we have deleted everything", "deleted what may be", "nothing could be deleted"
ORDERED = "ordered to be deleted"


def answer(case: Case) -> OutboundMail:
    return OutboundMail.objects.get(key=final_key(case))


def carried_out(case: Case) -> OutboundMail:
    erasure.approve(case, by=make_user())
    return answer(case)


def contract(request: ConsultationRequest, **days: date) -> None:
    values = {"contract_end": date(2026, 6, 30), "destroy_after": date(2027, 6, 30), **days}
    rows = ConsultationRequest.objects.filter(pk=request.pk)
    rows.update(contract_start=date(2026, 1, 1), **values)


def said(mail: OutboundMail) -> set[str]:
    return {words for words in (ALL, SOME, NONE, ORDERED) if words in mail.body}


def test_all() -> None:
    mail = carried_out(make_case(make_person("Leyla Həsənli", EMAIL)))
    assert said(mail) == {ALL, ORDERED}
    assert "has been carried out" in mail.subject_line
    assert registry().authority.name.get("en") not in mail.body


def test_a_part() -> None:
    kept, gone = make_person("Leyla Həsənli", EMAIL), make_person("Leyla Həsənli", EMAIL)
    contract(kept)
    mail = carried_out(make_case(gone))
    assert said(mail) == {SOME, ORDERED}
    assert "Copies of what was deleted" in mail.body
    assert registry().authority.name.get("en") in mail.body


def test_nothing() -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    contract(request)
    case = make_case(request)
    mail = carried_out(case)
    assert said(mail) == {NONE}
    assert "has been answered" in mail.subject_line
    assert "Requests (1): a contract is recorded; until 30 June 2027." in mail.body
    assert registry().authority.name.get("en") in mail.body
    sending.send_due()
    assert residual.settle(case), residual.findings_of(case)
    case.refresh_from_db()
    assert case.outcome == Outcome.REFUSED


@pytest.mark.parametrize("kind", [Kind.DELETION, Kind.COMPLAINT])
def test_files_of_cases_have_a_last_day(kind) -> None:
    """Both of the case itself and of one that is still to be answered."""
    request = make_person("Leyla Həsənli", EMAIL)
    contract(request)
    other = case_of(request.contact, kind) if kind != Kind.DELETION else None
    case = make_case(request)
    days = {each.promise_due + timedelta(days=30) for each in (case, other) if each}
    (lines,) = [
        [line for line in carried_out(case).body.splitlines() if line.startswith("- Files of")]
    ]
    assert len(lines) == len(days)
    for day in days:
        assert any(f"until {day_text(day, 'en')}." in line for line in lines)
    assert "until that ends" not in "".join(lines)


def test_contract_without_an_end_is_said_to_last() -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    contract(request, contract_end=None, destroy_after=None)
    assert (
        "Requests (1): a contract is recorded; until that ends."
        in carried_out(make_case(request)).body
    )


def test_cases_that_wait_for_their_answer_keep_no_other_from_being_scanned() -> None:
    """As when a server refuses mail for a day: the oldest are all of that kind."""
    cases = [make_case(make_person(f"P {n}", f"p{n}@example.com")) for n in range(4)]
    for case in cases:
        erasure.approve(case, by=make_user())
    ResidualTrace.objects.filter(case=cases[3]).update(at=timezone.now() + timedelta(seconds=9))
    OutboundMail.objects.filter(key=final_key(cases[3])).update(status="sent", to_address=None)
    assert residual.settle_all(limit=2) == 1
    cases[3].refresh_from_db()
    assert cases[3].status == Status.COMPLETED
    assert set(Case.objects.running()) == set(cases[:3])


class TestExplained:
    """What the officer explained are rows, not a place where anything may hide from then on."""

    PLACE = "audit_heartbeat.note"

    @pytest.fixture
    def case(self) -> Case:
        case = make_case(make_person("Leyla Həsənli", "l@hs.az"))
        erasure.approve(case, by=make_user())
        sending.send_due()
        self.plant("one", "of l@hs.az")
        assert not residual.settle(case)
        residual.explain(case, self.PLACE, by=make_user())
        assert residual.scan(case) == []
        return case

    def plant(self, name: str, words: str) -> None:
        statement = (
            "INSERT INTO audit_heartbeat VALUES (%s, now(), %s)"
            " ON CONFLICT (job) DO UPDATE SET note = excluded.note"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [name, words])

    def test_same_rows_stay_explained(self, case) -> None:
        self.plant("two", "of nobody")
        assert residual.settle(case)

    @pytest.mark.parametrize(
        ("name", "words"), [("two", "of l@hs.az"), ("one", "and of l@hs.az too")]
    )
    def test_another_row_or_other_words_there_are_found_again(self, case, name, words) -> None:
        self.plant(name, words)
        assert [found.place for found in residual.scan(case)] == [self.PLACE]

    def test_row_in_the_place_of_another_is_found_again(self, case) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_heartbeat WHERE job = 'one'")
        self.plant("two", "of l@hs.az")
        assert [found.rows for found in residual.scan(case)] == [1]

    def test_what_is_remembered_names_nobody(self, case) -> None:
        (sign,) = ResidualTrace.objects.get().found["explained"]
        assert sign.startswith(f"{self.PLACE}:address:1:")
        assert "l@hs.az" not in sign
