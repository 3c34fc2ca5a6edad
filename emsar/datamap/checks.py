"""``manage.py check`` fails while any column of any installed model is undeclared (idea 3)."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from emsar.datamap.declarations import Declaration, declaration_of
from emsar.datamap.fields import EncryptedTextField

CONTRADICTION = "is declared personal and free at once, or twice"


@register()
def data_map_is_complete(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every concrete field of every model, third-party ones included, stands in the map."""
    return [
        message
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for message in _check(model)
    ]


def _check(model: type[models.Model]) -> list[CheckMessage]:
    line = declaration_of(model)
    if line is None:
        hint = (
            f"declare it in {model._meta.app_label}/privacy.py, or in that of the app that brings "
            "it in: every column is personal or free"
        )
        return [Error(f"{model._meta.label} is not in the data map", hint=hint, id="datamap.E001")]
    return [*_columns(line), *_facts(line)]


def _columns(line: Declaration) -> list[CheckMessage]:
    label = line.model._meta.label
    fields = {field.name for field in line.model._meta.concrete_fields}
    problems = [
        *((name, "is neither declared personal nor free") for name in fields - line.columns),
        *((name, "is declared but does not exist") for name in line.columns - fields),
        *((name, CONTRADICTION) for name in line.columns if line.names.count(name) > 1),
        *((name, "is encrypted but declared free") for name in _clear_but_encrypted(line)),
    ]
    hint = (
        f"in {line.model._meta.app_label}/privacy.py name the column once: under personal, saying "
        "why we hold it, or under free, with the reason why it says nothing about a person"
    )
    return [
        Error(f"{label}.{name} {what}", hint=hint, id="datamap.E002")
        for name, what in sorted(problems)
    ]


def _clear_but_encrypted(line: Declaration) -> list[str]:
    return [
        field.name
        for field in line.model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
        and field.name in line.columns - line.personal.keys()
    ]


def _facts(line: Declaration) -> list[CheckMessage]:
    """A personal line says purpose, basis, controller and the term that ends it (S-1b)."""
    if not line.personal:
        return []
    said = {
        "purpose": line.purpose,
        "basis": line.basis,
        "controller": line.controller,
        "term": line.term,
    }
    hint = f"say it in {line.model._meta.app_label}/privacy.py"
    label = line.model._meta.label
    return [
        Error(f"{label} is personal but names no {name}", hint=hint, id="datamap.E003")
        for name, fact in said.items()
        if not fact
    ]
