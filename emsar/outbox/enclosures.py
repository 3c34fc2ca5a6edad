"""Texts of ours that go with a mail as a file: named when it is queued, fetched when it is sent.

So a mail about a consent carries the words agreed to, and the queue does not hold them once more.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Enclosure:
    """A page to be kept: its file name (ASCII) and its HTML."""

    name: str
    html: str


_SOURCES: dict[str, Callable[[str], Enclosure | None]] = {}


def register_enclosures(kind: str, find: Callable[[str], Enclosure | None]) -> None:
    """Let a higher room answer for the enclosures of its kind, by key."""
    _SOURCES[kind] = find


def enclosure_of(code: str) -> Enclosure | None:
    """The enclosure that a mail names; None, and an alarm, when nobody knows it any more."""
    kind, _colon, key = code.partition(":")
    found = _SOURCES[kind](key) if kind in _SOURCES else None
    if found is None:
        logger.critical("the enclosure %s of a mail is missing", code)
    return found
