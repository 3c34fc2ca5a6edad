"""The same asked again: what joins, what it may change, and when it gets a case of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dsar.models import Case, CaseEvent, CaseFile, CaseMessage, Intake, Kind, Outcome, Status
from dsar.services import deadlines, erasure, identity, intake
from dsar.services.dates import promise_of, statutory_day
from dsar.services.intake import look_up, receive
from dsar.services.registering import StaffEntry, register
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.retention.models import DestructionLine
from emsar.subjects.models import DataSubject, MailedLink
from requests_inbox.models import ConsultationRequest
from tests.dsar.asking import ADDRESS, ask, enter, entry, mails
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def demand(**fields: Any) -> Case:
    """What a colleague took down of somebody with an email address, without a proof."""
    values = {
        "channel": "phone",
        "received_at": timezone.now(),
        "kinds": [Kind.COMPLAINT],
        "email": ADDRESS,
        "phone": "",
        "language": "en",
        "details": "",
        "proof": "",
        "proof_note": "",
    }
    user = fields.pop("by", None) or make_user()
    (case,) = register(StaffEntry(**{**values, **fields}), by=user)
    return case


def notes(case: Case) -> list[str]:
    rows = CaseMessage.objects.filter(file__case=case, direction="note")
    return [row.body for row in rows]


PROVED = {"proof": "document", "proof_note": "Passport seen."}
REACH = {"name": "Aysel Məmmədova", "postal": "Nizami 10, Bakı"}
OTHERS = {"name": "Somebody Else", "postal": "Elsewhere 1", "details": "Send it elsewhere."}


class TestWithoutProof:
    @pytest.mark.parametrize("verified", [True, False])
    def test_name_and_address_stay_and_the_new_ones_are_noted(self, verified) -> None:
        first = demand(**REACH, **(PROVED if verified else {}))
        assert demand(**OTHERS) == first
        file = CaseFile.objects.get()
        assert (file.name, file.postal) == (REACH["name"], REACH["postal"])
        (reach, *words) = notes(first)
        assert "Somebody Else\nElsewhere 1" in reach
        assert "it is not proved" in reach or "sübut" in reach
        assert len(words) == int(verified), "words to a case that is proved are marked too"
        assert not AuditEvent.objects.filter(action="case.reach").exists()

    def test_with_a_proof_it_changes_and_the_audit_names_the_fields(self) -> None:
        first = demand(**REACH, **PROVED)
        officer = make_user()
        demand(**{**OTHERS, "postal": REACH["postal"]}, **PROVED, by=officer)
        file = CaseFile.objects.get()
        assert (file.name, file.postal) == ("Somebody Else", REACH["postal"])
        event = AuditEvent.objects.get(action="case.reach")
        assert event.detail == {"fields": "name", "proof": "document"}
        assert (event.actor, event.subject) == (officer.pk, first.subject)
        assert CaseEvent.objects.filter(case=first, event="reach_changed").count() == 1
        assert notes(first) == []

    def test_same_name_and_address_change_nothing(self) -> None:
        demand(**REACH, **PROVED)
        demand(**REACH, **PROVED)
        assert not AuditEvent.objects.filter(action="case.reach").exists()


class TestShortlyBeforeTheEnd:
    """An unproved case is closed on its last day; a link that is mailed now works for a week."""

    @pytest.mark.parametrize(("age", "cases"), [(22, 1), (23, 2), (24, 2), (29, 2), (30, 2)])
    def test_new_case_where_the_old_one_would_end_before_the_link(self, age, cases) -> None:
        with time_machine.travel(NOW, tick=True):
            ask(Kind.DELETION, details="First.")
        old = Case.objects.get()
        with time_machine.travel(NOW + age * DAY, tick=True):
            ask(Kind.DELETION, details="Second.")
        assert Case.objects.count() == cases
        running = Case.objects.running().get()
        if cases == 1:
            assert running == old
            return
        old.refresh_from_db()
        assert (old.status, old.outcome) == (Status.COMPLETED, Outcome.UNVERIFIED)
        assert running.promise_due == (NOW + (age + 30) * DAY).astimezone(BAKU).date()
        assert CaseFile.objects.get().details == "Second."

    def test_old_one_is_destroyed_without_a_mail_and_the_new_link_works(self, client) -> None:
        with time_machine.travel(NOW, tick=True):
            make_request(email=ADDRESS)
            ask(Kind.ACCESS)
        old = Case.objects.get()
        with time_machine.travel(NOW + 29 * DAY, tick=True):
            ask(Kind.ACCESS, details="Second.")
        closed = CaseEvent.objects.get(case=old, event="closed_unverified")
        assert closed.reason == "asked_again"
        assert DestructionLine.objects.filter(case=old.pk).count() == 1
        assert not OutboundMail.objects.filter(key__startswith=f"case:{old.pk}").exists()
        with time_machine.travel(NOW + 31 * DAY, tick=True):
            deadlines.run()
            assert enter(client, path="").status_code == 303
        new = Case.objects.exclude(pk=old.pk).get()
        assert new.verified_at is not None
        assert new.reference in mails()[0].body or new.reference in mails()[-1].body
        assert MailedLink.objects.exists()

    def test_person_known_by_nothing_else_stays_for_the_new_case(self) -> None:
        with time_machine.travel(NOW, tick=True):
            ask(Kind.DELETION)
        person = DataSubject.objects.get()
        with time_machine.travel(NOW + 29 * DAY, tick=True):
            ask(Kind.DELETION)
        assert list(DataSubject.objects.all()) == [person]

    def test_demand_with_a_proof_joins_since_no_link_is_needed(self) -> None:
        with time_machine.travel(NOW, tick=True):
            ask(Kind.COMPLAINT)
        with time_machine.travel(NOW + 29 * DAY, tick=True):
            demand(**PROVED)
        assert Case.objects.get().status == Status.OPEN


class TestReceivedEarlier:
    @pytest.mark.parametrize("proved", [True, False])
    def test_both_clocks_start_at_the_earlier_receipt(self, proved) -> None:
        with time_machine.travel(NOW, tick=False):
            first = demand(**(PROVED if proved else {}))
            earlier = NOW - 9 * DAY
            joined = demand(channel="letter", received_at=earlier)
        assert joined == first
        joined.refresh_from_db()
        promised = promise_of(Kind.COMPLAINT, earlier)
        assert joined.received_at == earlier
        assert (joined.promise_due, joined.execute_on) == (promised.last_day, promised.execute_on)
        assert joined.statutory_due == statutory_day(joined) < first.statutory_due
        assert CaseEvent.objects.filter(case=first, event="received_earlier").count() == 1
        event = AuditEvent.objects.get(action="case.earlier")
        assert event.detail == {"promise": promised.last_day.isoformat()}

    def test_later_receipt_moves_nothing(self) -> None:
        with time_machine.travel(NOW - 9 * DAY, tick=False):
            first = demand()
        with time_machine.travel(NOW, tick=False):
            joined = demand()
        joined.refresh_from_db()
        for name in ("received_at", "promise_due", "execute_on", "statutory_due"):
            assert getattr(joined, name) == getattr(first, name)

    def test_promise_never_moves_to_a_later_day(self) -> None:
        with time_machine.travel(NOW, tick=False):
            first = demand(**PROVED)
            near = (NOW + 5 * DAY).date()
            Case.objects.update(promise_due=near, execute_on=near)
            demand(channel="letter", received_at=NOW - DAY)
        first.refresh_from_db()
        assert (first.promise_due, first.execute_on) == (near, near)

    def test_term_of_the_law_that_rests_goes_on_resting(self) -> None:
        with time_machine.travel(NOW, tick=False):
            first = demand(**PROVED)
            Case.objects.update(paused_since=NOW, statutory_due=None)
            demand(channel="letter", received_at=NOW - DAY)
        first.refresh_from_db()
        assert (first.received_at, first.statutory_due) == (NOW - DAY, None)

    def test_unproved_case_is_not_ended_under_its_link(self) -> None:
        with time_machine.travel(NOW, tick=False):
            first = demand()
            demand(channel="letter", received_at=NOW - 29 * DAY)
            assert identity.close_unverified(NOW + 2 * DAY) == 0
        first.refresh_from_db()
        assert first.received_at == NOW


class TestCarriedOut:
    def test_what_came_after_the_deletion_gets_a_case_of_its_own(self, client) -> None:
        customer = make_request(email=ADDRESS)
        ConsultationRequest.objects.filter(pk=customer.pk).update(
            contract_start="2026-01-01", contract_end="2026-06-30", destroy_after="2030-01-01"
        )
        ask(Kind.DELETION)
        assert enter(client).status_code == 303
        first = Case.objects.get()
        erasure.approve(first, by=make_user())
        assert first.status == Status.EXECUTED
        ask(Kind.DELETION, after=timedelta(hours=2))
        second = Case.objects.exclude(pk=first.pk).get()
        assert (second.status, second.subject) == (Status.UNVERIFIED, first.subject)

    @pytest.mark.parametrize("status", [Status.UNVERIFIED, Status.OPEN, Status.APPROVED])
    def test_two_that_are_undecided_cannot_be(self, status) -> None:
        first = demand()
        Case.objects.update(status=status)
        first.refresh_from_db()
        again = Case.objects.values().get()
        again |= {"id": None, "reference": "9999-ZZZZ"}
        with pytest.raises(IntegrityError, match="one_open_case_a_kind"), transaction.atomic():
            Case.objects.create(**{k: v for k, v in again.items() if v is not None})

    def test_one_that_was_carried_out_and_a_new_one_can(self) -> None:
        demand()
        Case.objects.update(status=Status.EXECUTED)
        demand()
        assert Case.objects.count() == 2


def test_entries_that_cannot_be_read_keep_nobody_waiting() -> None:
    for number in range(5):
        receive(entry(Kind.ACCESS, email=f"lost{number}@example.com"))
    with connection.cursor() as cursor:
        cursor.execute(r"UPDATE dsar_intake SET email = '\x0102'::bytea")
    receive(entry(Kind.ACCESS))
    assert [look_up(limit=3) for _ in range(2)] == [0, 1]
    assert Case.objects.count() == 1
    # And each of those that wait is tried in its turn.
    tried = set()
    for _ in range(2):
        before = dict(Intake.objects.values_list("pk", "tried_at"))
        look_up(limit=3)
        after = dict(Intake.objects.values_list("pk", "tried_at"))
        tried |= {key for key in after if after[key] != before[key]}
    assert len(tried) == 5


def test_entries_that_fail_keep_nobody_waiting(monkeypatch) -> None:
    for number in range(3):
        receive(entry(Kind.ACCESS, email=f"bad{number}@example.com"))
    receive(entry(Kind.ACCESS))
    real = intake._act

    def act(row, contact):
        if contact.value.startswith("bad"):
            raise RuntimeError("broken")
        real(row, contact)

    monkeypatch.setattr(intake, "_act", act)
    assert [look_up(limit=3) for _ in range(2)] == [0, 1]
    assert Intake.objects.count() == 3
