"""kill -9 while an entry is looked up, and within COMMIT: done once or not at all, then once.

Whoever is killed within COMMIT never hears whether it counted. Both are right, and the work that
is done again must notice which it was.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from dsar.models import Case, CaseEvent, CaseFile, Intake, Kind, Release, Status
from dsar.services import releases
from dsar.services.intake import receive
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject, SubjectIdentifier
from tests.connections import second_connection
from tests.dsar.asking import entry
from tests.dsar.people import open_case
from tests.dsar.test_erasure_kills import (
    assert_done_once,
    is_untouched,
    let_be_due,
    someone,
)
from tests.factories import make_request, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


_parents: dict[str, "subprocess.Popen[str]"] = {}


@pytest.fixture(scope="module", autouse=True)
def _parents_end() -> Iterator[None]:
    yield
    for process in _parents.values():
        process.stdin.close()
        process.stdout.close()
        process.wait(10)
    _parents.clear()


def parent_of(role: str) -> "subprocess.Popen[str]":
    """The process that forks those of a role; it has loaded Django once."""
    if role not in _parents:
        url, _, _ = settings.DATABASE_ROLE_URLS[f"emsar_{role}"].rpartition("/")
        environment = {
            "DATABASE_ROLE": role,
            f"DATABASE_URL_{role.upper()}": f"{url}/{connection.settings_dict['NAME']}",
            "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
        }
        _parents[role] = subprocess.Popen(
            [sys.executable, "-m", "tests.dsar.ending"],
            cwd=settings.BASE_DIR,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    return _parents[role]


def run(role: str, ledger: object, work: str, fatal: str, *more: object) -> int | None:
    """One process of a role; the number of its statements, None when it was killed."""
    process = parent_of(role)
    print(f"file://{ledger}", work, fatal, *more, file=process.stdin, flush=True)
    said = process.stdout.readline().strip()
    wait_until_the_server_is_done()
    assert said.isdecimal() or said == "killed", said
    return None if said == "killed" else int(said)


def wait_until_the_server_is_done() -> None:
    """What was sent before a kill is carried out by a session that ends a moment later."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename IN ('emsar_web', 'emsar_worker')"
    )
    until = time.monotonic() + 30
    with second_connection(autocommit=True) as other:
        while other.execute(asked).fetchone()[0]:
            assert time.monotonic() < until, "a session of a killed process does not end"
            other.execute("SELECT pg_sleep(0.01)")


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "ledger.jsonl"


class TestLookUp:
    def state(self) -> tuple[int, ...]:
        return (
            Intake.objects.count(),
            Case.objects.count(),
            CaseFile.objects.count(),
            DataSubject.objects.count(),
            SubjectIdentifier.objects.count(),
            CaseEvent.objects.count(),
            OutboundMail.objects.count(),
        )

    def test_killed_at_any_statement_leaves_the_entry_whole(self, filled_db, ledger) -> None:
        receive(entry(Kind.ACCESS, Kind.DELETION, details="Everything."))
        before = self.state()
        assert before == (1, 0, 0, 0, 0, 0, 0)
        fatal = 1
        while (counted := run("worker", ledger, "look_up", str(fatal))) is None:
            assert self.state() == before, fatal
            # Every statement near the beginning and the end, and each third between.
            fatal += 1 if fatal < 6 else 3
        assert counted < fatal
        assert self.state() == (0, 2, 2, 1, 1, 2, 1)
        assert run("worker", ledger, "look_up", "0") is not None
        assert self.state() == (0, 2, 2, 1, 1, 2, 1)

    @pytest.mark.parametrize("when", ["before", "sent"])
    def test_killed_within_commit_is_done_once(self, filled_db, ledger, when) -> None:
        receive(entry(Kind.ACCESS, Kind.DELETION, details="Everything."))
        assert run("worker", ledger, "look_up", f"{when}:1") is None
        assert self.state() in {(1, 0, 0, 0, 0, 0, 0), (0, 2, 2, 1, 1, 2, 1)}
        if when == "before":
            assert Intake.objects.exists()
        assert run("worker", ledger, "look_up", "0") is not None
        assert self.state() == (0, 2, 2, 1, 1, 2, 1)


@pytest.mark.parametrize("when", ["before", "sent"])
def test_erasure_killed_within_commit_is_certified_once(filled_db, ledger, when) -> None:
    officer, case = make_user(), someone(1)
    assert run("web", ledger, "approve", f"{when}:1", case.pk, officer.pk) is None
    case.refresh_from_db()
    if case.status == Status.OPEN:
        assert is_untouched(case)
        assert run("web", ledger, "approve", "0", case.pk, officer.pk) is not None
    else:
        assert when == "sent"
    assert_done_once(case)


@pytest.mark.parametrize("when", ["before", "sent"])
def test_deadline_job_killed_within_each_commit_ends_with_each_case_done_once(
    filled_db, ledger, when
) -> None:
    cases = [someone(number) for number in range(3)]
    let_be_due(*cases)
    killed = 0
    for number in (1, 2, 1, 2, 3):
        killed += run("worker", ledger, "deadlines", f"{when}:{number}") is None
        for case in cases:
            case.refresh_from_db()
            assert case.status == Status.EXECUTED or is_untouched(case)
    assert killed >= 3
    assert run("worker", ledger, "deadlines", "0") is not None
    for case in cases:
        assert_done_once(case)


@pytest.mark.parametrize("when", ["before", "sent"])
def test_release_killed_within_commit_is_released_and_told_once(filled_db, ledger, when) -> None:
    case = open_case(make_request().subject)
    mails = OutboundMail.objects.filter(key=f"case:{case.pk}:package_ready")
    assert run("worker", ledger, "release", f"{when}:1", case.pk) is None
    case.refresh_from_db()
    released = Release.objects.filter(case=case).count()
    assert (released, mails.count(), case.status) in {
        (0, 0, Status.OPEN),
        (1, 1, Status.COMPLETED),
    }
    let_be_due(case)
    assert run("worker", ledger, "deadlines", "0") is not None
    assert Release.objects.filter(case=case).count() == 1
    assert mails.count() == 1
    assert CaseEvent.objects.filter(case=case, event="release").count() == 1
    assert AuditEvent.objects.filter(action="case.release").count() == 1


@pytest.mark.parametrize("when", ["before", "sent"])
@pytest.mark.parametrize("commit", [1, 2])
def test_download_killed_within_a_commit_is_counted_and_noted_alike(
    filled_db, ledger, when, commit
) -> None:
    """The first COMMIT ends the reading, the second one counts."""
    case = open_case(make_request().subject)
    releases.release(case)
    assert run("web", ledger, "download", f"{when}:{commit}", case.pk) is None
    counted = Release.objects.get(case=case)
    noted = AuditEvent.objects.filter(action="case.download")
    assert counted.downloads == noted.count()
    assert bool(counted.sha256) is bool(counted.downloads)
    if (when, commit) != ("sent", 2):
        assert counted.downloads == 0
    before = counted.downloads
    assert run("web", ledger, "download", "0", case.pk) is not None
    counted.refresh_from_db()
    assert counted.downloads == noted.count() == before + 1
