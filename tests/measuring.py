"""What the coverage is measured of: measuring makes Python slower by two thirds."""

import pytest

_measured: set[str] = set()
# Long histories over everything, whose single steps are measured by the tests of each part.
REPEATING = ("kills", "histories", "everything", "restored", "races", "invariants", "faults")


def measure_once(item: pytest.Item) -> None:
    """Of a test with parameters the first set alone: the others go the same ways with other values.

    And no long histories.

    A line that only a later one reaches counts as missed, so the figure is never too good.
    """
    name = item.nodeid.partition("[")[0]
    if name in _measured or any(word in item.path.name for word in REPEATING):
        item.add_marker(pytest.mark.no_cover)
    _measured.add(name)
