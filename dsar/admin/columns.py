"""Columns of the data map in the words of its fields, for proposals and for what may be wrong."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.translation import gettext as _

from dsar.models import Proposal
from emsar.datamap.crypto import is_unreadable
from emsar.retention.acts.words import capital


def column_words(row: Proposal) -> str:
    """The column as people call it; its bare name when the model is no longer there."""
    return field_words(row.model, row.column)


def field_words(model: str, column: str) -> str:
    """``Request: email``: table and column in the active language."""
    try:
        table = apps.get_model(model)
        field: Any = table._meta.get_field(column)
    except (LookupError, ValueError, FieldDoesNotExist):
        return column
    return f"{capital(str(table._meta.verbose_name))}: {field.verbose_name}"


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
