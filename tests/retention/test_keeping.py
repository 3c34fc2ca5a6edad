"""What keeps a record a moment longer, and what must not outlive it: mails, holds, addresses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.datamap.rules import rule
from emsar.entities import registry
from emsar.entities.models import ScheduleTerm
from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention import health
from emsar.retention.checks import days_are_those_of_the_rules
from emsar.retention.clearances import clear
from emsar.retention.holds import HoldError, on_record, place
from emsar.retention.models import Clearance, DeletionOrder, LedgerEntry, LegalHold, Sweep
from emsar.retention.sweeps import JOB, SweepFailedError, sweep
from emsar.subjects.identifiers import find
from emsar.subjects.services import merge
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import contracts, documents, replying
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.contracting import classed, customer
from tests.retention.desk import ends, hold_on, in_days, make_hold, signed_in, today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ledger(tmp_path, settings) -> None:
    settings.LEDGER_URL = f"file://{tmp_path / 'ledger.jsonl'}"


def swept() -> int:
    return sweep(Sweep.Kind.CATCH_UP, only="consultation").records


def is_there(request: ConsultationRequest) -> bool:
    return ConsultationRequest.objects.filter(pk=request.pk).exists()


class TestMailUnderWay:
    def test_reply_that_waits_for_the_server_keeps_its_request(self) -> None:
        request = ends(-1)
        replying.send_reply(request, "Here is our answer", by=solutions_user())
        assert swept() == 0
        OutboundMail.objects.filter(purpose="reply").update(status="sent")
        assert swept() == 1

    def test_mail_that_is_being_sent_leaves_a_copy_that_is_ordered_away(self) -> None:
        request = make_request()
        ConsultationRequest.objects.update(
            destroy_after=in_days(-1), closed_at=timezone.now(), status="closed"
        )
        mail = sending.claim(timezone.now())
        while mail and mail.purpose != "routing":
            mail = sending.claim(timezone.now())
        assert mail
        assert swept() == 0
        assert sending._mark(mail, "sent")
        OutboundMail.objects.update(status="sent")
        assert MailCopy.objects.filter(about=request.pk).count() == 1
        assert swept() == 1
        assert DeletionOrder.objects.count() == 1

    def test_mail_that_the_outbox_gave_up_long_ago_keeps_nothing(self) -> None:
        ends(-1)
        OutboundMail.objects.update(status="queued", created_at=timezone.now() - timedelta(days=5))
        assert swept() == 1


class TestHolds:
    def test_merge_takes_the_hold_along(self) -> None:
        held, other = ends(-1), ends(100)
        hold = make_hold(kind="subject", target=held.subject_id)
        make_hold(kind="subject", target=other.subject_id, document="Another")
        merge(other.subject, held.subject, actor=None)
        hold.refresh_from_db()
        assert (hold.target, hold.released_at) == (other.subject_id, None)
        assert swept() == 0

    def test_merge_of_two_with_the_same_hold_leaves_one(self) -> None:
        held, other = ends(-1), ends(100)
        for person in (held.subject_id, other.subject_id):
            make_hold(kind="subject", target=person)
        merge(other.subject, held.subject, actor=None)
        active = LegalHold.objects.filter(released_at__isnull=True)
        assert active.get().target == other.subject_id
        assert swept() == 0

    def test_second_click_places_no_second_hold(self) -> None:
        request, user = ends(-1), make_user()
        first = hold_on(request)
        fields = {"kind": "record", "target": request.pk, "reason": first.reason}
        again = LegalHold(
            **fields, legal_reference=first.legal_reference, review_on=in_days(9), document=""
        )
        with pytest.raises(HoldError, match="in force already"):
            place(again, by=user)
        assert LegalHold.objects.count() == 1

    def test_page_of_a_request_tells_its_hold(self) -> None:
        request = ends(10)
        hold = hold_on(request)
        assert on_record(request) == [hold]
        address = f"/admin/requests_inbox/consultationrequest/{request.pk}/change/"
        for user in (make_user(), solutions_user()):
            text = signed_in(user).get(address).text
            assert "A legal hold keeps it beyond that day: proceedings before a court" in text
        assert on_record(ends(10)) == []


class TestAddresses:
    def test_address_goes_with_the_last_record_that_used_it(self) -> None:
        gone = ends(-1, email="first@example.com")
        kept = ends(100, email="second@example.com")
        merge(kept.subject, gone.subject, actor=None)
        assert swept() == 1
        assert find("email", "first@example.com") is None
        assert find("email", "second@example.com")

    def test_address_stays_while_a_document_of_the_person_is_kept(self) -> None:
        item = customer(in_days(-900), in_days(-899), email="invoice@example.com")
        document = classed(item)
        ConsultationRequest.objects.filter(pk=item.pk).update(destroy_after=in_days(-1))
        OutboundMail.objects.update(status="sent")
        sweep(Sweep.Kind.CATCH_UP, only="customer")
        assert not is_there(item)
        found = find("email", "invoice@example.com")
        assert found
        assert found.subject_id == document.subject_id


class TestClearance:
    def test_it_goes_with_its_record(self) -> None:
        request = ends(-1, answered=False)
        clear(rule("consultation"), request, by=make_user())
        assert swept() == 1
        assert not Clearance.objects.exists()

    def test_it_holds_for_the_day_that_it_was_given_for(self) -> None:
        request, user = ends(-1, answered=False), make_user()
        clear(rule("consultation"), request, by=user)
        ConsultationRequest.objects.update(destroy_after=in_days(-2))
        request.refresh_from_db()
        assert swept() == 0
        clear(rule("consultation"), request, by=user)
        assert swept() == 1


class TestDeadMansSwitch:
    def test_sweep_that_never_ran_is_noticed(self) -> None:
        assert "silent" not in health.faults()
        assert "silent" in health.faults(timezone.now() + timedelta(hours=27))

    def test_runs_that_are_all_cut_off_are_noticed(self) -> None:
        now = timezone.now()
        Heartbeat.objects.update_or_create(job=JOB, defaults={"at": now - timedelta(hours=25)})
        for hours in range(24):
            Sweep.objects.create(kind="catch_up", started_at=now - timedelta(hours=hours))
        assert "failed" in health.faults(now)

    def test_failure_stays_until_a_whole_run_came_to_its_end(self) -> None:
        Sweep.objects.create(kind="night", ended_at=timezone.now(), error="spam: OSError")
        sweep(Sweep.Kind.BY_HAND, only="nonces")
        assert "failed" in health.faults()
        sweep(Sweep.Kind.CATCH_UP)
        assert "failed" not in health.faults()

    def test_any_error_of_a_step_is_noted_and_keeps_no_other_step(self, monkeypatch) -> None:
        def broken() -> int:
            raise OSError

        monkeypatch.setattr("emsar.retention.orders.execute_open", broken)
        ends(-1)
        with pytest.raises(SweepFailedError, match="copies: OSError"):
            sweep(Sweep.Kind.NIGHT)
        assert not ConsultationRequest.objects.exists()
        assert "failed" in health.faults()

    def test_rows_of_the_machinery_that_stay_too_long_are_noticed(self) -> None:
        request = make_request()
        long_ago = timezone.now() - timedelta(days=100)
        OutboundMail.objects.filter(about=request.pk).update(status="sent", created_at=long_ago)
        assert "late:outbox_rows" not in health.faults()  # no sweep has had its hour yet
        assert "late:outbox_rows" in health.faults(timezone.now() + timedelta(hours=2))
        Heartbeat.objects.update_or_create(job=JOB, defaults={"at": timezone.now()})
        assert "late:outbox_rows" in health.faults()


class TestMissingTerm:
    @pytest.fixture(autouse=True)
    def _without(self) -> None:
        ScheduleTerm.objects.filter(group="schedule", name="unanswered_wait").delete()
        ScheduleTerm.objects.filter(group="schedule", name="outbox_row").delete()
        registry.reset()

    def test_it_is_an_alarm_and_no_error_page(self) -> None:
        ends(-1, answered=False)
        assert {"term:consultation", "term:outbox_rows"} <= set(health.faults())
        for role in ("dpo", "auditor", "administrator"):
            assert signed_in(make_user(role)).get("/admin/").status_code == 200
        officer = signed_in(make_user())
        for page in ("", "leaving/"):
            assert officer.get(f"/admin/retention/{page}").status_code == 200

    def test_sweep_fails_by_name_and_destroys_nothing_that_waits(self) -> None:
        request = ends(-1, answered=False)
        with pytest.raises(SweepFailedError, match="LookupError"):
            sweep(Sweep.Kind.NIGHT)
        assert is_there(request)

    def test_check_says_what_to_do(self) -> None:
        found = days_are_those_of_the_rules(None, databases=["default"])
        assert any("consultation" in message.msg for message in found)
        assert all(message.hint == "run manage.py load_organisation" for message in found)


def test_check_says_nothing_before_the_tables_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'policies'")
    assert days_are_those_of_the_rules(None, databases=["default"]) == []


def test_document_that_is_taken_back_is_forgotten_by_backups_too() -> None:
    item, user = customer(today()), solutions_user()
    document = classed(item)
    documents.unclass_document(item, document.pk, "mistake", by=user)
    assert LedgerEntry.objects.get().records == [document.pk]
    contracts.remove_contract(ConsultationRequest.objects.get(pk=item.pk), by=user)
