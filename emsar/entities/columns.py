"""From facts to columns and back: the same names on both sides, three columns a text."""

from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from django.db import models

from emsar.entities.profile import LANGUAGES, Texts

F = TypeVar("F")


def to_columns(facts: Any, model: type[models.Model]) -> dict[str, Any]:
    """The column values of ``model`` that hold ``facts``; a part the model lacks is left out."""
    own = {field.name for field in model._meta.concrete_fields}
    values: dict[str, Any] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, Texts) or f"{field.name}_{LANGUAGES[0]}" in own:
            texts = value or Texts("", "", "")
            values |= {f"{field.name}_{language}": texts.get(language) for language in LANGUAGES}
        elif field.name in own and model._meta.get_field(field.name).is_relation:
            values[f"{field.name}_id"] = value or None
        elif field.name in own:
            values[field.name] = value
    return values


def values_of(kind: type[Any], row: models.Model) -> dict[str, Any]:
    """What a row says for each field of ``kind``, whose every field is a column or a text."""
    hints = get_type_hints(kind)
    return {field.name: _fact(row, field.name, hints[field.name]) for field in fields(kind)}


def to_facts(kind: type[F], row: models.Model) -> F:
    """The facts of ``kind`` that a row holds."""
    return kind(**values_of(kind, row))


def _fact(row: models.Model, name: str, hint: object) -> Any:
    if hint in (Texts, Texts | None):
        found = Texts(*(getattr(row, f"{name}_{language}") for language in LANGUAGES))
        return found if hint is Texts or found.az else None
    if row._meta.get_field(name).is_relation:
        return getattr(row, f"{name}_id") or ""
    return getattr(row, name)
