"""Everything that is held about a person, found by the data map and nothing else (idea 3).

A table that is declared later is found here without anybody thinking of it: information, access,
correction, deletion and the residual scan all walk this way.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dsar.models import Case, CaseFile
from emsar.audit.evidence import EvidenceRow
from emsar.audit.models import AuditEvent
from emsar.datamap.declarations import Declaration, declarations
from requests_inbox.models import ConsultationRequest

MERGED = "subject.merge"


@dataclass(frozen=True)
class Held:
    """One line of the data map and the rows of one person under it."""

    line: Declaration
    rows: QuerySet[Any]

    @property
    def label(self) -> str:
        return self.line.model._meta.label_lower


def held_about(person: UUID, chosen: Collection[UUID] | None = None) -> Iterator[Held]:
    """The rows of a person, table by table, in the order of the map; empty tables too.

    ``chosen`` are the records that are theirs where several people share an address: rows that
    hang on another record are left out. None: all are theirs.
    """
    numbers = numbers_of(person)
    for line in declarations():
        if line.subject is None:
            continue
        rows: QuerySet[Any] = line.model._base_manager.filter(**_whose(line, person, numbers))
        path = record_path(line)
        if chosen is not None and path:
            rows = rows.filter(**{f"{path}__in": list(chosen)})
        yield Held(line, rows.order_by("pk"))


def _whose(line: Declaration, person: UUID, numbers: list[UUID]) -> dict[str, object]:
    """The look-up for a person's rows; some name only the record, such as copies of mails."""
    if line.subject == line.record:
        return {f"{line.subject}__in": records_of(person)}
    if issubclass(line.model, EvidenceRow):
        return {f"{line.subject}__in": numbers}
    return {str(line.subject): person}


def numbers_of(person: UUID) -> list[UUID]:
    """The number of a person, and those of the persons who were merged into them.

    Evidence is never rewritten, so what was written before a merger bears the older number.
    """
    found, new = [person], [person]
    while new:
        events = AuditEvent.objects.filter(action=MERGED, subject__in=new)
        older = {UUID(str(detail["from"])) for detail in events.values_list("detail", flat=True)}
        new = sorted(older.difference(found))
        found += new
    return found


def records_of(person: UUID) -> list[UUID]:
    """The numbers of a person's requests and cases: what rows without a person may name."""
    requests = ConsultationRequest.objects.filter(subject=person).values_list("pk", flat=True)
    asked = CaseFile.objects.filter(person=person).values_list("pk", flat=True)
    cases = Case.objects.filter(subject=person).values_list("pk", flat=True)
    return sorted({*requests, *asked, *cases})


def record_path(line: Declaration) -> str:
    """The look-up path to the record that a row belongs to; empty for rows of the person alone."""
    if line.model is ConsultationRequest:
        return "pk"
    if line.record or line.held_with:
        return line.record or line.held_with
    # What reaches its person by way of a request belongs to that request.
    if line.subject and line.subject == "request__subject":
        return "request"
    return ""
