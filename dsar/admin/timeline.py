"""What happened to a case, in plain words and with the names of staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from dsar.admin.sentences import SENTENCES
from dsar.admin.words import staff_names
from dsar.grounds import Ground
from dsar.models import Case, CaseEvent, Channel, Means, Outcome, Proof, Status
from emsar.subjects.models import UnblockReason


@dataclass(frozen=True)
class Line:
    """One line; ``change`` says from which status to which, if it changed."""

    at: datetime
    who: str
    text: str
    change: str


def timeline(case: Case) -> list[Line]:
    """The events, oldest first."""
    rows = list(CaseEvent.objects.filter(case=case).order_by("id"))
    named = staff_names(row.actor for row in rows)
    return [_line(row, named) for row in rows]


def _line(row: CaseEvent, named: dict[Any, str]) -> Line:
    # An event without a sentence shows its code, which is better than nothing.
    sentence = SENTENCES.get(row.event)
    text = _(sentence) % {"reason": reason_words(row.reason)} if sentence else row.event
    change = ""
    if row.from_status and row.from_status != row.to_status:
        change = f"{_status(row.from_status)} → {_status(row.to_status)}"
    return Line(row.at, _who(row, named), text, change)


def _who(row: CaseEvent, named: dict[Any, str]) -> str:
    if row.actor is None:
        return ""
    return named.get(row.actor, "—")


def _status(code: str) -> str:
    return str(Status(code).label) if code in Status.values else code


def reason_words(code: str) -> str:
    """A code in words, if one of our lists has it."""
    for choices in (Channel, Means, Proof, Outcome, Ground, UnblockReason):
        if code in choices.values:
            return str(choices(code).label)
    return _model_words(code) or code


def _model_words(code: str) -> str:
    """A corrected field, told as ``app.model.column``."""
    from dsar.admin.columns import field_words

    model, _dot, column = code.rpartition(".")
    if model.count(".") != 1:
        return ""
    app, _dot, name = model.partition(".")
    return field_words(model, column) if name in apps.all_models.get(app, {}) else ""
