"""Numbers of versions: they are part of an address and of every consent."""

import re
from collections.abc import Collection

_NUMBER = re.compile(r"[0-9]+(?:[.-][0-9]+)*", re.ASCII)


def is_number(text: str) -> bool:
    """Digits in groups: ``1.0``, ``1.12.3``, or a date such as ``2025-08-01``."""
    return len(text) <= 20 and _NUMBER.fullmatch(text) is not None


def sort_key(number: str) -> list[int]:
    """Sorts ``1.10`` behind ``1.9``."""
    return [int(group) for group in re.findall(r"[0-9]+", number)]


def next_number(number: str, taken: Collection[str]) -> str:
    """A number after ``number`` that nobody has: ``1.0`` leads to ``1.1``, taken to ``1.2``."""
    head, mark, last = _split(number)
    following = int(last) + 1
    while (found := f"{head}{mark}{following}") in taken:
        following += 1
    return found


def _split(number: str) -> tuple[str, str, str]:
    """What stands before the last group of digits, its mark, and the group."""
    match = re.fullmatch(r"(.*?)([.-]?)([0-9]+)", number)
    if match is None or "-" in number:
        return number, ".", "0"
    return match[1], match[2], match[3]
