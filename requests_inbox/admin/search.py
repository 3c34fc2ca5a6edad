"""Finding requests as people know them: by reference, address, or whole words of the name."""

from django.core.exceptions import ValidationError
from django.db.models import Q

from emsar.datamap.folding import words
from emsar.subjects.identifiers import (
    IdentifierKind,
    find,
    normalise_email,
    normalise_phone,
)
from requests_inbox.models import RequestQuerySet
from requests_inbox.references import normalise_reference


def search(rows: RequestQuerySet, text: str) -> RequestQuerySet:
    """The rows that ``text`` may mean; all of them when it is empty.

    An address is found exactly, a name or company by its whole words however they are typed, a
    reference with or without its hyphen.
    """
    if not text.strip():
        return rows
    found = Q(reference=normalise_reference(text)) | _by_address(text)
    if words(text):
        found |= Q(pk__in=rows.order_by().with_words(text).values("pk"))
    return rows.filter(found)


def _by_address(text: str) -> Q:
    """The requests that came from this very address, if it is one and known."""
    if "@" in text:
        return _of(IdentifierKind.EMAIL, "contact", text)
    if sum(char.isdigit() for char in text) > len(text) / 2:
        return _of(IdentifierKind.PHONE, "phone", text)
    return Q(pk__in=[])


def _of(kind: IdentifierKind, column: str, text: str) -> Q:
    normalise = normalise_email if kind == IdentifierKind.EMAIL else normalise_phone
    try:
        identifier = find(kind, normalise(text))
    except ValidationError:
        identifier = None
    return Q(**{column: identifier}) if identifier else Q(pk__in=[])
