"""What must not be found any more after an erasure: gathered before, held sealed until it is not.

Keys and addresses say who it was, UUIDs what there was, words what was said. All of it stands in
one encrypted value of one row, which goes as soon as nothing is found.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models

from dsar.models import CaseFile, ResidualTrace
from dsar.services.extent import Extent, Model, roots
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.fields import EncryptedTextField
from emsar.retention.dependants import GOES_ALONG, pointing_at
from emsar.subjects.models import SubjectIdentifier

# Technical limits: what is longer, or more, says no more about whether something was left.
LONGEST = 80
SHORTEST = 5
MOST_WORDS = 40
MOST_NUMBERS = 5_000


@dataclass
class Trace:
    """``keys`` and ``uuids`` as hexadecimal digits; ``addresses`` and ``words`` as they were."""

    keys: list[str] = field(default_factory=list)
    uuids: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def trace_of(extent: Extent) -> str:
    """The trace of what is about to go, as the JSON to be sealed; values nobody can read are not
    among it, since nobody can find them either."""
    stays = _numbers_that_stay(extent)
    found = Trace(words=_few_words(extent))
    for row in SubjectIdentifier.objects.filter(pk__in=extent.identifiers):
        found.keys.append(bytes(row.key).hex())
        if row.value and not is_unreadable(row.value):
            found.addresses.append(row.value)
    found.uuids = [str(number) for number in _numbers(extent) if number not in stays]
    return json.dumps(asdict(found), ensure_ascii=False)


def read(trace: ResidualTrace) -> Trace | None:
    """The trace of a row; None when it cannot be decrypted or is none."""
    if is_unreadable(trace.sealed):
        return None
    try:
        return Trace(**json.loads(trace.sealed or ""))
    except (ValueError, TypeError):
        return None


def _numbers(extent: Extent) -> list[UUID]:
    """The UUIDs of the person, of the records and of what hangs on these, in this order."""
    found = [extent.person] if extent.person_goes else []
    # A file has the number of its case, and that skeleton stays.
    gone = {model: keys for model, keys in extent.gone.items() if model is not CaseFile}
    found += [key for keys in gone.values() for key in keys if isinstance(key, UUID)]
    for model, keys in gone.items():
        for child, column in _children(model):
            rows: Any = child._base_manager.filter(**{f"{column}__in": keys})
            found += islice(rows.values_list("pk", flat=True), MOST_NUMBERS)
    return found[:MOST_NUMBERS]


def _children(model: Model) -> Iterator[tuple[Model, str]]:
    for foreign_key in pointing_at(model, GOES_ALONG):
        if isinstance(foreign_key.model._meta.pk, models.UUIDField):
            yield foreign_key.model, foreign_key.name


def _numbers_that_stay(extent: Extent) -> set[UUID]:
    """UUIDs that rows which stay on a lawful ground name: a document names its request."""
    found: set[UUID] = set()
    for model in roots():
        keys = [kept.key for kept in extent.kept if kept.model is model]
        names = [column.attname for column in model._meta.concrete_fields if _is_number(column)]
        rows: Any = model._base_manager.filter(pk__in=keys)
        for values in rows.values_list(*names) if keys else ():
            found.update(filter(None, values))
    return found


def _is_number(column: Any) -> bool:
    """Whether a column holds UUIDs: its own, or those of what it points to."""
    own = column.target_field if column.is_relation else column
    return isinstance(own, models.UUIDField)


def _few_words(extent: Extent) -> list[str]:
    """The encrypted texts of what goes, each by its longest line."""
    texts = (text for model, keys in extent.gone.items() for text in _texts(model, keys))
    long_ones = (line for text in texts if len(line := _longest_line(text)) >= SHORTEST)
    return list(dict.fromkeys(islice(long_ones, MOST_WORDS)))


def _texts(model: Model, keys: list[UUID]) -> Iterator[str]:
    yield from _sealed(model, {"pk__in": keys})
    for child, column in _all_children(model):
        yield from _sealed(child, {f"{column}__in": keys})


def _all_children(model: Model) -> Iterator[tuple[Model, str]]:
    return ((each.model, each.name) for each in pointing_at(model, (models.CASCADE,)))


def _sealed(model: Model, condition: dict[str, Any]) -> Iterator[str]:
    names = [f.name for f in model._meta.concrete_fields if isinstance(f, EncryptedTextField)]
    if not names:
        return
    rows: Any = model._base_manager.filter(**condition).order_by("pk")
    for values in rows.values_list(*names)[:MOST_WORDS]:
        yield from (value for value in values if value and not is_unreadable(value))


def _longest_line(text: str) -> str:
    return max((line.strip() for line in text.splitlines()), key=len, default="")[:LONGEST].strip()
