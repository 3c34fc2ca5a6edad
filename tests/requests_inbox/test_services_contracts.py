"""A contract is recorded, ends, goes on, or was a mistake: who may say so, and what it moves."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services import contracts, handling, replying
from requests_inbox.services.errors import BlockedError, RequestStateError
from requests_inbox.services.keeping import last_day_without_contract, recompute
from tests.factories import consulting_user, make_user, solutions_user
from tests.requests_inbox.contracting import USUAL, classed, customer, monday_request
from tests.requests_inbox.desk import at, block_person, events, fresh, last_line, travel

pytestmark = pytest.mark.django_db
START = date(2026, 11, 20)


def contract_of(item: ConsultationRequest) -> tuple[date | None, date | None, date | None]:
    now = fresh(item)
    return now.contract_start, now.contract_end, now.destroy_after


def test_open_contract_takes_the_last_day_away() -> None:
    item, user = monday_request(), solutions_user()
    assert contract_of(item) == (None, None, USUAL)
    with travel(24, 12):
        assert contracts.record_contract(item, START, None, by=user) is None

    assert contract_of(item) == (START, None, None)
    assert (last_line(item).event, last_line(item).reason) == ("contract_recorded", "2026-11-20")
    event = AuditEvent.objects.get(action="request.contract")
    assert (event.actor, event.subject, event.detail) == (user.pk, item.subject_id, {})


@pytest.mark.parametrize(
    ("end", "day"),
    [
        (date(2026, 11, 20), USUAL),
        (date(2027, 11, 23), USUAL),
        (date(2027, 11, 24), USUAL),
        (date(2027, 11, 25), date(2027, 11, 25)),
        (date(2036, 2, 29), date(2036, 2, 29)),
    ],
)
def test_contract_with_an_end_is_kept_until_the_later_day(end, day) -> None:
    item = customer(START, end)

    assert contract_of(item) == (START, end, day)
    assert events(item)[-2:] == ["contract_recorded", "contract_ended"]


def test_end_can_be_set_moved_and_taken_back() -> None:
    item, user = customer(START), solutions_user()
    with travel(25, 12):
        assert contracts.end_contract(item, date(2027, 12, 31), by=user) == date(2027, 12, 31)
        assert contracts.end_contract(item, date(2026, 11, 25), by=user) == USUAL
        assert contracts.end_contract(item, None, by=user) is None
        assert contracts.end_contract(item, None, by=user) is None

    assert contract_of(item) == (START, None, None)
    assert events(item)[-3:] == ["contract_ended", "contract_ended", "contract_goes_on"]
    assert AuditEvent.objects.filter(action="request.contract_end").count() == 3


def test_mistake_brings_the_usual_day_back() -> None:
    item = customer(START)
    with travel(25, 12):
        assert contracts.remove_contract(item, by=solutions_user()) == USUAL

    assert contract_of(item) == (None, None, USUAL)
    assert last_line(item).event == "contract_removed"
    assert AuditEvent.objects.filter(action="request.contract_remove").count() == 1


def test_contract_with_documents_is_no_mistake() -> None:
    item = customer(START)
    classed(item)

    with pytest.raises(RequestStateError, match="take them back first"):
        contracts.remove_contract(item, by=solutions_user())
    assert fresh(item).has_contract


def test_second_contract_is_refused() -> None:
    item = customer(START)
    with pytest.raises(RequestStateError, match="recorded on this request already"):
        contracts.record_contract(item, START, None, by=solutions_user())


def test_contract_that_is_not_there_neither_ends_nor_goes() -> None:
    item, user = monday_request(), solutions_user()
    with pytest.raises(RequestStateError, match="No contract is recorded"):
        contracts.end_contract(item, START, by=user)
    with pytest.raises(RequestStateError, match="No contract is recorded"):
        contracts.remove_contract(item, by=user)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 11, 25), None, "once it has been concluded"),
        (date(1999, 12, 31), None, "too far in the past"),
        (START, date(2026, 11, 19), "cannot end before it begins"),
        (START, date(2076, 11, 25), "too far in the future"),
    ],
)
def test_days_that_cannot_be_are_refused(start, end, words) -> None:
    item = monday_request()
    with travel(24, 12), pytest.raises(RequestStateError, match=words):
        contracts.record_contract(item, start, end, by=solutions_user())
    assert contract_of(item) == (None, None, USUAL)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 11, 24), None),
        (date(2000, 1, 1), date(2000, 1, 1)),
        (START, date(2076, 11, 24)),
    ],
)
def test_days_at_the_edge_are_taken(start, end) -> None:
    item = customer(start, end)
    assert contract_of(item)[:2] == (start, end)


@pytest.mark.parametrize(
    ("who", "words"),
    [(consulting_user, "Only the company itself"), (make_user, None)],
    ids=["the other company", "dpo"],
)
def test_contract_is_the_companys_and_the_dpos_affair(who, words) -> None:
    item = monday_request()
    with travel(24, 12):
        if words is None:
            contracts.record_contract(item, START, None, by=who())
            return
        with pytest.raises(RequestStateError, match=words):
            contracts.record_contract(item, START, None, by=who())
    assert not fresh(item).has_contract


def test_request_of_nobody_has_no_contract() -> None:
    item = monday_request(service="other")
    with pytest.raises(RequestStateError, match="No company has this request yet"):
        contracts.record_contract(item, START, None, by=make_user())


def test_blocked_person_is_left_alone() -> None:
    item = customer(START)
    with travel(24, 13):
        block_person(item)
    for verb in (
        lambda: contracts.end_contract(item, None, by=make_user()),
        lambda: contracts.remove_contract(item, by=make_user()),
    ):
        with pytest.raises(BlockedError):
            verb()


class TestWithdrawal:
    """E-5b, E-8g: the basis is consent alone until a contract is recorded."""

    def test_under_a_contract_stops_processing_and_keeps_the_request(self) -> None:
        item = customer(START)
        with travel(25, 10):
            handling.withdraw(item, method="staff", actor=make_user())

        now = fresh(item)
        assert (now.status, now.destroy_after) == (Status.WITHDRAWN, None)
        told = OutboundMail.objects.filter(about=item.pk, purpose=Purpose.RIGHTS)
        bodies = "\n".join(mail.body for mail in told)
        assert "as long as it lasts" in bodies
        assert "None" not in bodies

    def test_contract_still_ends_afterwards(self) -> None:
        item = customer(START)
        with travel(25, 10):
            handling.withdraw(item, method="staff", actor=make_user())
            contracts.end_contract(item, date(2026, 11, 25), by=solutions_user())

        assert fresh(item).destroy_after == date(2027, 11, 25)

    @pytest.mark.parametrize(("day", "taken"), [(24, True), (25, True), (26, False)])
    def test_contract_of_an_earlier_day_can_still_be_recorded(self, day, taken) -> None:
        item = monday_request()
        with travel(25, 10):
            handling.withdraw(item, method="staff", actor=make_user())
        assert fresh(item).destroy_after == date(2026, 12, 22)
        with travel(27, 10):
            if taken:
                contracts.record_contract(item, date(2026, 11, day), None, by=make_user())
            else:
                with pytest.raises(RequestStateError, match="withdrawn before that day"):
                    contracts.record_contract(item, date(2026, 11, day), None, by=make_user())
        assert fresh(item).has_contract is taken

    def test_company_staff_cannot_undo_the_promise_of_a_deletion(self) -> None:
        item, user = monday_request(), solutions_user()
        with travel(25, 10):
            handling.withdraw(item, method="staff", actor=make_user())
        with (
            travel(27, 10),
            pytest.raises(RequestStateError, match="ask the data protection officer"),
        ):
            contracts.record_contract(item, date(2026, 11, 24), None, by=user)
        with travel(27, 10):
            contracts.record_contract(item, date(2026, 11, 24), date(2026, 11, 25), by=make_user())
            for end in (None, date(2030, 1, 1)):
                with pytest.raises(RequestStateError, match="ask the data protection officer"):
                    contracts.end_contract(fresh(item), end, by=user)
        assert fresh(item).contract_end == date(2026, 11, 25)

    def test_mistake_means_deletion_after_all(self) -> None:
        item = customer(START)
        with travel(25, 10):
            handling.withdraw(item, method="staff", actor=make_user())
            assert last_day_without_contract(fresh(item)).day == date(2026, 12, 22)
            contracts.remove_contract(item, by=solutions_user())

        assert fresh(item).destroy_after == date(2026, 12, 22)


def test_events_of_the_thread_move_the_day_of_an_ended_contract() -> None:
    item, user = customer(START, date(2026, 11, 24)), solutions_user()
    with travel(25, 10):
        handling.close(item, "spam", by=user)
    assert fresh(item).destroy_after == date(2027, 11, 25)
    with travel(26, 10):
        replying.message_received(item, at=at(26, 9), channel="email", body="Hi", by=user)
    assert fresh(item).destroy_after == date(2027, 11, 27)
    with travel(30, 10):
        replying.answered_elsewhere(item, at=at(30, 9), channel="phone", note="", by=user)
    assert fresh(item).destroy_after == date(2027, 11, 30)


def test_events_of_the_thread_leave_an_open_contract_without_a_day() -> None:
    item, user = customer(START), solutions_user()
    with travel(25, 10):
        replying.answered_elsewhere(item, at=at(25, 9), channel="phone", note="", by=user)
        replying.message_received(item, at=at(25, 10), channel="email", body="Hi", by=user)

    assert fresh(item).destroy_after is None


def test_recompute_takes_contracts_as_they_are() -> None:
    kept, ended = customer(START), customer(START, date(2030, 1, 1))
    assert recompute() == 0
    ConsultationRequest.objects.filter(pk=ended.pk).update(destroy_after=date(2031, 1, 1))

    assert recompute() == 1
    assert contract_of(kept)[2] is None
    assert contract_of(ended)[2] == date(2030, 1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"destroy_after": None},
        {"contract_start": START, "contract_end": START, "destroy_after": None},
        {"contract_start": START},
        {"contract_end": START},
        {"contract_start": START, "contract_end": date(2026, 11, 19)},
    ],
    ids=["no day", "no day after the end", "a day while open", "no start", "end before start"],
)
def test_database_refuses_what_no_rule_allows(wrong) -> None:
    item = monday_request()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsultationRequest.objects.filter(pk=item.pk).update(**wrong)


def test_request_that_has_just_gone_is_told_in_words() -> None:
    item = monday_request()
    gone = fresh(item)
    gone.pk = make_user().pk
    with pytest.raises(RequestStateError, match="no longer kept"):
        contracts.record_contract(gone, START, None, by=solutions_user())
