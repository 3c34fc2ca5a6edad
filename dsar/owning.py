"""Which rows under a shared address are one person's for certain; all others are left out.

Most rows hang on a record, and :func:`dsar.walk.held_about` leaves out those of other records.
Here is what the rest of the tables belong to: a record, the case that is being answered, or nobody.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from consent.models import ConsentEvent
from dsar.models import Case, CaseFile, Disclosure
from dsar.services.sharing import chosen_of
from dsar.walk import Held, held_about, record_path
from emsar.datamap.declarations import declaration_of
from emsar.subjects.models import DataSubject, Objection, SubjectIdentifier
from requests_inbox.models import ConsultationRequest, Transfer

Chosen = Collection[UUID]
_Own = Callable[[UUID | None, Chosen], Q]
# Tables that no path of the map leads to a record from, and what of them is whose all the same.
_OWN: dict[Any, _Own] = {
    DataSubject: lambda case, chosen: Q(),
    Objection: lambda case, chosen: Q(),
    SubjectIdentifier: lambda case, chosen: Q(pk__in=_identifiers(case, chosen)),
    ConsentEvent: lambda case, chosen: Q(about__in=chosen),
    Transfer: lambda case, chosen: Q(request__in=chosen),
    Disclosure: lambda case, chosen: Q(uid__in=chosen),
    Case: lambda case, chosen: Q(pk=case),
    CaseFile: lambda case, chosen: Q(pk=case),
}


def own_rows(held: Held, chosen: Chosen, case: UUID | None) -> QuerySet[Any]:
    """Of the rows under a shared address those that hang on what was chosen, or on the case.

    ``case`` is the one that is answered; None where somebody else is told, so no case is.
    """
    line = held.line
    if line.model in _OWN:
        return held.rows.filter(_OWN[line.model](case, chosen))
    if record_path(line):
        return held.rows
    root = (line.subject or "").partition("__")[0]
    return held.rows.filter(**{root: case}) if root in {"case", "file"} else held.rows.none()


def held_in(case: Case) -> Iterator[Held]:
    """What is held about the person of a case: of a shared address what is theirs alone."""
    assert case.subject is not None  # noqa: S101 - asked by the callers
    chosen = chosen_of(case)
    for held in held_about(case.subject, chosen):
        yield held if chosen is None else Held(held.line, own_rows(held, chosen, case.pk))


def is_own(case: Case, row: Any) -> bool:
    """Whether a row that :func:`held_about` found is that of the person of a case."""
    chosen, line = chosen_of(case), declaration_of(type(row))
    if chosen is None or line is None:
        return chosen is None
    rows = type(row)._base_manager.filter(pk=row.pk)
    return own_rows(Held(line, rows), chosen, case.pk).exists()


def _identifiers(case: UUID | None, chosen: Chosen) -> set[int]:
    """Addresses of the chosen records, and the one that was proved."""
    requests = ConsultationRequest.objects.filter(pk__in=chosen)
    found = {number for pair in requests.values_list("contact", "phone") for number in pair}
    if case is not None:
        found |= set(CaseFile.objects.filter(pk=case).values_list("contact", flat=True))
    return {number for number in found if number is not None}
