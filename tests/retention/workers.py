"""Real sweeping processes that end themselves by kill -9 before a statement drawn by lot.

One process loads Django once and forks them. It is told "start <statement>" (0: none) on its
standard input, and answers with a line when each has ended: "killed" or "done <records>".
"""

import os
import signal
import sys
from typing import Any

SIZE = 200


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        fatal = [int(word) for word in line.split()]
        children = [_fork(number) for number in fatal]
        print(" ".join(_ended(child) for child in children), flush=True)  # noqa: T201 - the answer


def _fork(fatal: int) -> int:
    number = os.fork()
    if number == 0:
        code = 1
        try:
            code = work(fatal)
        finally:
            os._exit(code)
    return number


def _ended(child: int) -> str:
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended:{os.WEXITSTATUS(status)}"


def work(fatal: int) -> int:
    """One sweep over the requests; it kills itself at statement number ``fatal``."""
    from django.db import connection

    from emsar.retention.models import Sweep
    from emsar.retention.sweeps import Pace, sweep

    count = 0

    def counting(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    with connection.execute_wrapper(counting):
        sweep(Sweep.Kind.CATCH_UP, only="consultation", pace=Pace(size=SIZE))
    return 0


if __name__ == "__main__":
    main()
