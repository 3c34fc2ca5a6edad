"""Shares and changes in words."""

import pytest

from emsar.statistics.drawing import changed, share

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("count", "before", "words"),
    [
        (110, 100, f"+10{SPACE}%"),
        (90, 100, f"−10{SPACE}%"),
        (100, 100, f"0{SPACE}%"),
        (0, 100, f"−100{SPACE}%"),
        (5_000, 10, f"+49{SPACE}900{SPACE}%"),
        (5, 0, "–"),
        (0, 0, "–"),
    ],
)
def test_change_is_told_in_hundredths_of_before(count, before, words):
    assert changed(count, before) == words


@pytest.mark.parametrize(
    ("count", "total", "words"),
    [
        (1, 4, f"25{SPACE}%"),
        (4, 4, f"100{SPACE}%"),
        (1, 1_000, f"<{SPACE}1{SPACE}%"),
        (1, 0, "–"),
    ],
)
def test_share_is_told_in_hundredths_of_the_whole(count, total, words):
    assert share(count, total) == words
