"""Real worker processes that can be killed at any moment.

One process loads Django once and forks the workers, which saves the second that each would need.
It is told "start" and "kill <number>" on its standard input and answers with a line each.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

SLOWEST_STEP = 0.02


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        verb, _, number = line.strip().partition(" ")
        if verb == "start":
            print(_fork(), flush=True)  # noqa: T201 - the answer
        else:
            os.kill(int(number), signal.SIGKILL)
            os.waitpid(int(number), 0)
            print("killed", flush=True)  # noqa: T201


def _fork() -> int:
    parent = os.getpid()
    number = os.fork()
    if number == 0:
        try:
            work(parent)
        finally:
            os._exit(1)
    return number


def work(parent: int) -> None:
    """Send what is due until the parent has gone, with pauses where a kill is to hit."""
    from emsar.outbox import sending

    random.seed(os.getpid())
    sending.claim = slowly(sending.claim)
    sending._mark = slowly(sending._mark)
    sending.build_message = slowly(sending.build_message)
    while os.getppid() == parent:
        sending.send_due()
        time.sleep(0.01)


def slowly(step: Callable[..., Any]) -> Callable[..., Any]:
    """The same step with a pause before and after it, so that kills hit between the steps."""

    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(random.uniform(0, SLOWEST_STEP))  # noqa: S311
        outcome = step(*args, **kwargs)
        time.sleep(random.uniform(0, SLOWEST_STEP))  # noqa: S311
        return outcome

    return slow


if __name__ == "__main__":
    main()
