"""Accounting documents: what is classed, until when it stays, and how it is taken back (E-7.2c)."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from emsar.audit.models import AuditEvent
from emsar.subjects.services import merge
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from requests_inbox.services import contracts, documents, handling, replying
from requests_inbox.services.errors import BlockedError, RequestStateError
from requests_inbox.services.keeping import recompute
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.contracting import USUAL, classed, customer, days, law, monday_request
from tests.requests_inbox.desk import at, block_person, events, fresh, last_line, travel

pytestmark = pytest.mark.django_db
START = date(2026, 11, 20)
END = date(2026, 11, 24)


def note(item: ConsultationRequest, body: str = "Invoice 12: 300 AZN") -> Message:
    return handling.add_note(item, body, by=solutions_user())


def test_document_is_a_copy_with_its_law_and_its_author() -> None:
    item, user = customer(START, END), solutions_user()
    message = note(item)
    made = classed(item, message, by=user)

    stored = AccountingDocument.objects.get()
    assert (stored.title, stored.text) == ("Invoice 12", "Invoice 12: 300 AZN")
    assert (stored.subject, stored.entity, stored.request) == (item.subject, item.entity, item.pk)
    assert (stored.message, stored.reference, stored.at) == (message.pk, item.reference, message.at)
    assert (stored.legal_reference, stored.classed_by) == (law(), user.pk)
    assert last_line(item).event == "document_classed"
    event = AuditEvent.objects.get(action="document.class")
    assert event.detail == {"request": str(item.pk), "law": "civil-code"}
    assert (event.object_id, event.subject) == (str(made.pk), item.subject_id)


def test_words_of_the_request_itself_can_be_a_document() -> None:
    item = customer(START, END)
    made = classed(item)

    assert (made.message, made.text, made.at) == (None, item.project, item.received_at)


def test_years_count_from_the_last_day_of_the_request() -> None:
    assert days(classed(customer(START, END))) == (USUAL, date(2032, 11, 24))


def test_document_of_an_open_contract_has_no_last_day_yet() -> None:
    assert days(classed(customer(START))) == (None, None)


def test_days_move_with_those_of_the_request() -> None:
    item, user = customer(START), solutions_user()
    made = classed(item)
    with travel(25, 10):
        contracts.end_contract(item, date(2028, 2, 29), by=user)
    assert days(made) == (date(2028, 2, 29), date(2033, 2, 28))
    with travel(25, 11):
        contracts.end_contract(item, END, by=user)
    assert days(made) == (USUAL, date(2032, 11, 24))
    with travel(30, 10):
        replying.answered_elsewhere(item, at=at(30, 9), channel="phone", note="", by=user)
    assert days(made) == (date(2027, 11, 30), date(2032, 11, 30))
    with travel(30, 12):
        contracts.end_contract(item, None, by=user)
    assert days(made) == (None, None)


def test_what_can_be_classed_has_words_and_is_no_draft() -> None:
    item, user = customer(START), solutions_user()
    with travel(25, 10):
        replying.save_draft(item, "A draft", by=user)
        replying.answered_elsewhere(item, at=at(25, 9), channel="phone", note="", by=user)
        replying.answered_elsewhere(item, at=at(25, 9, 30), channel="phone", note="Yes", by=user)
    with connection.cursor() as cursor:
        unreadable = note(item, "Lost")
        cursor.execute(
            "UPDATE requests_inbox_message SET body = 'x' WHERE id = %s", [unreadable.pk]
        )

    assert [found.text for found in documents.items(item)] == [item.project, "Yes"]
    with pytest.raises(RequestStateError, match="cannot be classed"):
        classed(item, item.messages.get(kind="draft"))


def test_item_is_classed_once() -> None:
    item = customer(START)
    classed(item)
    assert documents.items(item) == []
    with pytest.raises(RequestStateError, match="a document already"):
        classed(item)


def test_message_of_another_request_is_not_found() -> None:
    item, other = customer(START), monday_request()
    with pytest.raises(RequestStateError, match="cannot be classed"):
        classed(item, note(other))


def test_document_needs_a_contract() -> None:
    with pytest.raises(RequestStateError, match="No contract is recorded"):
        classed(monday_request())


def test_law_that_is_out_of_use_is_refused() -> None:
    item, old = customer(START), law()
    old.active = False
    with pytest.raises(RequestStateError, match="no longer in use"):
        documents.class_document(item, None, title="x", legal_reference=old, by=solutions_user())


def test_document_of_a_withdrawn_customer_can_still_be_classed() -> None:
    item = customer(START, END)
    with travel(25, 10):
        handling.withdraw(item, method="staff", actor=make_user())

    assert days(classed(item)) == (date(2027, 11, 25), date(2032, 11, 25))


def test_blocked_person_is_left_alone() -> None:
    item = customer(START)
    with travel(25, 10):
        made = classed(item)
        block_person(item)
    with pytest.raises(BlockedError):
        classed(item)
    with pytest.raises(BlockedError):
        documents.unclass_document(item, made.pk, "mistake", by=make_user())


@pytest.mark.parametrize("reason", ["mistake", "replaced", "not_asked"])
def test_document_is_taken_back_with_a_reason(reason) -> None:
    item, user = customer(START), solutions_user()
    made = classed(item)
    documents.unclass_document(item, made.pk, reason, by=user)

    assert not AccountingDocument.objects.exists()
    assert events(item)[-2:] == ["document_classed", "document_unclassed"]
    assert last_line(item).reason == reason
    event = AuditEvent.objects.get(action="document.unclass")
    assert event.detail == {"request": str(item.pk), "reason": reason}
    assert [found.text for found in documents.items(item)] == [item.project]


def test_unknown_reason_takes_nothing_back() -> None:
    item = customer(START)
    made = classed(item)
    with pytest.raises(ValueError, match="bored"):
        documents.unclass_document(item, made.pk, "bored", by=solutions_user())


def test_document_that_is_gone_cannot_be_taken_back() -> None:
    item, user = customer(START), solutions_user()
    made = classed(item)
    documents.unclass_document(item, made.pk, "mistake", by=user)
    with pytest.raises(RequestStateError, match="no such document"):
        documents.unclass_document(item, made.pk, "mistake", by=user)


class TestScope:
    """E-2b, E-8h."""

    def seen(self, user) -> int:
        return AccountingDocument.objects.visible_to(user).count()

    def test_company_sees_its_own_and_the_dpo_all(self) -> None:
        classed(customer(START))

        assert [self.seen(who()) for who in (solutions_user, consulting_user, make_user)] == [
            1,
            0,
            1,
        ]
        for role in ("administrator", "auditor"):
            assert self.seen(make_user(role)) == 0
        assert self.seen(solutions_user(is_active=False)) == 0

    def test_request_stays_with_the_company_that_has_documents_of_it(self) -> None:
        item, ours = customer(START), solutions_user()
        made = classed(item)
        for colleague in (ours, make_user()):
            with pytest.raises(RequestStateError, match="take them back first"):
                handling.hand_over(item, "consulting", "both", by=colleague)
        assert (self.seen(ours), self.seen(consulting_user())) == (1, 0)
        documents.unclass_document(fresh(item), made.pk, "mistake", by=ours)
        handling.hand_over(fresh(item), "consulting", "both", by=ours)

    def test_blocked_persons_documents_are_hidden_from_all_but_the_dpo(self) -> None:
        with travel(25, 10):
            item = make_request()
            contracts.record_contract(item, START, None, by=solutions_user())
            classed(item)
        with travel(25, 11):
            block_person(item)

        assert (self.seen(solutions_user()), self.seen(make_user())) == (0, 1)


def test_documents_move_with_merged_persons() -> None:
    item, kept = customer(START), make_request()
    made = classed(item)
    merge(kept.subject, item.subject, actor=None)

    assert AccountingDocument.objects.get(pk=made.pk).subject_id == kept.subject_id


def test_person_with_a_document_cannot_be_deleted() -> None:
    made = classed(customer(START))
    with pytest.raises(ProtectedError):
        made.subject.delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"destroy_after": None},
        {"counted_from": None},
        {"destroy_after": USUAL},
    ],
    ids=["no last day", "no base", "no years"],
)
def test_database_refuses_days_that_do_not_fit(wrong) -> None:
    made = classed(customer(START, END))
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountingDocument.objects.filter(pk=made.pk).update(**wrong)


class TestRecompute:
    def test_brings_documents_back_to_their_request(self) -> None:
        made = classed(customer(START, END))
        AccountingDocument.objects.update(
            counted_from=date(2029, 1, 1), destroy_after=date(2036, 1, 1)
        )

        assert recompute() == 1
        assert days(made) == (USUAL, date(2032, 11, 24))
        assert recompute() == 0

    def test_moves_documents_with_a_request_that_was_wrong(self) -> None:
        item = customer(START, END)
        made = classed(item)
        ConsultationRequest.objects.filter(pk=item.pk).update(destroy_after=date(2030, 1, 1))

        assert recompute() == 1
        assert days(made) == (USUAL, date(2032, 11, 24))

    def test_follows_the_law_when_its_term_changes(self, monkeypatch) -> None:
        made = classed(customer(START, END))
        alone = classed(customer(START, END))
        ConsultationRequest.objects.filter(pk=alone.request).delete()
        monkeypatch.setattr("requests_inbox.services.keeping.term_in_force", lambda name: 3)

        assert recompute() == 2
        assert days(made) == days(alone) == (USUAL, date(2029 + 1, 11, 24))

    def test_document_left_without_a_day_counts_from_when_that_is_noticed(self) -> None:
        item = customer(START)
        made = classed(item)
        ConsultationRequest.objects.filter(pk=item.pk).delete()
        with travel(26, 10):
            assert recompute() == 1

        assert days(made) == (date(2026, 11, 26), date(2031, 11, 26))
