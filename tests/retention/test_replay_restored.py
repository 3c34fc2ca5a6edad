"""A dump from before an erasure, restored by pg_restore: the replay erases the same again."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from emsar.audit.sealing import seal
from emsar.outbox.models import MailCopy
from emsar.retention import ledger
from emsar.retention.models import LedgerEntry, Sweep
from emsar.retention.sweeps import sweep
from requests_inbox.models import ConsultationRequest, Message
from tests.factories import make_request
from tests.retention.restoring import (
    WRITTEN_BY_REPLAY,
    contents,
    dump,
    manage,
    program,
    restored,
    rows_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_db")]
LAST = date(2027, 11, 30)
NIGHT = datetime(2027, 11, 30, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ledger_file(tmp_path, settings, monkeypatch) -> Path:
    path = tmp_path / "ledger.jsonl"
    settings.LEDGER_URL = f"file://{path}"
    monkeypatch.setattr(ledger, "_resting_until", 0.0)
    return path


def ends_on(day: date, **fields) -> ConsultationRequest:
    request = make_request(**fields)
    ConsultationRequest.objects.filter(pk=request.pk).update(
        destroy_after=day, closed_at=datetime(2026, 11, 30, tzinfo=UTC), status="closed"
    )
    Message.objects.create(request=request, kind="note", body="A note")
    MailCopy.objects.create(
        mailbox="info@example.com",
        message_id=f"<{request.pk}@example.com>",
        reference=request.reference,
        about=request.pk,
        at=NIGHT,
    )
    return request


def fill() -> tuple[list[ConsultationRequest], list[ConsultationRequest]]:
    """Requests that go, two of them of one person and one of a person who stays; and those kept."""
    going = [ends_on(LAST) for _ in range(3)]
    going += [ends_on(LAST, email="twice@example.com") for _ in range(2)]
    going.append(ends_on(LAST, email="both@example.com"))
    kept = [ends_on(date(2028, 1, 1)) for _ in range(2)]
    kept.append(ends_on(date(2028, 1, 1), email="both@example.com"))
    seal()
    return going, kept


def test_restored_database_forgets_again_what_was_erased_since_the_dump(tmp_path) -> None:
    going, kept = fill()
    dump(tmp_path / "before.dump")
    # In three batches, so that the ledger has several entries.
    for _ in range(3):
        sweep_two()
    assert set(ConsultationRequest.objects.all()) == set(kept)
    after = contents()

    with restored(tmp_path / "before.dump") as name:
        assert manage(name, "setup_roles", role="owner").returncode == 0
        before = contents(name)
        assert before["requests_inbox_consultationrequest"].count(b"\n") == 9

        simulated = manage(name, "replay_erasures", "--simulate")
        assert (simulated.returncode, simulated.stderr) == (0, "")
        assert contents(name) == before

        done = manage(name, "replay_erasures")
        assert (done.returncode, done.stderr) == (0, "")
        # Each of them is listed, by the simulation as well.
        assert done.stdout == simulated.stdout.replace("would go", "erased again")
        listed = re.findall(r"^    record (.*)$", done.stdout, re.MULTILINE)
        assert sorted(listed) == sorted(str(request.pk) for request in going)
        persons = re.findall(r"^    person (.*)$", done.stdout, re.MULTILINE)
        gone = {str(r.subject_id) for r in going} - {str(r.subject_id) for r in kept}
        assert sorted(persons) == sorted(gone)
        for entry in LedgerEntry.objects.all():
            assert f"{entry.uid} {entry.at.isoformat(timespec='seconds')} consultation" in (
                done.stdout
            )

        # All else is, byte for byte, what the database was that did not have to be restored.
        again = contents(name)
        different = {table for table in again if again[table] != after[table]}
        assert different <= WRITTEN_BY_REPLAY
        assert "retention_ledgerentry" not in different
        orders = "SELECT mailbox, reference, message_id FROM retention_deletionorder ORDER BY 3"
        assert len(rows_of(name, orders)) == 6
        lines = "SELECT sum(records), count(*) FROM retention_destructionline"
        assert rows_of(name, lines) == [(6, 3)]
        assert rows_of(name, "SELECT kind, records, error FROM retention_sweep") == [
            ("replay", 6, "")
        ]
        events = "SELECT count(*) FROM audit_auditevent WHERE action = 'retention.replay'"
        assert rows_of(name, events) == [(3,)]

        verified = manage(name, "seal", role="owner"), manage(name, "verify_audit", role="owner")
        assert [each.returncode for each in verified] == [0, 0], verified[1].stderr

        # A second run does nothing, and new entries are numbered behind the old.
        settled = contents(name)
        second = manage(name, "replay_erasures")
        assert second.returncode == 0
        assert "3 entries, 0 erased again, 0 problems" in second.stdout
        assert contents(name) == settled
        number = "SELECT nextval(pg_get_serial_sequence('retention_ledgerentry', 'id'))"
        newest = LedgerEntry.objects.order_by("-id").first()
        assert rows_of(name, number) == [(newest.pk + 1,)]


def sweep_two() -> None:
    """One batch of two, as a worker does it whose time is out."""
    from emsar.datamap.rules import rule
    from emsar.retention.batches import destroy_batch

    run = Sweep.objects.create(kind=Sweep.Kind.NIGHT)
    assert destroy_batch(rule("consultation"), run, NIGHT, 2) == 2


def test_backup_ships_first_dumps_and_deletes_what_is_too_old(tmp_path, settings) -> None:
    request = ends_on(LAST)
    reached, settings.LEDGER_URL = settings.LEDGER_URL, "ftp://nowhere/x"
    sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT)
    assert ledger.waiting().count() == 1
    settings.LEDGER_URL = reached
    folder = tmp_path / "dumps"
    folder.mkdir()
    for name in ("emsar-20200101T000000Z.dump", "other-20200101T000000Z.dump"):
        (folder / name).touch()
    call_command("backup_database", str(folder), pg_dump=program("pg_dump"))
    assert not ledger.waiting().exists()
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == 2
    assert re.fullmatch(r"emsar-\d{8}T\d{6}Z\.dump", names[0])
    assert names[0] > "emsar-2021"
    assert names[1] == "other-20200101T000000Z.dump"
    assert (folder / names[0]).stat().st_mode & 0o777 == 0o600
    with restored(folder / names[0]) as name:
        # What was erased before the dump needs no replay.
        assert manage(name, "setup_roles", role="owner").returncode == 0
        done = manage(name, "replay_erasures")
        assert (done.returncode, str(request.pk) in done.stdout) == (0, False)
        assert "records 0, persons 0, already gone 2" in done.stdout


def test_backup_is_not_made_while_the_ledger_is_out_of_reach(tmp_path, settings) -> None:
    settings.LEDGER_URL = "http://127.0.0.1:9/ledger"
    ends_on(LAST)
    sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT)
    with pytest.raises(CommandError, match="could not be shipped"):
        call_command("backup_database", str(tmp_path / "dumps"), pg_dump=program("pg_dump"))
    assert not (tmp_path / "dumps").exists()


def test_failed_dump_leaves_no_file_that_looks_like_one(tmp_path) -> None:
    with pytest.raises(CommandError, match=r"pg_dump failed with exit code 1"):
        call_command("backup_database", str(tmp_path / "dumps"), pg_dump="false")
    assert list((tmp_path / "dumps").iterdir()) == []
    with pytest.raises(CommandError, match=r"There is no pg_dump here"):
        call_command("backup_database", str(tmp_path / "dumps"), pg_dump="no-such-program")
