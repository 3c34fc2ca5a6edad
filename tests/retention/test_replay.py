"""Replaying the ledger: what stays is told, forged lines change nothing, twice is as once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from emsar.audit.models import AuditEvent
from emsar.datamap import rules
from emsar.entities.models import LegalReference
from emsar.retention import certificates, ledger, objects, replay
from emsar.retention.models import DestructionLine, LedgerEntry, LegalHold, Shipment, Sweep
from emsar.retention.stores import FileStore
from emsar.retention.sweeps import sweep
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request
from tests.retention.object_store import object_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("filled_db")]
LAST = date(2027, 11, 30)
NIGHT = datetime(2027, 11, 30, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def path(tmp_path, settings, monkeypatch) -> Path:
    file = tmp_path / "ledger.jsonl"
    settings.LEDGER_URL = f"file://{file}"
    monkeypatch.setattr(ledger, "_resting_until", 0.0)
    return file


def ends_on(day: date = LAST, **fields) -> ConsultationRequest:
    request = make_request(**fields)
    ConsultationRequest.objects.filter(pk=request.pk).update(
        destroy_after=day, closed_at=datetime(2026, 11, 30, tzinfo=UTC), status="closed"
    )
    return request


TABLES = (
    "subjects_datasubject",
    "subjects_subjectidentifier",
    "requests_inbox_consultationrequest",
)
EVIDENCE = (
    "retention_ledgerentry",
    "retention_destructionline",
    "retention_shipment",
    "retention_sweep",
)


@contextmanager
def restored() -> Iterator[None]:
    """What a restore does: rows erased meanwhile are back, and the ledger knows nothing of it."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
        yield
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table} ON CONFLICT DO NOTHING")
            cursor.execute(f"DROP TABLE kept_{table}")
        for table in EVIDENCE:
            cursor.execute(f"DELETE FROM {table}")


def erase() -> None:
    sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT)


def run(**options) -> tuple[list[str], list[str]]:
    """The lines that the command wrote, and what it complained of."""
    out, err = StringIO(), StringIO()
    try:
        call_command("replay_erasures", stdout=out, stderr=err, **options)
    except CommandError as problem:
        err.write(str(problem))
    return out.getvalue().splitlines(), err.getvalue().splitlines()


FAILED = "Not everything is as the ledger says. Mend it and run this again."


def test_what_came_back_goes_and_is_written_down_once() -> None:
    request, kept = ends_on(), ends_on(LAST + timedelta(days=1))
    with restored():
        erase()
    assert ConsultationRequest.objects.count() == 2
    out, err = run()
    assert err == []
    assert out[1:] == [
        f"    record {request.pk}",
        f"    person {request.subject_id}",
        "1 entries, 2 erased again, 0 problems",
    ]
    assert out[0].endswith(" consultation: records 1, persons 1, already gone 0")
    assert list(ConsultationRequest.objects.all()) == [kept]
    assert list(DataSubject.objects.values_list("pk", flat=True)) == [kept.subject_id]
    entry, line = LedgerEntry.objects.get(), DestructionLine.objects.get()
    assert entry.intact()
    assert (entry.line, line.rule, line.records) == (line.uid, "consultation", 1)
    assert line.counts["subjects.datasubject"] == 1
    assert Shipment.objects.get().entry == entry.uid
    ended = Sweep.objects.get()
    assert (ended.kind, ended.records, ended.error) == ("replay", 1, "")
    assert list(certificates.verify()) == []
    out, err = run()
    assert (out[-1], err) == ("1 entries, 0 erased again, 0 problems", [])
    assert AuditEvent.objects.filter(action="retention.replay").count() == 1
    assert (Sweep.objects.count(), LedgerEntry.objects.count()) == (1, 1)


def test_simulation_says_the_same_and_changes_nothing() -> None:
    ends_on(email="twice@example.com")
    ends_on(email="twice@example.com")
    with restored():
        erase()
    before = ConsultationRequest.objects.count(), AuditEvent.objects.count()
    said, err = run(simulate=True)
    assert err == []
    assert (ConsultationRequest.objects.count(), AuditEvent.objects.count()) == before
    assert not LedgerEntry.objects.exists()
    assert not Sweep.objects.exists()
    assert run()[0] == [line.replace("would go", "erased again") for line in said]


def test_entry_whose_records_the_backup_never_had_is_taken_in() -> None:
    request = ends_on()
    erase()
    with connection.cursor() as cursor:
        for table in EVIDENCE:
            cursor.execute(f"DELETE FROM {table}")
    out, err = run()
    assert err == []
    assert out[0].endswith("records 0, persons 0, already gone 2")
    assert LedgerEntry.objects.get().records == [request.pk]
    assert list(certificates.verify()) == []


def test_entry_written_twice_is_replayed_once(path) -> None:
    ends_on()
    with restored():
        erase()
    path.write_bytes(path.read_bytes() * 2)
    assert run()[0][-1] == "1 entries, 2 erased again, 0 problems"


def test_person_who_writes_again_before_the_replay_is_told_not_lost() -> None:
    request = ends_on(email="again@example.com")
    with restored():
        erase()
    fresh = make_request(email="again@example.com")
    assert fresh.subject_id == request.subject_id
    told = (
        f"person {request.subject_id} is still there: "
        f"the ledger does not name what points to it ({fresh.pk})"
    )
    assert run(simulate=True)[1] == [told, FAILED]
    out, err = run()
    assert err == [told, FAILED]
    assert out[1:] == [f"    record {request.pk}", "1 entries, 1 erased again, 1 problems"]
    assert list(ConsultationRequest.objects.all()) == [fresh]
    assert Sweep.objects.get().error == "replay: 1 problems"
    assert list(certificates.verify()) == []


def test_order_of_the_lines_does_not_matter(path) -> None:
    """Of two requests of one person the later entry names the person, and may stand first."""
    first = ends_on(email="twice@example.com")
    second = ends_on(LAST + timedelta(days=1), email="twice@example.com")
    with restored():
        erase()
        sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT + timedelta(days=1))
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    said, err = run(simulate=True)
    assert err == []
    out, err = run()
    assert err == []
    assert out[-1] == "2 entries, 3 erased again, 0 problems"
    assert [line.split()[1] for line in out if line.startswith("    ")] == [
        str(second.pk),
        str(first.pk),
        str(first.subject_id),
    ]
    assert len(said) == len(out)
    assert not DataSubject.objects.exists()
    assert list(certificates.verify()) == []
    # The person had to wait for the second entry, and has a line and an entry of its own.
    assert sorted(DestructionLine.objects.values_list("rule", flat=True)) == [
        "consultation",
        "consultation",
        "persons",
    ]


@pytest.mark.parametrize("kind", ["subject", "record", "rule"])
def test_hold_that_came_back_keeps_and_is_told(kind) -> None:
    request, other = ends_on(), ends_on()
    with restored():
        erase()
    target = {"subject": request.subject_id, "record": request.pk}.get(kind)
    hold = LegalHold.objects.create(
        kind=kind,
        target=target,
        code="" if target else "consultation",
        reason="court",
        legal_reference=LegalReference.objects.first(),
        review_on=LAST,
    )
    for options in ({"simulate": True}, {}):
        _, err = run(**options)
        assert f"record {request.pk} is still there: a legal hold keeps it" in err
        assert err[-1] == FAILED
    assert ConsultationRequest.objects.filter(pk=request.pk).exists()
    assert ConsultationRequest.objects.filter(pk=other.pk).exists() == (kind == "rule")
    assert list(certificates.verify()) == []
    LegalHold.objects.filter(pk=hold.pk).update(released_at=NIGHT)
    assert run()[1] == []
    assert not ConsultationRequest.objects.exists()
    assert not DataSubject.objects.exists()
    assert list(certificates.verify()) == []
    assert not ledger.waiting().exists()


def test_forged_and_broken_lines_are_told_and_the_rest_replayed(path) -> None:
    request, spared = ends_on(), ends_on(LAST + timedelta(days=1))
    with restored():
        erase()
    (line,) = FileStore(path).lines()
    forged = json.loads(line) | {"uid": str(uuid4()), "records": [str(spared.pk)]}
    path.write_bytes(json.dumps(forged).encode() + b"\n" + line + b"{half")
    for options in ({"simulate": True}, {}):
        out, err = run(**options)
        assert err == [
            "line 1 of the ledger is not as it was written under the key 'e1'".replace(
                "'e1'", repr(json.loads(line)["kid"])
            ),
            "line 3 of the ledger cannot be read",
            FAILED,
        ]
        assert f"    record {request.pk}" in out
    assert list(ConsultationRequest.objects.all()) == [spared]


def test_rule_that_was_renamed_since_is_looked_for_in_every_table(monkeypatch) -> None:
    request = ends_on()
    with restored():
        erase()
    known = dict(rules._RULES)
    known.pop("consultation")
    monkeypatch.setattr(rules, "_RULES", known)
    out, err = run()
    assert (err, out[1]) == ([], f"    record {request.pk}")
    line = DestructionLine.objects.get()
    assert (line.rule, line.clause, line.trigger) == ("consultation", "", "S-5c")


def test_entry_that_fails_is_told_and_the_others_go(monkeypatch) -> None:
    first, second = ends_on(), ends_on(LAST + timedelta(days=1))
    with restored():
        erase()
        sweep(Sweep.Kind.NIGHT, only="consultation", now=NIGHT + timedelta(days=1))
    delete = replay.delete_rows

    def refusing(model, keys):
        if first.pk in keys:
            raise DatabaseError
        return delete(model, keys)

    with monkeypatch.context() as patched:
        patched.setattr(replay, "delete_rows", refusing)
        out, err = run()
    assert [line.partition(" could")[2] for line in err[:-1]] == [" not be replayed: DatabaseError"]
    assert f"    record {second.pk}" in out
    assert ConsultationRequest.objects.get() == first
    assert run()[1] == []
    assert not ConsultationRequest.objects.exists()


def test_erasure_between_restore_and_replay_loses_no_entry(path) -> None:
    """The new entry has taken the number of an old one; the old one gets another."""
    old = ends_on()
    with restored():
        erase()
    (line,) = ledger.read(FileStore(path).lines())
    clash = LedgerEntry(line=uuid4(), rule="spam", records=[], subjects=[], id=line.pk)
    clash.save()
    Shipment.objects.create(entry=clash.uid)
    assert run()[1] == []
    again = LedgerEntry.objects.get(uid=line.uid)
    assert again.intact()
    assert again.pk != line.pk
    assert again.records == [old.pk]


def test_new_entries_are_numbered_behind_those_taken_in(path) -> None:
    ends_on()
    with restored():
        erase()
    content = json.loads(path.read_bytes())
    content["id"] += 1_000
    path.write_text(json.dumps(content) + "\n")
    assert run()[1] == []
    ends_on()
    erase()
    assert LedgerEntry.objects.order_by("-id").first().pk == content["id"] + 1


def test_file_named_by_hand_is_shipped_to_the_place_of_the_ledger(path, tmp_path) -> None:
    ends_on()
    with restored():
        erase()
    saved = path.rename(tmp_path / "saved.jsonl")
    assert run(file=saved)[1] == []
    assert path.read_bytes() == saved.read_bytes()


def test_object_store_is_read_as_well(settings, monkeypatch) -> None:
    monkeypatch.setattr(objects, "LONGEST_GAP", 20)
    settings.LEDGER_TOKEN = "let-me-in"
    with object_store() as shelf:
        settings.LEDGER_URL = shelf.url
        ends_on()
        with restored():
            erase()
        assert run()[0][-1] == "1 entries, 2 erased again, 0 problems"
        shelf.fail_next(503)
        assert run()[1] == ["The ledger cannot be read: the store answered 503"]


def test_missing_ledger_is_an_error(tmp_path) -> None:
    assert run()[1][0].startswith("There is no ledger. If anything was ever erased, put it where")
    nowhere = tmp_path / "nowhere"
    assert run(file=nowhere)[1] == [f"There is no file {nowhere}."]
