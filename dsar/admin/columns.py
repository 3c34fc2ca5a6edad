"""Columns of the data map in the words of its fields, for proposals and for what may be wrong."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.models import Proposal
from dsar.package.words import words_of
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.declarations import declaration_of
from emsar.entities.wording import capital
from emsar.retention.wording import table_words

# What the package says to the person, said of the person.
_OURS = {
    "subjects.datasubject.id": gettext_lazy("number"),
    "requests_inbox.consultationrequest.objected": gettext_lazy("purposes objected to"),
}


def column_words(row: Proposal) -> str:
    """The column as people call it; its bare name when the model is no longer there."""
    return field_words(row.model, row.column)


def field_words(model: str, column: str) -> str:
    """``Request: email``: table and column in the active language."""
    return ": ".join(filter(None, split_words(model, column)))


def split_words(model: str, column: str) -> tuple[str, str]:
    """``("Request", "email")``; no table and the bare name for a column that is not there."""
    try:
        table = apps.get_model(model)
        field: Any = table._meta.get_field(column)
    except (LookupError, ValueError, FieldDoesNotExist):
        return "", column
    return capital(_table_name(table)), _column_name(table, field)


def _table_name(table: Any) -> str:
    if "verbose_name" in table._meta.original_attrs:
        return str(table._meta.verbose_name)
    return table_words(table._meta.label_lower)


def _column_name(table: Any, field: Any) -> str:
    """A column without a name of its own is called as the package calls it."""
    own = _OURS.get(f"{table._meta.label_lower}.{field.name}")
    if own:
        return str(own)
    line = declaration_of(table)
    found = words_of(line) if line and field._verbose_name is None else None
    return str(found.columns.get(field.name, field.verbose_name) if found else field.verbose_name)


def present_value(row: Proposal) -> str:
    """What stands there now, so that both values can be compared; a dash for nothing."""
    try:
        table = apps.get_model(row.model)
        found = table._base_manager.filter(pk=row.row).values_list(row.column, flat=True).first()
    except (LookupError, ValueError, ValidationError, FieldDoesNotExist):
        return "—"
    if is_unreadable(found):
        return _("cannot be read")
    return "—" if found in (None, "") else str(found)
