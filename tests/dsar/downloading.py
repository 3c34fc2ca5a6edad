"""A process that fetches a package and may end itself by kill -9 before a statement.

python -m tests.dsar.downloading <case> <statement; 0: none; -1: while the paper is being set>
"""

import os
import signal
import sys
from typing import Any
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    case, fatal = UUID(sys.argv[1]), int(sys.argv[2])
    from django.db import connection

    from dsar.models import Case
    from dsar.package import assembling
    from dsar.services import releases

    count = 0

    def counting(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    if fatal < 0:
        assembling.pdf = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    with connection.execute_wrapper(counting):
        package = releases.download(Case.objects.get(pk=case))
    print(package.sha256, count)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
