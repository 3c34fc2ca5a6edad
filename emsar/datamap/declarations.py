"""Declarations: what each column of each model is, and what may and must be done with it.

Export, correction, erasure, blocking, retention and the record of processing walk these, so a
table that is added later cannot be forgotten: an undeclared column fails ``manage.py check``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models


class Basis(StrEnum):
    """Legal bases of the policy (E-5a to E-5d)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class Erase(StrEnum):
    """What erasure does with a column."""

    DELETE = "delete"  # goes with its row
    BLANK = "blank"  # emptied, the row stays
    KEEP = "keep"  # a bare UUID that loses its meaning when the identifiers go


@dataclass(frozen=True)
class Personal:
    """One personal column: why we hold it, and how it is exported, corrected and erased."""

    why: str
    export: bool = True
    correct: bool = False
    erase: Erase = Erase.DELETE


@dataclass(frozen=True)
class Declaration:
    """One model's line of the data map.

    ``subject`` is the look-up path to the data subject, or to a column with its bare UUID; None
    for models that hold nothing personal or belong to staff. ``record`` is a column with the bare
    UUID of the record that a row goes along with, ``company`` one with the slug of its company;
    a row outlives the record in its column ``held_with``, but a hold on that keeps the row too.
    """

    model: type[models.Model]
    subject: str | None = None
    record: str = ""
    held_with: str = ""
    company: str = ""
    purpose: str = ""
    basis: Basis | None = None
    controller: str = ""
    recipients: tuple[str, ...] = ()
    term: str = ""
    clauses: tuple[str, ...] = ()
    personal: Mapping[str, Personal] = field(default_factory=dict)
    free: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> set[str]:
        return set(self.personal) | {name for names in self.free.values() for name in names}

    @property
    def names(self) -> list[str]:
        """Every name that was declared, doubles included."""
        return [*self.personal, *(name for names in self.free.values() for name in names)]


_DECLARATIONS: dict[type[models.Model], Declaration] = {}


def declare(model: type[models.Model], **words: object) -> Declaration:
    """Write a model's line of the map; declaring a model twice is an error."""
    if model in _DECLARATIONS:
        raise ValueError(f"{model._meta.label} is declared twice")
    _DECLARATIONS[model] = Declaration(model, **words)  # type: ignore[arg-type]
    return _DECLARATIONS[model]


def declare_free(model: type[models.Model], **reasons: Iterable[str]) -> Declaration:
    """Declare a model without anything personal: reason (words_with_underscores) = columns."""
    free = {reason.replace("_", " "): tuple(names) for reason, names in reasons.items()}
    return declare(model, free=free)


def declaration_of(model: type[models.Model]) -> Declaration | None:
    """The line of a model, or None."""
    return _DECLARATIONS.get(model)


def declarations() -> tuple[Declaration, ...]:
    """The whole map, in the order of the apps."""
    return tuple(_DECLARATIONS.values())
