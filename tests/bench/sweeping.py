"""One sweep at the pace of the day, as the worker runs it, until it is told to stop.

python -m tests.bench.sweeping RULE
"""

import sys
from dataclasses import replace

import django


def main() -> None:
    django.setup()

    from emsar.retention.models import Sweep
    from emsar.retention.sweeps import sweep
    from emsar.retention.tasks import DAY

    sweep(Sweep.Kind.CATCH_UP, only=sys.argv[1], pace=replace(DAY, seconds=0))


if __name__ == "__main__":
    main()
