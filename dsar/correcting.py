"""Which values of a person can be corrected, how a new one is checked, and where copies lie.

The data map says which columns (``correct=True``); a test holds the checks here to it, so that a
column that is declared later cannot be forgotten. A value is checked as the form checks it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from dsar.walk import Held, held_about
from emsar.datamap.declarations import declarations
from emsar.subjects.identifiers import normalise_email, normalise_phone
from emsar.subjects.models import IdentifierKind, SubjectIdentifier
from requests_inbox.forms import (
    MAX_COMPANY,
    MAX_NAME,
    MAX_PROJECT,
    ProjectField,
    RawCharField,
    has_letters,
    one_line,
)
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.contracts import check_dates
from requests_inbox.services.errors import RequestStateError

MAX_TITLE = 200
MAX_POSTAL = 500


def _line(limit: int, *more: Callable[[str], None]) -> forms.Field:
    return RawCharField(max_length=limit, validators=[one_line, *more])


_NAME, _COMPANY, _TITLE = _line(MAX_NAME, has_letters), _line(MAX_COMPANY), _line(MAX_TITLE)
_WORDS = ProjectField(max_length=MAX_PROJECT)


def _identifier(row: SubjectIdentifier, text: str) -> str:
    known = row.kind == IdentifierKind.EMAIL
    return normalise_email(text) if known else normalise_phone(text)


def _language(_row: Any, text: str) -> str:
    if text not in dict(settings.LANGUAGES):
        raise ValidationError(_("Please choose one of the languages."), code="language")
    return text


def _contract_day(row: ConsultationRequest, name: str, text: str) -> str:
    """A day as ``2026-11-22``, on which the contract of this request can begin or end."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError(_("Please write the day as 2026-11-22."), code="day") from None
    days = {"contract_start": row.contract_start, "contract_end": row.contract_end, name: day}
    start = days["contract_start"]
    if row.contract_start is None or start is None:
        raise ValidationError(_("No contract is recorded on this request."), code="contract")
    try:
        check_dates(row, start, days["contract_end"])
    except RequestStateError as problem:
        raise ValidationError(str(problem), code="contract") from None
    return day.isoformat()


def _by(field: forms.Field) -> Callable[[Any, str], str]:
    return lambda _row, text: str(field.clean(text))


# What checks a new value of each column; it answers the value as it is stored.
CHECKS: dict[str, Callable[[Any, str], str]] = {
    "subjects.subjectidentifier.value": _identifier,
    "requests_inbox.consultationrequest.name": _by(_NAME),
    "requests_inbox.consultationrequest.company": _by(_COMPANY),
    "requests_inbox.consultationrequest.project": _by(_WORDS),
    "requests_inbox.consultationrequest.language": _language,
    "requests_inbox.consultationrequest.contract_start": (
        lambda row, text: _contract_day(row, "contract_start", text)
    ),
    "requests_inbox.consultationrequest.contract_end": (
        lambda row, text: _contract_day(row, "contract_end", text)
    ),
    "requests_inbox.message.body": _by(_WORDS),
    "requests_inbox.accountingdocument.title": _by(_TITLE),
    "requests_inbox.accountingdocument.text": _by(_WORDS),
    "dsar.casefile.details": _by(_WORDS),
    "dsar.casefile.name": _by(_NAME),
    "dsar.casefile.postal": _by(ProjectField(max_length=MAX_POSTAL)),
}
# Columns that hold copies of each other: a document copies the words of a request or a message.
_COPIES = (
    {
        "requests_inbox.consultationrequest.project",
        "requests_inbox.message.body",
        "requests_inbox.accountingdocument.text",
    },
)
# Facts of one row, of which no other is a copy even where it has the same value.
_ALONE = {
    "requests_inbox.consultationrequest.contract_start",
    "requests_inbox.consultationrequest.contract_end",
    "requests_inbox.consultationrequest.language",
    "subjects.subjectidentifier.value",
}


@dataclass(frozen=True)
class Place:
    """One column of one row."""

    row: Any
    column: str

    @property
    def label(self) -> str:
        return label_of(type(self.row), self.column)

    @property
    def value(self) -> str | None:
        """What stands there, as text; None for nothing."""
        found = getattr(self.row, self.column)
        return found.isoformat() if isinstance(found, date) else found


def label_of(model: type[models.Model], column: str) -> str:
    return f"{model._meta.label_lower}.{column}"


def correctable_columns() -> list[str]:
    """Every column that the data map lets a person correct, as ``app.model.column``."""
    return [
        label_of(line.model, name)
        for line in declarations()
        if line.subject
        for name, column in line.personal.items()
        if column.correct
    ]


def find_place(
    subject: UUID, chosen: set[UUID] | None, model: str, row: str, column: str
) -> Place | None:
    """The place of a person's value; None for a foreign row and for what is not correctable."""
    if f"{model}.{column}" not in CHECKS:
        return None
    held = next((one for one in held_about(subject, chosen) if one.label == model), None)
    if held is None or not _can_be(held.line.model._meta.pk, row):
        return None
    found = held.rows.filter(pk=row).first()
    return Place(found, column) if found is not None else None


def _can_be(key: Any, text: str) -> bool:
    try:
        key.to_python(text)
    except ValidationError:
        return False
    return True


def checked(place: Place, text: str) -> str:
    """The new value as it is stored; ValidationError with a sentence for the reader."""
    return CHECKS[place.label](place.row, text)


def copies_of(place: Place, subject: UUID, chosen: set[UUID] | None) -> Iterator[Place]:
    """The place itself and every other of the same person that holds the same old value."""
    yield place
    if place.label in _ALONE or place.value is None:
        return
    family = next((labels for labels in _COPIES if place.label in labels), {place.label})
    for held in held_about(subject, chosen):
        for column in _columns(held, family):
            for row in held.rows.iterator(chunk_size=500):
                found = Place(row, column)
                itself = (type(row), row.pk) == (type(place.row), place.row.pk)
                if not itself and found.value == place.value:
                    yield found


def _columns(held: Held, family: set[str]) -> list[str]:
    return [
        name
        for name, column in held.line.personal.items()
        if column.correct and label_of(held.line.model, name) in family
    ]
