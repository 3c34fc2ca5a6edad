"""The rules of the rooms below: each to a day, as the schedule says."""

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from emsar.datamap.rules import rule, rules
from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.retention import certificates
from emsar.retention.due import due_rows, first_day_still_kept, term_of
from emsar.retention.models import DeletionOrder, DestructionLine, LedgerEntry, Sweep
from emsar.retention.sweeps import sweep
from emsar.staff.models import KeyedCount
from emsar.subjects.models import DataSubject, MailedLink
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request

pytestmark = pytest.mark.django_db
# 03:00 in Baku of 1 March 2027.
NOW = datetime(2027, 2, 28, 23, tzinfo=UTC)
# When the last day of a term of 30 days, counted back, begins in Baku: 30 January.
MIDNIGHT = datetime(2027, 1, 29, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def mail(created: datetime, status: str) -> OutboundMail:
    number = uuid4()
    return OutboundMail.objects.create(
        id=number,
        key=str(number),
        message_id=f"<{number}@example.com>",
        purpose=Purpose.STAFF,
        language="az",
        mailbox="info@example.com",
        status=status,
        created_at=created,
    )


def carried_out(name: str) -> int:
    return sweep(Sweep.Kind.BY_HAND, only=name, now=NOW).records


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.CANCELLED])
def test_outbox_rows_stay_for_the_days_of_the_schedule(status) -> None:
    kept = mail(MIDNIGHT, status)
    mail(MIDNIGHT - SECOND, status)
    assert carried_out("outbox_rows") == 1
    assert OutboundMail.objects.get() == kept


@pytest.mark.parametrize("status", [Status.QUEUED, Status.SENDING])
def test_mail_that_still_has_to_go_out_stays(status) -> None:
    mail(NOW - timedelta(days=400), status)
    assert carried_out("outbox_rows") == 0


def test_sessions_go_when_they_end() -> None:
    for key, end in (("ended", NOW - SECOND), ("open", NOW + SECOND)):
        Session.objects.create(session_key=key, session_data="", expire_date=end)
    assert carried_out("sessions") == 1
    assert Session.objects.get().session_key == "open"


def test_counters_stay_for_a_day() -> None:
    kept = datetime(2027, 2, 27, 20, tzinfo=UTC)
    for started in (kept, kept - SECOND):
        KeyedCount.objects.create(key=os.urandom(32), count=1, started_at=started)
    assert carried_out("counters") == 1
    assert KeyedCount.objects.get().started_at == kept


def test_links_go_when_they_run_out_and_not_while_their_record_is_kept() -> None:
    person = make_request().subject
    MailedLink.objects.all().delete()
    for end in (NOW - SECOND, NOW + SECOND, None):
        MailedLink.objects.create(
            token_hash=os.urandom(32), purpose="x", subject=person, record=uuid4(), expires_at=end
        )
    assert carried_out("mailed_links") == 1
    assert MailedLink.objects.count() == 2


def test_orders_stay_for_years_after_they_are_done() -> None:
    done = datetime(2022, 2, 28, 20, tzinfo=UTC)
    for at in (done, done - SECOND, None):
        DeletionOrder.objects.create(
            line=uuid4(),
            mailbox="info@example.com",
            message_id="<1@example.com>",
            reference="X",
            copied_at=done,
            done_at=at,
        )
    assert carried_out("deletion_orders") == 1
    assert DeletionOrder.objects.filter(done_at=done).exists()


def test_nonce_of_a_form_is_emptied_and_its_request_stays() -> None:
    request, other = make_request(), make_request()
    old = NOW - timedelta(days=3)
    ConsultationRequest.objects.filter(pk=request.pk).update(registered_at=old)
    ConsultationRequest.objects.filter(pk=other.pk).update(registered_at=NOW)
    assert carried_out("nonces") == 1
    nonces = dict(ConsultationRequest.objects.values_list("pk", "form_nonce"))
    assert nonces[request.pk] is None
    assert nonces[other.pk] is not None


def test_person_who_is_left_alone_goes_along_and_stands_in_the_ledger() -> None:
    person = DataSubject.objects.create()
    MailedLink.objects.create(
        token_hash=os.urandom(32),
        purpose="x",
        subject=person,
        record=uuid4(),
        expires_at=NOW - SECOND,
    )
    assert carried_out("mailed_links") == 1
    assert not DataSubject.objects.exists()
    entry = LedgerEntry.objects.get()
    assert (entry.records, entry.subjects) == ([], [person.pk])
    assert list(certificates.verify()) == []


def test_what_is_no_record_of_a_person_needs_no_entry_in_the_ledger() -> None:
    mail(NOW - timedelta(days=60), Status.SENT)
    carried_out("outbox_rows")
    assert DestructionLine.objects.get().counts == {"outbox.outboundmail": 1}
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("each", [r for r in rules() if r.term], ids=lambda r: r.name)
def test_every_rule_reads_a_term_that_is_stated(each) -> None:
    value, unit = term_of(each)
    assert value > 0
    assert unit
    assert due_rows(each, timezone.now()).count() == 0


@pytest.mark.parametrize("name", ["deletion_orders", "outbox_rows", "counters"])
def test_first_day_still_kept_is_the_first(name) -> None:
    """The day before it would have ended before today, whatever month it lies in."""
    each = rule(name)
    value, unit = term_of(each)
    from emsar.entities.calendar import current_calendar

    calendar, today = current_calendar(), datetime(2028, 1, 1, tzinfo=UTC).date()
    for shift in range(800):
        day = today + timedelta(days=shift)
        first = first_day_still_kept(each, day)
        assert calendar.add(first, value, unit) >= day
        assert calendar.add(first - timedelta(days=1), value, unit) < day
