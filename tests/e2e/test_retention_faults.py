"""A sweep by the real worker in which Redis is wiped and PostgreSQL crashes: same result."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest
import redis

from emsar.embedded.postgres import connection_parameters
from tests.e2e.test_faults import environment_of
from tests.stack import ROOT, Stack

pytestmark = pytest.mark.stack
KEPT, DUE = 500, 6_000
FILL = """
from datetime import timedelta
from django.utils import timezone
from tests.bench.filling import fill
fill({requests}, {due}, timezone.localdate() - timedelta(days=1))
"""
# What beat does every hour; three of them share the work.
CATCH_UP = """
from emsar.celery import app
for _ in range(3):
    app.send_task("emsar.retention.tasks.catch_up")
"""
LEFT = "SELECT count(*) FROM requests_inbox_consultationrequest WHERE reference ~ '^B[0-9]+$'"


class Database:
    """The stack's database, by a login of the worker's; reconnects after each crash."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.login = connection_parameters(environment["DATABASE_URL_WORKER"])

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(**self.login, autocommit=True) as session:
            return session.execute(statement).fetchall()

    def one(self, statement: str) -> object:
        return self.rows(statement)[0][0]

    def crash(self) -> None:
        """Kill a server process: PostgreSQL then drops everybody and recovers from its log."""
        with psycopg.connect(**self.login, autocommit=True) as session:
            os.kill(session.info.backend_pid, signal.SIGKILL)


@pytest.fixture
def worker(stack: Stack) -> dict[str, str]:
    """What the worker was started with."""
    return environment_of(stack, "celery -A emsar worker")


@pytest.fixture
def database(worker: dict[str, str]) -> Database:
    manage(worker, FILL.format(requests=DUE + KEPT, due=DUE), role="owner")
    return Database(worker)


def manage(environment: dict[str, str], code: str, role: str = "worker") -> None:
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
        cwd=ROOT,
        env=environment | {"DATABASE_ROLE": role},
        check=True,
        timeout=120,
    )


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except psycopg.OperationalError:
            pass  # recovering
        assert time.monotonic() < end
        time.sleep(0.05)


def test_sweep_outlives_a_wiped_redis_and_a_crash_of_postgresql(worker, database) -> None:
    assert database.one(LEFT) == DUE + KEPT
    manage(worker, CATCH_UP)
    wait_until(lambda: database.one(LEFT) < DUE + KEPT)
    redis.Redis.from_url(worker["REDIS_URL"]).flushall()
    database.crash()
    wait_until(lambda: database.one(LEFT) > 0)
    assert database.one(LEFT) > KEPT, "the sweep was over before the crash: make it longer"

    manage(worker, CATCH_UP)
    wait_until(lambda: database.one(LEFT) == KEPT)
    assert database.rows(
        "SELECT min(destroy_after) > current_date, count(DISTINCT reference)"
        " FROM requests_inbox_consultationrequest WHERE reference ~ '^B[0-9]+$'"
    ) == [(True, KEPT)]
    lines = "SELECT sum(records) FROM retention_destructionline WHERE rule = 'consultation'"
    assert database.one(lines) == DUE
    assert database.rows(
        "SELECT count(*), count(DISTINCT u) FROM retention_ledgerentry, unnest(records) AS u"
    ) == [(DUE, DUE)]
    orders = "SELECT count(*), count(DISTINCT message_id) FROM retention_deletionorder"
    assert database.rows(orders) == [(DUE, DUE)]
