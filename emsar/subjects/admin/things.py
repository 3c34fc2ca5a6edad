"""What audit events are about: its kind, its reference, and its page while it exists."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from emsar.audit.models import AuditEvent
from emsar.entities.wording import capital

Key = tuple[str, str]


@dataclass(frozen=True)
class Thing:
    """``name`` is the reference, or the key of what is gone; ``address`` empty without a page."""

    kind: str
    name: str
    address: str = ""


def things_of(events: Iterable[AuditEvent]) -> dict[Key, Thing]:
    """Each event's thing by kind and key; one query a kind."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        keys[event.object_type].add(event.object_id)
    return {(label, key): thing for label in keys for key, thing in _of_kind(label, keys[label])}


def _of_kind(label: str, keys: set[str]) -> list[tuple[str, Thing]]:
    model = _model(label)
    if model is None:
        return [(key, Thing(label, key)) for key in keys]
    found = {str(row.pk): row for row in _rows(model, keys)}
    kind = capital(str(model._meta.verbose_name))
    return [(key, _thing(kind, key, found.get(key))) for key in keys]


def _thing(kind: str, key: str, row: Model | None) -> Thing:
    return Thing(kind, str(row), _address(row)) if row is not None else Thing(kind, key)


def _model(label: str) -> type[Model] | None:
    """None for no thing, and for a kind that a later version of the code knows no more."""
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def _rows(model: type[Model], keys: set[str]) -> Iterable[Any]:
    readable = [key for key in keys if _may_be_key(model, key)]
    return model._base_manager.filter(pk__in=readable)


def _may_be_key(model: type[Model], key: str) -> bool:
    try:
        model._meta.pk.to_python(key)
    except (ValidationError, AttributeError):
        return False
    return True


def _address(row: Model) -> str:
    options = row._meta
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""
