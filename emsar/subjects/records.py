"""What a person's page lists: higher rooms register how their records are found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from emsar.subjects.models import DataSubject


@dataclass(frozen=True)
class RecordLine:
    """One record of a person: what it is called, where its page is, since when, in which state.

    ``moves``: it goes along when two records of one person are merged; evidence does not.
    """

    name: str
    address: str
    at: datetime
    state: str
    moves: bool = True


_FINDERS: list[Callable[[DataSubject], list[RecordLine]]] = []


def register_records(find: Callable[[DataSubject], list[RecordLine]]) -> None:
    """``find`` gives the records of one kind that a person has."""
    if find not in _FINDERS:
        _FINDERS.append(find)


def records_of(subject: DataSubject) -> list[RecordLine]:
    """All records of a person, newest first."""
    found = [line for find in _FINDERS for line in find(subject)]
    return sorted(found, key=lambda line: line.at, reverse=True)
