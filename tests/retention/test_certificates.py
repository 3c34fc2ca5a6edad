"""Verification of the certificates names each thing that does not fit together, and no other."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from emsar.audit.verification import verify_all
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention import ledger
from emsar.retention.acts.content import NoActError
from emsar.retention.certificates import contradictions, verify
from emsar.retention.models import (
    DeletionOrder,
    DestructionLine,
    LedgerEntry,
    Shipment,
    Sweep,
)
from emsar.retention.persons import forget_left_alone
from emsar.retention.replay import Replay
from emsar.retention.sweeps import sweep
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request

pytestmark = pytest.mark.django_db
LINES, ENTRIES = "retention_destructionline", "retention_ledgerentry"
Told = Callable[[str, str], str]


@pytest.fixture(autouse=True)
def ledger_file(tmp_path, settings) -> None:
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"


@pytest.fixture
def line(django_capture_on_commit_callbacks) -> DestructionLine:
    """The one line of a sweep that destroyed two requests and ordered a copy to be deleted."""
    requests = [make_request(), make_request()]
    past = timezone.localdate() - timedelta(days=1)
    ConsultationRequest.objects.update(
        destroy_after=past, closed_at=timezone.now(), status="closed"
    )
    OutboundMail.objects.update(status="sent")
    MailCopy.objects.create(
        mailbox="info@example.com",
        message_id="<1@example.com>",
        reference=requests[0].reference,
        about=requests[0].pk,
        at=timezone.now(),
    )
    with django_capture_on_commit_callbacks(execute=True):
        sweep(Sweep.Kind.BY_HAND, only="consultation")
    return DestructionLine.objects.get()


def as_owner(table: str, statement: str, *params: object) -> None:
    """What somebody with the owner's login could do, past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, params)
        assert cursor.rowcount == 1, "the statement must hit one row"
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def signed_anew(row: DestructionLine | LedgerEntry, **changes: object) -> None:
    """A change by somebody who has the key as well: the HMAC is right again."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.sign()
    columns = {**changes, "kid": row.kid, "hmac": row.hmac}
    names = ", ".join(f"{name} = %s" for name in columns)
    table = row._meta.db_table
    as_owner(table, f"UPDATE {table} SET {names} WHERE id = %s", *columns.values(), row.pk)


def named(row: DestructionLine | LedgerEntry, what: str) -> str:
    return f"{row._meta.label} {row.pk} ({row.uid}): {what}"


def test_all_is_in_order(line) -> None:
    assert (line.records, line.counts["outbox.mailcopy"]) == (2, 1)
    assert list(verify()) == []
    assert verify_all() == []


def test_persons_who_go_later_are_in_order_too(django_capture_on_commit_callbacks) -> None:
    DataSubject.objects.create(created_at=timezone.now() - timedelta(days=1))
    run = Sweep.objects.create(kind=Sweep.Kind.NIGHT)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_left_alone(run) == 1
    Sweep.objects.update(ended_at=timezone.now())
    assert Sweep.objects.get().records == 1
    assert list(verify()) == []
    signed_anew(LedgerEntry.objects.get(), subjects=[])
    found = DestructionLine.objects.get()
    assert list(verify()) == [named(found, "it counts 1 records, the ledger names 0")]


def test_changed_line_is_named(line) -> None:
    as_owner(LINES, f"UPDATE {LINES} SET clause = 'E-9z' WHERE id = %s", line.pk)
    assert list(verify()) == [named(line, "not as it was written")]


def test_changed_entry_is_named(line) -> None:
    entry = LedgerEntry.objects.get()
    as_owner(ENTRIES, f"UPDATE {ENTRIES} SET rule = 'spam' WHERE id = %s", entry.pk)
    assert list(verify()) == [named(entry, "not as it was written")]


def test_restored_and_replayed_database_is_in_order(line, settings) -> None:
    """Line, sweep and entry were written after the backup; of the persons one is back."""
    entry = LedgerEntry.objects.get()
    entry.subjects = [DataSubject.objects.create().pk]
    entry.sign()
    restore(entry)
    for _ in range(2):
        Replay(lambda outcome: None, pytest.fail).over([ledger.as_line(entry)])
        (again,) = DestructionLine.objects.all()
        assert (again.uid, again.records) == (line.uid, 2)
        assert LedgerEntry.objects.get().uid == entry.uid
        assert list(verify()) == []


def restore(entry: LedgerEntry) -> None:
    """The database as it was before the sweep, which destroyed what an entry names."""
    as_owner(ENTRIES, f"DELETE FROM {ENTRIES} WHERE id = %s", entry.pk)
    as_owner(LINES, f"DELETE FROM {LINES} WHERE uid = %s", entry.line)
    for model in (Sweep, Shipment, DeletionOrder):
        model.objects.all().delete()


def test_line_without_entry_is_named(line) -> None:
    as_owner(ENTRIES, f"DELETE FROM {ENTRIES} WHERE line = %s", line.uid)
    assert list(verify()) == [named(line, "there is no entry of the ledger for it")]


def test_entry_that_names_fewer_is_named_though_it_was_signed_anew(line) -> None:
    entry = LedgerEntry.objects.get()
    signed_anew(entry, records=entry.records[:1])
    assert list(verify()) == [named(line, "it counts 2 records, the ledger names 1")]


def test_second_entry_of_a_line_is_named(line) -> None:
    twin = LedgerEntry(line=line.uid, rule=line.rule, records=[uuid.uuid4()])
    twin.save()
    assert list(verify()) == [named(line, "it counts 2 records, the ledger names 3")]


def test_deleted_line_is_named_by_its_entry_and_its_sweep(line) -> None:
    as_owner(LINES, f"DELETE FROM {LINES} WHERE id = %s", line.pk)
    entry, run = LedgerEntry.objects.get(), Sweep.objects.get()
    assert list(verify()) == [
        named(entry, "the line of destruction that it belongs to is not there"),
        f"retention.Sweep {run.pk}: 2 records, its lines count 0",
    ]


def test_missing_order_is_named(line) -> None:
    DeletionOrder.objects.all().delete()
    assert list(verify()) == [named(line, "1 copies in mailboxes were counted, 0 orders exist")]


def test_order_that_is_done_is_an_order(line) -> None:
    DeletionOrder.objects.update(done_at=timezone.now())
    assert list(verify()) == []


@pytest.mark.parametrize("records", [1, 3])
def test_sweep_that_counts_otherwise_is_named(line, records) -> None:
    Sweep.objects.update(records=records)
    run = Sweep.objects.get()
    assert list(verify()) == [f"retention.Sweep {run.pk}: {records} records, its lines count 2"]


@pytest.mark.parametrize("state", [{"ended_at": None}, {"error": "spam: OperationalError"}])
def test_sweep_that_was_cut_off_may_have_counted_less_but_not_more(line, state) -> None:
    Sweep.objects.update(records=0, **state)
    assert list(verify()) == []
    Sweep.objects.update(records=3)
    assert len(list(verify())) == 1


def test_entry_that_was_not_shipped_is_named_after_an_hour(line, time_machine) -> None:
    Shipment.objects.all().delete()
    entry = LedgerEntry.objects.get()
    time_machine.move_to(entry.at + timedelta(minutes=59), tick=False)
    assert list(verify()) == []
    time_machine.move_to(entry.at + timedelta(minutes=61), tick=False)
    assert list(verify()) == [named(entry, "it has not left the database for more than an hour")]
    ledger.ship_waiting()
    assert list(verify()) == []


def test_entry_that_left_with_the_last_backup_is_not_missed(line, time_machine) -> None:
    as_owner(ENTRIES, f"DELETE FROM {ENTRIES} WHERE line = %s", line.uid)
    time_machine.move_to(line.at + timedelta(days=30), tick=False)
    assert len(list(verify())) == 1
    time_machine.move_to(line.at + timedelta(days=31), tick=False)
    assert list(verify()) == []


def test_orders_and_lines_that_left_by_their_term_are_not_missed(line, time_machine) -> None:
    DeletionOrder.objects.all().delete()
    as_owner(ENTRIES, f"DELETE FROM {ENTRIES} WHERE line = %s", line.uid)
    time_machine.move_to(line.at.replace(year=line.at.year + 5) + timedelta(days=2), tick=False)
    assert list(verify()) == []
    as_owner(LINES, f"DELETE FROM {LINES} WHERE id = %s", line.pk)
    assert list(verify()) == []


def test_rules_without_records_of_persons_need_no_entry() -> None:
    DestructionLine(
        sweep=uuid.uuid4(), rule="sessions", trigger="S-5c", records=4, counts={}
    ).save()
    DestructionLine(sweep=uuid.uuid4(), rule="gone", trigger="S-5a", records=4, counts=[]).save()
    assert list(verify()) == []


def test_faults_show_in_the_verification_of_the_evidence(line) -> None:
    DeletionOrder.objects.all().delete()
    assert verify_all() == list(contradictions())
    assert len(verify_all()) == 1


def test_month_looks_at_its_own_lines(line) -> None:
    as_owner(LINES, f"UPDATE {LINES} SET clause = 'E-9z' WHERE id = %s", line.pk)
    old = DestructionLine(
        sweep=uuid.uuid4(),
        at=datetime(2021, 5, 31, 20, tzinfo=UTC),
        rule="sessions",
        trigger="S-5c",
        records=1,
    )
    old.save()
    assert list(verify("2021-06")) == []
    assert said("--month", "2021-06") == "1 lines of destruction are in order.\n"
    assert said("--month", "2021-05") == "0 lines of destruction are in order.\n"
    now = f"{timezone.localtime(line.at):%Y-%m}"
    assert list(verify(now)) == [named(line, "not as it was written")]


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_certificates", *arguments, stdout=out)
    return out.getvalue()


def test_command_says_how_many_lines_are_in_order(line) -> None:
    assert said() == "1 lines of destruction are in order.\n"


def test_command_names_faults_and_fails(line) -> None:
    DeletionOrder.objects.all().delete()
    errors = StringIO()
    with pytest.raises(CommandError, match="1 problems found") as problem:
        call_command("verify_certificates", stderr=errors)
    assert problem.value.returncode == 1
    assert "orders exist" in errors.getvalue()


@pytest.mark.parametrize("month", ["2026", "2026-00", "november", "2026-11-01", "-"])
def test_command_refuses_what_is_no_month(month) -> None:
    with pytest.raises(CommandError, match="is no month"):
        said(f"--month={month}")
    with pytest.raises(NoActError):
        list(verify(month))
