"""What the coverage is measured of: measuring makes Python slower by two thirds."""

import pytest

_measured: set[str] = set()


def measure_once(item: pytest.Item) -> None:
    """Of a test with parameters the first set alone: the others go the same ways with other values.

    A line that only a later one reaches counts as missed, so the figure is never too good.
    """
    name = item.nodeid.partition("[")[0]
    if name in _measured:
        item.add_marker(pytest.mark.no_cover)
    _measured.add(name)
