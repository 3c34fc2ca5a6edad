import pytest

from policies.numbers import is_number, next_number, sort_key


@pytest.mark.parametrize("text", ["1", "1.0", "1.12.3", "2025-08-01"])
def test_number(text):
    assert is_number(text)


@pytest.mark.parametrize(
    "text", ["", "versions", "1.", ".1", "1..2", "1 0", "١.٠", "1/2", "1" * 21]
)
def test_no_number(text):
    assert not is_number(text)


@pytest.mark.parametrize(
    ("number", "taken", "following"),
    [
        ("1.0", set(), "1.1"),
        ("1.0", {"1.1", "1.2"}, "1.3"),
        ("1.9", set(), "1.10"),
        ("7", {"8"}, "9"),
        ("2025-08-01", set(), "2025-08-01.1"),
    ],
)
def test_next_number_is_free(number, taken, following):
    assert next_number(number, taken) == following


def test_numbers_sort_as_numbers():
    assert sorted(["1.10", "1.9", "1.9.1"], key=sort_key) == ["1.9", "1.9.1", "1.10"]
