"""Finding a person by address or UUID; both are found exactly."""

import re

from django.core.exceptions import ValidationError

from emsar.subjects.identifiers import find, normalise_email, normalise_phone
from emsar.subjects.models import DataSubjectQuerySet, IdentifierKind

# A page shows the first eight characters of a UUID.
_BEGINNING = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")


def find_subjects(rows: DataSubjectQuerySet, text: str) -> DataSubjectQuerySet:
    """The person of an email address, a phone number, or a UUID or its beginning."""
    plain = text.strip().lower()
    if not plain:
        return rows
    if _BEGINNING.fullmatch(plain):
        return rows.filter(pk__startswith=plain)
    kind = IdentifierKind.EMAIL if "@" in plain else IdentifierKind.PHONE
    normalise = normalise_email if kind == IdentifierKind.EMAIL else normalise_phone
    try:
        identifier = find(kind, normalise(text))
    except ValidationError:
        identifier = None
    return rows.filter(pk=identifier.subject_id) if identifier else rows.none()
