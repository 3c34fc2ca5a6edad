"""A sweep: what is past its last day goes with all that belongs to it, and is written down."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from consent.models import ConsentEvent
from emsar.audit.models import AuditEvent, Heartbeat
from emsar.datamap.rules import rule
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.batches import destroy_batch
from emsar.retention.models import DeletionOrder, DestructionLine, LedgerEntry, Shipment, Sweep
from emsar.retention.sweeps import sweep
from emsar.subjects.models import DataSubject, MailedLink, SubjectIdentifier
from requests_inbox.models import ConsultationRequest, HistoryEntry, Message
from tests.factories import make_request

pytestmark = pytest.mark.django_db
LAST = date(2027, 11, 30)
# 03:00 in Baku of the day after.
NIGHT = datetime(2027, 11, 30, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ledger_file(tmp_path, settings):
    path = tmp_path / "ledger.jsonl"
    settings.LEDGER_URL = f"file://{path}"
    return path


def ends_on(day: date, **fields) -> ConsultationRequest:
    request = make_request(**fields)
    ConsultationRequest.objects.filter(pk=request.pk).update(
        destroy_after=day, closed_at=datetime(2026, 11, 30, tzinfo=UTC), status="closed"
    )
    return request


@pytest.mark.parametrize(("hours", "gone"), [(-24, 0), (0, 1), (24, 1)])
def test_request_goes_in_the_night_after_its_last_day(hours, gone) -> None:
    ends_on(LAST)
    run = sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT + timedelta(hours=hours))
    assert run.records == gone
    assert ConsultationRequest.objects.count() == 1 - gone


def test_everything_goes_along(django_capture_on_commit_callbacks, ledger_file) -> None:
    request = ends_on(LAST)
    kept = ends_on(LAST + timedelta(days=1))
    Message.objects.create(request=request, kind="note", body="Gone")
    MailCopy.objects.create(
        mailbox="info@example.com",
        message_id="<1@example.com>",
        reference=request.reference,
        about=request.pk,
        at=NIGHT,
    )
    with django_capture_on_commit_callbacks(execute=True):
        sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT)
    for model in (ConsultationRequest, HistoryEntry, MailedLink, DataSubject, SubjectIdentifier):
        assert model.objects.count() == 1, model
    assert Message.objects.count() == 0
    assert set(OutboundMail.objects.values_list("about", flat=True)) == {kept.pk}
    assert ConsentEvent.objects.count() == 2
    line = DestructionLine.objects.get()
    assert (line.rule, line.clause, line.trigger, line.records) == (
        "consultation",
        "E-7.2a",
        "S-5a",
        1,
    )
    assert line.counts["requests_inbox.message"] == 1
    assert (line.first_day, line.last_day) == (LAST, LAST)
    order = DeletionOrder.objects.get()
    assert (order.line, order.reference) == (line.uid, request.reference)
    assert not MailCopy.objects.exists()
    entry = LedgerEntry.objects.get()
    assert (entry.records, entry.subjects) == ([request.pk], [request.subject_id])
    assert entry.intact()
    assert Shipment.objects.get().entry == entry.uid
    assert str(request.pk) in ledger_file.read_text()
    assert AuditEvent.objects.filter(action="retention.destroy").count() == 1


def test_whole_sweep_beats_and_leaves_what_is_young() -> None:
    make_request()
    run = sweep(Sweep.Kind.NIGHT)
    assert run.ended_at
    assert (run.error, run.records) == ("", 0)
    assert Heartbeat.objects.filter(job="retention").exists()
    assert django_settings.LEDGER_URL.startswith("file://")


def test_clock_set_back_in_the_middle_destroys_nothing_twice_and_nothing_early() -> None:
    midnight = datetime(2027, 11, 30, 20, tzinfo=UTC)
    for _ in range(3):
        ends_on(LAST)
    kept = ends_on(LAST + timedelta(days=1))
    run = Sweep.objects.create(kind=Sweep.Kind.NIGHT)
    after, before = midnight + timedelta(minutes=30), midnight - timedelta(minutes=30)
    assert destroy_batch(rule("consultation"), run, after, size=2) == 2
    assert destroy_batch(rule("consultation"), run, before, size=2) == 0
    sweep(Sweep.Kind.CATCH_UP, only="consultation", now=NIGHT)
    assert list(ConsultationRequest.objects.all()) == [kept]
    assert sum(line.records for line in DestructionLine.objects.all()) == 3
