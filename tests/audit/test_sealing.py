"""Seals: one chain over all evidence, which locks no writer out and misses none."""

import threading

import pytest
from django.db import transaction

from emsar.audit import record, sealing
from emsar.audit.evidence import evidence_models
from emsar.audit.models import AuditEvent, Heartbeat, Seal
from emsar.audit.sealing import SEAL_LOCK, seal
from emsar.audit.verification import verify_all
from tests.connections import in_thread, second_connection

EVENTS = "audit.auditevent"


@pytest.fixture
def sealed(db) -> Seal:
    """The chain up to what the set-up wrote."""
    return seal()


def numbers(count: int) -> list[int]:
    return [record("a.b", actor=None).pk for _ in range(count)]


def test_seal_covers_every_kind_of_evidence(sealed) -> None:
    assert set(sealed.spans) == {model._meta.label_lower for model in evidence_models()}
    for model in evidence_models():
        span = sealed.spans[model._meta.label_lower]
        assert span["count"] == model.objects.count()
    assert bytes(sealed.previous) == b"\0" * 32
    assert verify_all() == []


def test_seal_follows_the_link_before_it_and_takes_the_new_rows(sealed) -> None:
    new = numbers(3)
    link = seal()

    assert bytes(link.previous) == bytes(sealed.digest)
    span = link.spans[EVENTS]
    assert (span["from"], span["to"], span["count"]) == (
        sealed.spans[EVENTS]["to"],
        new[-1],
        3,
    )
    assert span["late"] == []
    assert verify_all() == []


def test_seal_without_news_writes_no_link_but_a_heartbeat(sealed) -> None:
    Heartbeat.objects.all().delete()
    assert seal() is None
    assert Seal.objects.count() == 1
    assert Heartbeat.objects.get().job == "seal"


def test_seal_leaves_rolled_back_numbers_as_gaps(sealed) -> None:
    with transaction.atomic():
        (lost,) = numbers(1)
        transaction.set_rollback(True)
    (kept,) = numbers(1)

    span = seal().spans[EVENTS]
    assert (lost, kept) == (kept - 1, span["to"])
    assert [number for number, _ in span["gaps"]][-1] == lost
    assert span["count"] == 1
    assert verify_all() == []


def test_seal_gives_a_gap_up_after_a_while(sealed, monkeypatch) -> None:
    monkeypatch.setattr(sealing, "GAP_SEALS", 2)
    with transaction.atomic():
        (lost,) = numbers(1)
        transaction.set_rollback(True)
    open_gaps = []
    for _ in range(3):
        numbers(1)
        open_gaps.append(lost in dict(seal().spans[EVENTS]["gaps"]))
    assert open_gaps == [True, True, False]
    assert verify_all() == []


def test_seal_takes_a_batch_at_a_time(sealed, monkeypatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    numbers(5)
    assert [seal().spans[EVENTS]["count"] for _ in range(3)] == [2, 2, 1]
    assert seal() is None
    assert verify_all() == []


@pytest.mark.django_db
def test_seal_is_one_process_at_a_time() -> None:
    with second_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        assert seal() is None
        assert not Seal.objects.exists()
    assert seal() is not None


def test_row_that_commits_late_locks_nobody_out_and_is_sealed_as_late(filled_db) -> None:
    """Two real connections: the row with the lower number commits after the seal."""
    seal()
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> int:
        with transaction.atomic():
            (number,) = numbers(1)
            written.set()
            assert may_commit.wait(10)
        return number

    slow = in_thread(slow_writer)
    assert written.wait(10)
    (fast,) = numbers(1)
    between = seal()
    assert verify_all() == []
    may_commit.set()
    late = slow.result(10)
    after = seal()

    assert late == fast - 1
    assert between.spans[EVENTS]["count"] == 1
    assert late in dict(between.spans[EVENTS]["gaps"])
    assert after.spans[EVENTS]["late"] == [late]
    assert late not in dict(after.spans[EVENTS]["gaps"])
    assert AuditEvent.objects.filter(pk=late).exists()
    assert verify_all() == []


def test_late_row_that_changes_after_its_seal_shows(filled_db, tamper) -> None:
    number = _late_row()
    tamper("audit_auditevent", "DELETE FROM audit_auditevent WHERE id = %s", number)
    assert verify_all() == [f"Seal {Seal.objects.last().pk}: 1 rows of {EVENTS} are missing"]


def _late_row() -> int:
    """The number of a row that was sealed as late."""
    seal()
    written, may_commit = threading.Event(), threading.Event()

    def writer() -> int:
        with transaction.atomic():
            (number,) = numbers(1)
            written.set()
            may_commit.wait(10)
        return number

    slow = in_thread(writer)
    written.wait(10)
    numbers(1)
    seal()
    may_commit.set()
    number = slow.result(10)
    seal()
    return number
