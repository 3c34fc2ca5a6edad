"""How much is tried: a few examples, the same each time, or as many others as are asked for.

``FUZZ_EXAMPLES=300`` (``make fuzz``) tries so many at each door, others each time; what fails is
printed so that it can be tried again.
"""

import os

from hypothesis import HealthCheck, settings

MORE = int(os.environ.get("FUZZ_EXAMPLES") or 0)


def examples(few: int) -> settings:
    """``few`` are as many as every run of the suite tries."""
    return settings(
        max_examples=MORE or few,
        derandomize=not MORE,
        print_blob=bool(MORE),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
