"""Real processes under the web's or the worker's own login that end themselves by kill -9.

One process loads Django once and forks the others. It is told "verb statement case user" on its
standard input (statement 0: none is fatal) and answers "killed", or "ended:<code> <statements>".
"""

import os
import signal
import sys
from typing import Any
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        # Several on one line run beside each other.
        orders = [order.split() for order in line.split(";")]
        children = [_fork(order) for order in orders]
        print(" ".join(_ended(*child) for child in children), flush=True)  # noqa: T201 - the answer


def _fork(order: list[str]) -> tuple[int, int]:
    reader, writer = os.pipe()
    number = os.fork()
    if number == 0:
        code = 1
        try:
            counted = work(*order)
            os.write(writer, str(counted).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    return number, reader


def _ended(child: int, reader: int) -> str:
    _, status = os.waitpid(child, 0)
    counted = os.read(reader, 20).decode() or "-"
    os.close(reader)
    return "killed" if os.WIFSIGNALED(status) else f"ended:{os.WEXITSTATUS(status)}:{counted}"


def work(verb: str, fatal: str, case: str = "", user: str = "") -> int:
    """One piece of work; it kills itself at a statement. How many statements it took."""
    from django.db import connection

    count = 0

    def counting(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        if count == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    with connection.execute_wrapper(counting):
        VERBS[verb](case, user)
    return count


def approve(case: str, user: str) -> None:
    from dsar.models import Case
    from dsar.services.erasure import approve as approved
    from emsar.staff import rows
    from emsar.staff.models import User

    by = User.objects.get(pk=UUID(user))
    with rows.of_member(by):
        approved(Case.objects.get(pk=UUID(case)), by=by)


def deadlines(_case: str, _user: str) -> None:
    from dsar.services.deadlines import run

    run()


def settle(_case: str, _user: str) -> None:
    from dsar.services.residual import settle_all

    settle_all()


VERBS = {"approve": approve, "deadlines": deadlines, "settle": settle}

if __name__ == "__main__":
    main()
