"""kill -9 at one statement after the other of an approval, of the deadline job, of the scan.

The processes are real and run under the web's and the worker's own logins, so that these tests
also show that either has the rights it needs.
"""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from dsar.mails import final_key
from dsar.models import Case, CaseEvent, CaseFile, Outcome, ResidualTrace, Status
from dsar.services.residual import findings_of
from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.ledger import read
from emsar.retention.models import DeletionOrder, DestructionLine, LedgerEntry, Shipment, Sweep
from emsar.retention.stores import FileStore
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.dsar.erasing import make_case, make_person
from tests.factories import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
Parent = Callable[[str], list[str]]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def web(filled_db, ledger) -> Iterator[Parent]:
    yield from parent("web", ledger)


@pytest.fixture
def worker(filled_db, ledger) -> Iterator[Parent]:
    yield from parent("worker", ledger)


def parent(role: str, ledger: Path) -> Iterator[Parent]:
    url, _, _ = settings.DATABASE_ROLE_URLS[f"emsar_{role}"].rpartition("/")
    environment = {
        "DATABASE_ROLE": role,
        f"DATABASE_URL_{role.upper()}": f"{url}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
        "LEDGER_URL": f"file://{ledger}",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.dsar.dying"],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def tell(order: str) -> list[str]:
            print(order, file=process.stdin, flush=True)
            return process.stdout.readline().split()

        try:
            yield tell
        finally:
            process.stdin.close()


def someone(number: int) -> Case:
    """A person with a request, a copy of it in a mailbox, and a verified demand for deletion."""
    request = make_person(f"Nurlan Abbasov{number}", f"nurlan{number}@abbasov.example")
    OutboundMail.objects.filter(about=request.pk).update(status="sent")
    MailCopy.objects.create(
        mailbox="info@example.com",
        message_id=f"<{uuid4()}@example.com>",
        reference=request.reference,
        about=request.pk,
        at=request.received_at,
    )
    return make_case(request)


def let_be_due(*cases: Case) -> None:
    days = {"execute_on": "2026-01-01", "promise_due": "2026-01-04", "statutory_due": None}
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(**days)


# Each statement in `KILL_EVERY=1 make test`; every third one in a usual run, for the time it takes.
EVERY = int(os.environ.get("KILL_EVERY", "3"))


def is_untouched(case: Case) -> bool:
    people = DataSubject.objects.filter(pk=case.subject).count()
    requests = ConsultationRequest.objects.filter(subject=case.subject).count()
    files = CaseFile.objects.filter(pk=case.pk).count()
    written = DestructionLine.objects.filter(case=case.pk).count()
    mails = OutboundMail.objects.filter(key=final_key(case)).count()
    return (people, requests, files, written, mails) == (1, 1, 1, 0, 0)


def assert_done_once(case: Case) -> None:
    case.refresh_from_db()
    assert case.status == Status.EXECUTED
    lines = DestructionLine.objects.filter(case=case.pk)
    assert Counter(line.rule for line in lines) == {"consultation": 1, "case_files": 1}
    uids = [line.uid for line in lines]
    entries = LedgerEntry.objects.filter(line__in=uids)
    assert sorted(map(len, entries.values_list("subjects", flat=True))) == [0, 1]
    assert DeletionOrder.objects.filter(line__in=uids).count() == 1
    assert OutboundMail.objects.filter(key=final_key(case)).count() == 1
    assert CaseEvent.objects.filter(case=case, event="executed").count() == 1
    assert ResidualTrace.objects.filter(case=case).count() == 1
    assert not DataSubject.objects.filter(pk=case.subject).exists()


def test_approval_killed_at_every_statement_is_done_whole_or_not_at_all(web) -> None:
    officer, done = make_user(), 0
    first = someone(0)
    (answer,) = web(f"approve 0 {first.pk} {officer.pk}")
    assert answer.startswith("ended:0"), answer
    assert_done_once(first)
    statements = int(answer.rpartition(":")[2])
    assert statements > 40
    for fatal in range(1, statements + 1, EVERY):
        case = someone(fatal)
        (answer,) = web(f"approve {fatal} {case.pk} {officer.pk}")
        if answer != "killed":
            # What a process looks up every few seconds was among the statements counted above.
            assert fatal > int(answer.rpartition(":")[2]) > statements - 3
            assert_done_once(case)
            done += 1
            break
        case.refresh_from_db()
        assert case.status == Status.OPEN
        assert is_untouched(case), fatal
        if fatal % 10 == 1:
            assert web(f"approve 0 {case.pk} {officer.pk}")[0].startswith("ended:0")
            assert_done_once(case)
            done += 1
    assert done >= 4
    # What was cut off left no sweep without an end, no trace and no order behind.
    assert Sweep.objects.filter(ended_at=None).count() == 0
    assert ResidualTrace.objects.count() == done + 1


def test_web_ships_no_ledger_and_the_worker_does(web, worker, ledger) -> None:
    officer, case = make_user(), someone(1)
    web(f"approve 0 {case.pk} {officer.pk}")
    assert not ledger.exists()
    assert (LedgerEntry.objects.count(), Shipment.objects.count()) == (2, 0)
    other = someone(2)
    let_be_due(other)
    worker("deadlines 0")
    assert_done_once(other)
    assert Shipment.objects.count() == LedgerEntry.objects.count() == 4
    named = {person for entry in read(FileStore(ledger).lines()) for person in entry.subjects}
    assert named == {case.subject, other.subject}


def test_deadline_job_killed_again_and_again_ends_with_each_case_done_once(worker) -> None:
    cases = [someone(number) for number in range(12)]
    let_be_due(*cases)
    killed = 0
    for _ in range(60):
        fatal = [random.randint(2, 110) for _ in range(2)]  # noqa: S311
        ended = worker(";".join(f"deadlines {number}" for number in fatal))
        killed += ended.count("killed")
        for case in cases:
            case.refresh_from_db()
            assert case.status == Status.EXECUTED or is_untouched(case)
        if killed >= 12:
            break
    assert killed >= 12
    assert all(answer.startswith("ended:0") for answer in worker("deadlines 0;deadlines 0"))
    for case in cases:
        assert_done_once(case)


def test_three_jobs_at_once_share_the_work_and_double_nothing(worker) -> None:
    cases = [someone(number) for number in range(9)]
    let_be_due(*cases)
    ended = worker("deadlines 0;deadlines 0;deadlines 0")
    assert all(answer.startswith("ended:0") for answer in ended), ended
    for case in cases:
        assert_done_once(case)


def test_scan_that_is_killed_is_made_again_and_ends_the_case_once(worker) -> None:
    case = someone(1)
    let_be_due(case)
    worker("deadlines 0")
    sending.send_due()
    assert worker("settle 9") == ["killed"]
    # Claimed by the one that was killed, and left alone for a while.
    assert worker("settle 0")[0].startswith("ended:0")
    case.refresh_from_db()
    assert case.status == Status.EXECUTED
    ResidualTrace.objects.update(at="2026-01-01T00:00:00Z")
    assert all(a.startswith("ended:0") for a in worker("settle 0;settle 0"))
    case.refresh_from_db()
    assert findings_of(case) == []
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)
    assert CaseEvent.objects.filter(case=case, event="completed").count() == 1
    assert not ResidualTrace.objects.exists()
