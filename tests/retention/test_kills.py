"""Three workers share a sweep and are killed at thirty statements drawn by lot."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from emsar.datamap.rules import rule
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.due import due_rows
from emsar.retention.ledger import read
from emsar.retention.models import DeletionOrder, DestructionLine, LedgerEntry
from emsar.retention.stores import FileStore
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest, HistoryEntry, Message
from tests.bench.filling import fill

pytestmark = [pytest.mark.timeout(300)]
DUE, YOUNG = 20_000, 1_000
KILLS = 30
# A batch takes about a dozen statements: thirty kills leave enough of the hundred batches.
LATEST_STATEMENT = 60


@pytest.fixture
def workers(filled_db, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A parent of sweeping processes on the test database, under the worker's own login."""
    url, _, _ = settings.DATABASE_ROLE_URLS["emsar_worker"].rpartition("/")
    environment = {
        "DATABASE_ROLE": "worker",
        "DATABASE_URL_WORKER": f"{url}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
        "LEDGER_URL": f"file://{tmp_path}/ledger.jsonl",
    }
    command = [sys.executable, "-m", "tests.retention.workers"]
    with subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        try:
            yield parent
        finally:
            parent.stdin.close()


def run_three(parent: "subprocess.Popen[str]", fatal: list[int]) -> list[str]:
    print(*fatal, file=parent.stdin, flush=True)
    return parent.stdout.readline().split()


def test_thirty_kills_over_twenty_thousand_rows_lose_and_double_nothing(workers, tmp_path) -> None:
    fill(DUE + YOUNG, DUE, timezone.localdate() - timedelta(days=1))
    young = set(
        ConsultationRequest.objects.filter(destroy_after__gte=timezone.localdate()).values_list(
            "pk", flat=True
        )
    )
    all_due = set(due_rows(rule("consultation")).values_list("pk", flat=True))
    assert (len(all_due), len(young)) == (DUE, YOUNG)
    killed = 0
    while killed < KILLS:
        fatal = [random.randint(1, LATEST_STATEMENT) for _ in range(3)]  # noqa: S311
        ended = run_three(workers, fatal)
        killed += ended.count("killed")
        if "killed" not in ended:
            break
    assert killed >= KILLS, "the work was done before all kills were: make it more"
    assert run_three(workers, [0, 0, 0]) == ["ended:0"] * 3

    assert set(ConsultationRequest.objects.values_list("pk", flat=True)) == young
    for model, each in ((HistoryEntry, 2), (Message, 1), (OutboundMail, 1), (MailCopy, 1)):
        assert model.objects.count() == YOUNG * each, model
    assert DataSubject.objects.count() == YOUNG
    assert DestructionLine.objects.aggregate(n=Sum("records"))["n"] == DUE
    assert DeletionOrder.objects.count() == DUE
    entered = [number for entry in LedgerEntry.objects.all() for number in entry.records]
    assert (len(entered), set(entered)) == (DUE, all_due)
    assert_nothing_is_locked()
    assert_shipped_whole(tmp_path / "ledger.jsonl", all_due)


def assert_nothing_is_locked() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            " AND backend_type = 'client backend'"  # not the server's own autovacuum
        )
        assert cursor.fetchone()[0] == 0


def assert_shipped_whole(path: Path, all_due: set[object]) -> None:
    """What a kill kept from being shipped is shipped by the next run."""
    from emsar.retention.ledger import ship_waiting

    settings.LEDGER_URL, before = f"file://{path}", settings.LEDGER_URL
    try:
        ship_waiting()
    finally:
        settings.LEDGER_URL = before
    shipped = {number for entry in read(FileStore(path).lines()) for number in entry.records}
    assert shipped == all_due
