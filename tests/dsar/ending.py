"""Processes that do one piece of work and are killed at a statement, or when COMMIT was sent.

One loads Django once and forks the others. It is told "ledger work fatal case user" on its
standard input, the last two may be missing, and answers "killed" or the number of statements.

``fatal`` is the number of a statement (0: none), ``sent:<n>`` for the n-th COMMIT, after which it
ends without hearing the answer, or ``before:<n>`` for the moment before that COMMIT is sent.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        print(_forked(line.split()), flush=True)  # noqa: T201 - the answer


def _forked(order: list[str]) -> str:
    reader, writer = os.pipe()
    number = os.fork()
    if number == 0:
        code = 1
        try:
            os.write(writer, str(_work(*order)).encode())
            code = 0
        except Exception:  # noqa: BLE001 - for whoever reads the test's output
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    _, status = os.waitpid(number, 0)
    counted = os.read(reader, 20).decode()
    os.close(reader)
    return "killed" if os.WIFSIGNALED(status) else counted or "failed"


def _work(ledger: str, name: str, fatal: str, case: str = "", user: str = "") -> int:
    """How many statements it took, if it was not killed."""
    from django.conf import settings
    from django.db import connection

    settings.LEDGER_URL = ledger
    counted = [0]

    def counting(execute: Any, *args: Any) -> Any:
        counted[0] += 1
        if fatal == str(counted[0]):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    if ":" in fatal:
        _end_at_commit(*fatal.split(":"))
    with connection.execute_wrapper(counting):
        WORK[name](case, user)
    return counted[0]


def _end_at_commit(when: str, number: str) -> None:
    """The outcome is then known to the server alone."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    left = [int(number)]

    def ending(self: Any) -> None:
        left[0] -= 1
        if left[0] == 0 and when == "sent":
            _send_only(self.connection)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.connection.commit()

    DatabaseWrapper._commit = ending


def _send_only(raw: Any) -> None:
    """Hand COMMIT to the network and do not wait for what becomes of it."""
    raw.pgconn.nonblocking = 1
    raw.pgconn.send_query(b"COMMIT")
    while raw.pgconn.flush():
        pass


def _case(case: str) -> Any:
    from dsar.models import Case

    return Case.objects.get(pk=UUID(case))


def look_up(_case: str, _user: str) -> None:
    from dsar.services.intake import look_up as looked_up

    looked_up()


def approve(case: str, user: str) -> None:
    from dsar.services.erasure import approve as approved
    from emsar.staff import rows
    from emsar.staff.models import User

    by = User.objects.get(pk=UUID(user))
    with rows.of_member(by):
        approved(_case(case), by=by)


def release(case: str, _user: str) -> None:
    from dsar.services.releases import release as released
    from emsar.staff import rows

    found = _case(case)
    with rows.of_person(found.subject):
        released(found)


def download(case: str, _user: str) -> None:
    from dsar.services.releases import download as downloaded

    downloaded(_case(case))


def deadlines(_case: str, _user: str) -> None:
    from dsar.services.deadlines import run

    run()


WORK: dict[str, Callable[[str, str], None]] = {
    "look_up": look_up,
    "approve": approve,
    "release": release,
    "download": download,
    "deadlines": deadlines,
}

if __name__ == "__main__":
    main()
