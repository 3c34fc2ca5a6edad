"""The rules of requests and documents: disjoint, on time to the day, and no row too late."""

import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from emsar.datamap.rules import rules_of
from emsar.outbox.models import MailCopy
from emsar.retention.models import DestructionLine, LegalHold, Sweep
from emsar.retention.sweeps import sweep
from emsar.subjects.models import DataSubject, SubjectIdentifier
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from requests_inbox.services import contracts, handling
from requests_inbox.services.keeping import last_day_of
from requests_inbox.services.lateness import late_documents, late_requests
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.contracting import USUAL, classed, customer, law, monday_request
from tests.requests_inbox.desk import at, fresh, travel

pytestmark = pytest.mark.django_db
START = date(2026, 11, 20)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _ledger(tmp_path, settings) -> None:
    settings.LEDGER_URL = f"file://{tmp_path / 'ledger.jsonl'}"


def night_after(day: date) -> datetime:
    """03:00 in Baku of the following day."""
    return datetime(day.year, day.month, day.day, 23, tzinfo=UTC)


def run(rule: str, day: date) -> int:
    """The sweep of one rule in the night after a day; rows destroyed."""
    return sweep(Sweep.Kind.NIGHT, only=rule, now=night_after(day)).records


def every_kind() -> list[ConsultationRequest]:
    """Open, closed, spam and withdrawn requests, each with and without a contract."""
    made = []
    for contract in (None, (START, None), (START, START)):
        for what in ("open", "no_answer_needed", "spam", "duplicate", "withdrawn"):
            item = monday_request()
            with travel(24, 10):
                if contract:
                    contracts.record_contract(item, *contract, by=solutions_user())
                if what == "withdrawn":
                    handling.withdraw(item, method="staff", actor=make_user())
                elif what != "open":
                    handling.close(item, what, by=solutions_user())
            made.append(item)
    return made


def test_hold_on_a_request_keeps_its_documents_after_it_has_gone() -> None:
    document = classed(customer(START, START))
    AccountingDocument.objects.update(destroy_after=START, counted_from=START - DAY)
    hold = LegalHold.objects.create(
        kind="record",
        target=document.request,
        reason="inspection",
        legal_reference=law(),
        review_on=START,
    )
    other = classed(customer(START, START))
    AccountingDocument.objects.filter(pk=other.pk).update(
        destroy_after=START, counted_from=START - DAY
    )
    ConsultationRequest.objects.filter(pk=document.request).delete()
    assert run("accounting_documents", START) == 1
    assert list(AccountingDocument.objects.all()) == [document]
    LegalHold.objects.filter(pk=hold.pk).update(released_at=night_after(START))
    assert run("accounting_documents", START) == 1


def test_each_request_is_governed_by_exactly_one_rule() -> None:
    made = every_kind()
    records = [rule for rule in rules_of(ConsultationRequest) if rule.last_day]
    # What only empties a column governs no request.
    governing = [rule for rule in records if not rule.empties]
    names = ["consultation", "customer", "withdrawn", "objected", "spam"]
    assert [rule.name for rule in governing] == names

    found = {
        rule.name: set(ConsultationRequest.objects.filter(rule.where).values_list("pk", flat=True))
        for rule in governing
    }
    assert {name: len(keys) for name, keys in found.items()} == {
        "consultation": 2,
        "customer": 10,
        "withdrawn": 1,
        "objected": 0,
        "spam": 2,
    }
    assert set().union(*found.values()) == {item.pk for item in made}


@pytest.mark.parametrize("end", [date(2027, 11, 23), USUAL, date(2027, 11, 25), date(2028, 2, 29)])
def test_customers_request_goes_in_the_night_after_the_later_day(end) -> None:
    customer(START, end)
    last = max(end, USUAL)

    assert [run("customer", day) for day in (last - DAY, last, last)] == [0, 1, 0]
    line = DestructionLine.objects.get()
    assert (line.rule, line.clause, line.trigger) == ("customer", "E-7.2b", "S-5a")
    assert (line.first_day, line.last_day) == (last, last)


def test_request_of_an_open_contract_never_goes() -> None:
    item = customer(START)
    for rule in ("consultation", "customer", "withdrawn", "spam"):
        assert run(rule, date(2060, 1, 1)) == 0
    assert fresh(item).has_contract


def test_withdrawn_customer_is_kept_where_others_go() -> None:
    kept, gone = customer(START, START), monday_request()
    with travel(24, 10):
        for item in (kept, gone):
            handling.withdraw(item, method="staff", actor=make_user())

    assert run("withdrawn", date(2026, 12, 21)) == 1
    assert [row.pk for row in ConsultationRequest.objects.all()] == [kept.pk]
    assert run("customer", date(2027, 11, 23)) == 0
    assert run("customer", date(2027, 11, 24)) == 1


class TestDocument:
    def test_stays_alone_when_its_request_goes(self) -> None:
        item = customer(START, START)
        made = classed(item)
        MailCopy.objects.create(
            mailbox="info@example.com",
            message_id="<1@example.com>",
            reference=item.reference,
            about=item.pk,
            at=at(23),
        )
        assert run("customer", USUAL) == 1

        assert not ConsultationRequest.objects.exists()
        assert not Message.objects.exists()
        kept = AccountingDocument.objects.get(pk=made.pk)
        assert (kept.text, kept.title) == (item.project, "Invoice 12")
        assert (kept.counted_from, kept.destroy_after) == (USUAL, date(2032, 11, 24))
        assert DataSubject.objects.filter(pk=kept.subject_id).exists()
        assert SubjectIdentifier.objects.filter(subject=kept.subject_id).exists()

    def test_goes_in_the_night_after_its_own_last_day_with_the_person(self) -> None:
        classed(customer(START, START))
        assert run("customer", USUAL) == 1
        last = date(2032, 11, 24)

        assert [run("accounting_documents", day) for day in (last - DAY, last, last)] == [0, 1, 0]
        assert not AccountingDocument.objects.exists()
        assert not DataSubject.objects.exists()
        line = DestructionLine.objects.get(rule="accounting_documents")
        assert (line.clause, line.records, line.last_day) == ("E-7.2c", 1, last)
        assert line.counts["subjects.datasubject"] == 1

    def test_of_an_open_contract_never_goes(self) -> None:
        classed(customer(START))
        assert run("accounting_documents", date(2090, 1, 1)) == 0

    def test_hold_on_the_company_or_the_person_keeps_it(self) -> None:
        made = classed(customer(START, START))
        words = {"reason": "court", "legal_reference": law(), "review_on": date(2033, 1, 1)}
        for hold in (
            LegalHold(kind="company", code="solutions", **words),
            LegalHold(kind="subject", target=made.subject_id, **words),
            LegalHold(kind="record", target=made.pk, **words),
        ):
            hold.save()
            assert run("accounting_documents", date(2032, 11, 24)) == 0
            hold.delete()
        assert run("accounting_documents", date(2032, 11, 24)) == 1


class TestLateness:
    def late(self) -> tuple[int, int]:
        return late_requests(), late_documents()

    def test_nothing_that_the_services_wrote_is_late(self) -> None:
        for item in every_kind():
            if fresh(item).has_contract:
                classed(fresh(item))
        assert self.late() == (0, 0)

    def test_day_too_many_is_found_of_each_kind(self) -> None:
        items = every_kind()
        dated = [fresh(item) for item in items if fresh(item).destroy_after]
        for row in dated:
            day = row.destroy_after
            ConsultationRequest.objects.filter(pk=row.pk).update(destroy_after=day + DAY)
        assert self.late() == (len(dated), 0)
        assert len(dated) == 10

    def test_day_too_early_is_not_late(self) -> None:
        item = monday_request()
        ConsultationRequest.objects.filter(pk=item.pk).update(destroy_after=USUAL - DAY)
        assert self.late() == (0, 0)

    def test_request_without_a_version_is_looked_at_too(self) -> None:
        monday_request()
        ConsultationRequest.objects.update(version=None, destroy_after=USUAL + DAY)
        assert self.late() == (1, 0)

    def test_document_is_late_by_its_years_or_by_its_base(self) -> None:
        item = customer(START, START)
        made = AccountingDocument.objects.filter(pk=classed(item).pk)
        for counted_from, last, late in (
            (USUAL, date(2032, 11, 24), 0),
            (USUAL, date(2032, 11, 25), 1),
            (USUAL + DAY, date(2032, 11, 25), 1),
            (None, None, 1),
        ):
            made.update(counted_from=counted_from, destroy_after=last)
            assert late_documents() == late

    def test_document_that_lost_its_request_without_a_day_is_found(self) -> None:
        item = customer(START)
        classed(item)
        assert late_documents() == 0
        ConsultationRequest.objects.filter(pk=item.pk).delete()
        assert late_documents() == 1

    def test_check_names_the_table(self) -> None:
        monday_request()
        ConsultationRequest.objects.update(destroy_after=date(2040, 1, 1))
        with pytest.raises(SystemCheckError, match=r"1 rows of requests_inbox\.ConsultationReq"):
            call_command("check", databases=["default"], stdout=StringIO(), stderr=StringIO())

    @pytest.mark.parametrize("seed", range(5))
    def test_sql_and_python_agree_on_any_history(self, seed) -> None:
        """Each row is moved to its last day, and then a day behind it."""
        chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
        for _ in range(20):
            row = _any_history(make_request(), chance)
            day = last_day_of(row).day
            ConsultationRequest.objects.filter(pk=row.pk).update(
                **{name: getattr(row, name) for name in _FACTS}, destroy_after=day
            )
        assert late_requests() == 0
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE requests_inbox_consultationrequest SET destroy_after = destroy_after + 1"
            )
        assert (
            late_requests()
            == ConsultationRequest.objects.filter(destroy_after__isnull=False).count()
        )


_FACTS = (
    *("received_at", "reply_due_at", "replied_at", "closed_at", "status", "close_reason"),
    *("contract_start", "contract_end"),
)


def _any_history(row: ConsultationRequest, chance: random.Random) -> ConsultationRequest:
    """Facts in any combination, around midnight in Baku and the ends of months."""

    def moment() -> datetime:
        days = chance.choice([0, 28, 29, 59, 60, 366, chance.randrange(3000)])
        hour = chance.choice([0, 12, 19, 20, 21, 23])
        return datetime(2028, 1, 31, hour, 59, 59, 999999, tzinfo=UTC) + timedelta(days=days)

    row.received_at, row.reply_due_at = moment(), moment()
    row.replied_at = chance.choice([None, moment()])
    row.closed_at = chance.choice([None, moment()])
    row.status = chance.choice(["new", "replied", "closed", "withdrawn"])
    row.close_reason = chance.choice(["", "spam", "duplicate", "no_answer_needed"])
    first, last = sorted([moment().date(), moment().date()])
    row.contract_start, row.contract_end = chance.choice(
        [(None, None), (None, None), (first, None), (first, last)]
    )
    return row


def test_order_of_events_at_the_same_instant_does_not_matter() -> None:
    """The day follows from the facts, whichever was written first."""
    dpo = make_user()

    def ended(item: ConsultationRequest) -> None:
        contracts.record_contract(item, START, START, by=dpo)

    def withdrawn(item: ConsultationRequest) -> None:
        handling.withdraw(item, method="staff", actor=dpo)

    found = []
    for order in ((ended, withdrawn), (withdrawn, ended)):
        item = monday_request()
        with travel(24, 10):
            for event in order:
                event(item)
        found.append(fresh(item).destroy_after)
    assert all(one == other for one, other in pairwise(found))
    assert found[0] == date(2027, 11, 24)
