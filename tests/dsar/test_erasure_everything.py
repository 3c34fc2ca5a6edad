"""Twenty persons in every table, ten of them erased: nothing of these is left, nothing moves."""

import re
import subprocess
from collections.abc import Iterable
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from dsar.models import Case, CaseFile, Outcome, Status
from dsar.services import deadlines, erasure, residual
from dsar.services.extent import roots
from dsar.walk import held_about
from emsar.datamap.declarations import declarations
from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.certificates import verify
from emsar.retention.dependants import GOES_ALONG, pointing_at
from emsar.retention.management.commands.backup_database import environment
from emsar.retention.models import DeletionOrder, DestructionLine
from emsar.subjects.models import DataSubject, SubjectIdentifier
from tests.dsar.erasing import make_case
from tests.dsar.people import Known, known_person, let_go
from tests.factories import make_user
from tests.retention.restoring import contents, program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
NAMES = [f"Qəmər{letter} Xıdırova{letter}" for letter in "abcdefghijklmnopqrst"]
# Evidence, the ledger, the skeletons: here a UUID may stand that means nothing any more.
WITHOUT_MEANING = {
    "audit_auditevent",
    "consent_consentevent",
    "dsar_case",
    "dsar_disclosure",
    "requests_inbox_transfer",
    "retention_ledgerentry",
    "retention_legalhold",
}
# What an erasure adds to, or notes its progress in, without touching anybody else's row.
GROWING = {
    *WITHOUT_MEANING,
    "dsar_caseevent",
    "outbox_outboundmail",
    "retention_deletionorder",
    "retention_destructionline",
    "retention_shipment",
    "retention_sweep",
}


def everybody() -> list[Known]:
    """Each knows nobody else: own name, own address, own number; nothing keeps them by law."""
    found = []
    for number, name in enumerate(NAMES):
        known = known_person(name=name, email=f"Qemer{number:02}@Xidirova.example")
        let_go(known)
        phone = SubjectIdentifier.objects.filter(subject=known.person, kind="phone")
        phone.update(value=f"+9945055500{number:02}")
        OutboundMail.objects.filter(subject=known.person).update(
            to_address=None, reply_to=None, subject_line=None, body=None, status="sent"
        )
        found.append(known)
    return found


def test_factory_fills_every_table_of_the_map_that_can_tell_of_a_person() -> None:
    known = everybody()[0]
    empty = {held.label for held in held_about(known.person.pk) if not held.rows.exists()}
    assert empty == {"requests_inbox.accountingdocument"}
    assert MailCopy.objects.filter(about=known.request.pk).exists()


def test_ten_of_twenty_go_without_a_trace(filled_db, tmp_path) -> None:
    people = everybody()
    officer = make_user()
    erased, others = people[:10], people[10:]
    values, keys = values_of(erased), keys_of(erased)
    numbers = {known.person.pk for known in erased}
    records = {known.request.pk for known in erased}
    # The search itself is proved on what is still there.
    before = contents()
    assert found_in(before, [*map(str, numbers)]) >= WITHOUT_MEANING - {"retention_ledgerentry"} | {
        "subjects_datasubject",
        "outbox_outboundmail",
    }
    assert found_in(before, keys) == {"subjects_subjectidentifier"}
    cases = [make_case(known.request) for known in erased]
    orders = MailCopy.objects.filter(about__in=records).count()
    before = contents()
    for case in cases:
        erasure.approve(case, by=officer)
    sending.send_due()
    assert residual.settle_all() == len(cases)
    after = contents()

    assert_others_unchanged(before, after, others)
    dump = plain_dump(tmp_path)
    for value in values:
        assert value.encode() not in dump, value
    assert not any(key.encode() in dump for key in keys)
    assert found_in(after, [*map(str, numbers)]) <= WITHOUT_MEANING
    # What was recorded, too, is named by evidence alone.
    assert found_in(after, [*map(str, records)]) <= WITHOUT_MEANING
    assert DeletionOrder.objects.filter(line__in=line_uids(cases)).count() >= orders == 10
    for case in cases:
        case.refresh_from_db()
        assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)
    assert list(verify()) == []


def test_deadline_of_everybody_finds_nothing_to_leave(filled_db) -> None:
    """The machine's way is the same as the officer's."""
    people = everybody()[:3]
    cases = [make_case(known.request) for known in people]
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        execute_on="2026-01-01", promise_due="2026-01-04"
    )
    assert deadlines.run()["erased"] == 3
    sending.send_due()
    assert [residual.findings_of(case) for case in cases] == [[], [], []]
    done = residual.settle_all()
    assert [residual.findings_of(case) for case in cases] == [[], [], []]
    assert done == 3
    assert not DataSubject.objects.filter(pk__in=[k.person.pk for k in people]).exists()


def test_table_that_keeps_a_person_has_a_rule_and_a_line() -> None:
    """A new table with a protecting foreign key is found by itself, if it says when it ends."""
    assert {model._meta.label for model in roots()} == {
        "dsar.CaseFile",
        "requests_inbox.AccountingDocument",
        "requests_inbox.ConsultationRequest",
    }
    reached = {*roots(), DataSubject}
    while more := {f.model for model in reached for f in pointing_at(model, GOES_ALONG)} - reached:
        reached |= more
    named = {line.model for line in declarations() if line.record}
    kept = {line.model for line in declarations() if line.model._meta.db_table in WITHOUT_MEANING}
    left = {line.model for line in declarations() if line.subject} - reached - named - kept
    # These hang on the skeleton, which stays.
    assert {model._meta.label for model in left} == {
        "dsar.CaseEvent", "dsar.Release", "dsar.ResidualTrace"
    }  # fmt: skip


def values_of(people: Iterable[Known]) -> list[str]:
    rows = SubjectIdentifier.objects.filter(subject__in=[known.person for known in people])
    addresses = [str(row.value) for row in rows]
    names = [str(known.request.name) for known in people]
    return [*addresses, *(address.lower() for address in addresses), *names]


def keys_of(people: Iterable[Known]) -> list[str]:
    rows = SubjectIdentifier.objects.filter(subject__in=[known.person for known in people])
    return [bytes(row.key).hex() for row in rows]


def found_in(tables: dict[str, bytes], texts: Iterable[str]) -> set[str]:
    """The tables in which any of the texts stands."""
    wanted = re.compile(b"|".join(text.encode() for text in texts))
    return {table for table, rows in tables.items() if wanted.search(rows)}


def assert_others_unchanged(
    before: dict[str, bytes], after: dict[str, bytes], others: Iterable[Known]
) -> None:
    """Every row that names one of the others is there as it was, byte for byte."""
    theirs = numbers_of(others)
    changed = set()
    for table, rows in before.items():
        old, new = set(rows.splitlines()), set(after[table].splitlines())
        gone, more = old - new, new - old
        assert not any(number in row for row in gone for number in theirs), table
        assert not any(number in row for row in more for number in theirs), table
        changed |= {table} if more else set()
    assert changed <= GROWING


def numbers_of(others: Iterable[Known]) -> list[bytes]:
    people = [known.person.pk for known in others]
    requests = [known.request.pk for known in others]
    files = list(CaseFile.objects.filter(person__in=people).values_list("pk", flat=True))
    cases = list(Case.objects.filter(subject__in=people).values_list("pk", flat=True))
    return [str(number).encode() for number in (*people, *requests, *files, *cases)]


def line_uids(cases: Iterable[Case]) -> list[UUID]:
    lines = DestructionLine.objects.filter(case__in=[case.pk for case in cases])
    return list(lines.values_list("uid", flat=True))


def plain_dump(folder) -> bytes:
    """The whole database as ``pg_dump`` writes it, every schema of ours but the tests' own copy."""
    target = folder / "dump.sql"
    command = [program("pg_dump"), "--exclude-schema=filled", "--file", str(target)]
    subprocess.run(command, env=environment(), check=True)
    return target.read_bytes()


def test_every_model_has_its_table_in_the_search() -> None:
    """What the dump shows, the search of the scan walks."""
    from dsar.services.columns import columns

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        every = {name for (name,) in cursor.fetchall()}
    assert {column.table for column in columns()} == every
    assert {m._meta.db_table for m in apps.get_models() if m._meta.managed} <= every
