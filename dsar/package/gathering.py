"""Everything that goes into one package, read from the database by indexed look-ups alone.

What the data map finds about the person, and beside it what the map cannot say: events about
their records that name no person, holds on a record, a company or a rule, and the role of whoever
of the staff acted. Where several people share an address, only what hangs on a record that the
officer chose; a table that says of no row to which record it belongs is left out then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from consent.models import ConsentEvent, ConsentText
from dsar.models import Case, CaseFile, Disclosure
from dsar.owning import own_rows
from dsar.services.errors import CaseRefusedError
from dsar.walk import Held, held_about, numbers_of
from emsar.audit.models import AuditEvent
from emsar.datamap.declarations import Declaration
from emsar.datamap.rules import rule
from emsar.retention.models import LegalHold
from emsar.staff.models import User

# How many numbers one look-up is given.
AT_ONCE = 1_000


@dataclass(frozen=True)
class Part:
    """A line of the data map and the person's rows under it, the oldest first."""

    line: Declaration
    rows: list[Any]

    @property
    def label(self) -> str:
        return self.line.model._meta.label_lower

    @property
    def columns(self) -> list[str]:
        """The columns that are told, in the order of the map."""
        return [name for name, said in self.line.personal.items() if said.export]


@dataclass(frozen=True)
class Gathered:
    """What is told. ``chosen`` None: everything under the address is the person's."""

    case: Case
    person: UUID
    chosen: frozenset[UUID] | None
    parts: list[Part]
    staff: dict[UUID, User]
    texts: dict[str, ConsentText]

    def part(self, label: str) -> Part | None:
        return next((part for part in self.parts if part.label == label), None)

    def rows(self, label: str) -> list[Any]:
        part = self.part(label)
        return part.rows if part else []

    @property
    def counts(self) -> dict[str, int]:
        """Rows a table, empty ones left out."""
        return {part.label: len(part.rows) for part in self.parts if part.rows}


def gather(case: Case, chosen: Iterable[UUID] | None) -> Gathered:
    """What is held about the person of a case; CaseRefusedError while it is nobody's."""
    person, mine = person_of(case), None if chosen is None else frozenset(chosen)
    # What the case itself brought belongs to whoever proved the address.
    reach = None if mine is None else mine | {case.pk}
    told = (held for held in held_about(person, reach) if _is_told(held.line))
    parts = [_part(held, case, mine) for held in told]
    found = Gathered(case, person, mine, parts, {}, {})
    _replace(found, LegalHold, _holds(found))
    _replace(found, AuditEvent, _events(found))
    found.staff.update(_staff(found.rows("audit.auditevent")))
    found.texts.update(_texts(found.rows("consent.consentevent")))
    return found


def person_of(case: Case) -> UUID:
    """Whose data a package of the case holds."""
    if case.subject is not None:
        return case.subject
    found = CaseFile.objects.filter(case=case).values_list("person", flat=True).first()
    if found is None:
        raise CaseRefusedError("nobody is assigned to this case")
    return found


def _is_told(line: Declaration) -> bool:
    """Whether a table has a column that says anything to the person."""
    return any(column.export for column in line.personal.values())


def _part(held: Held, case: Case, chosen: frozenset[UUID] | None) -> Part:
    rows = held.rows if chosen is None else own_rows(held, chosen, case.pk)
    if held.line.model is Disclosure:
        rows = rows.filter(is_secret=False)
    joined = [name for name in held.line.personal if _is_relation(held.line, name)]
    rows = rows.select_related(*joined) if joined else rows
    return Part(held.line, [] if held.line.model in {AuditEvent, LegalHold} else _sorted(rows))


def _is_relation(line: Declaration, name: str) -> bool:
    """A row that is told of and that another one names: a company, a service, a version."""
    column = line.model._meta.get_field(name)
    return line.personal[name].export and bool(column.is_relation)


_MOMENTS = ("received_at", "created_at", "released_at", "placed_at", "at", "queued_at")


def _sorted(rows: Iterable[Any]) -> list[Any]:
    """The oldest first; among those of one moment always in the same order."""
    return sorted(rows, key=lambda row: (_moment(row), str(row.pk).zfill(40)))


def _moment(row: Any) -> str:
    moments = (getattr(row, name, None) for name in _MOMENTS)
    return next((moment.isoformat() for moment in moments if moment is not None), "")


def _replace(found: Gathered, model: type[Any], rows: list[Any]) -> None:
    for place, part in enumerate(found.parts):
        if part.line.model is model:
            found.parts[place] = Part(part.line, rows)


def records_in(found: Gathered) -> dict[str, list[str]]:
    """The numbers of everything that is told, by table: what events may be about."""
    return {
        part.label: [str(row.pk) for row in part.rows]
        for part in found.parts
        if part.rows and part.line.model is not AuditEvent
    }


def _events(found: Gathered) -> list[AuditEvent]:
    """Who saw or did what: events that name the person, and those that name a record of theirs."""
    told = {str(row.pk) for row in found.rows("dsar.disclosure")}
    events: dict[int, AuditEvent] = {}
    if found.chosen is None:
        mine = AuditEvent.objects.filter(subject__in=numbers_of(found.person))
        events = {event.pk: event for event in mine}
    for condition in _about_records(found):
        events.update({event.pk: event for event in AuditEvent.objects.filter(condition)})
    return [event for _pk, event in sorted(events.items()) if _may_be_told(event, told)]


def _about_records(found: Gathered) -> Iterator[Q]:
    pairs = [(label, key) for label, keys in records_in(found).items() for key in keys]
    for start in range(0, len(pairs), AT_ONCE):
        named: dict[str, list[str]] = {}
        for label, key in pairs[start : start + AT_ONCE]:
            named.setdefault(label, []).append(key)
        yield reduce(or_, [Q(object_type=t, object_id__in=keys) for t, keys in named.items()])


def _may_be_told(event: AuditEvent, told: set[str]) -> bool:
    """An event about a disclosure of which the law forbids to tell would tell of it."""
    about_one = event.action.startswith("disclosure") or event.object_type == "dsar.disclosure"
    return not about_one or event.object_id in told


def _holds(found: Gathered) -> list[LegalHold]:
    """Holds on the person, on a record of theirs, on its company, and on a rule that governs it."""
    kind, records = LegalHold.Kind, _record_numbers(found)
    direct = Q(kind=kind.SUBJECT, target=found.person) | Q(kind=kind.RECORD, target__in=records)
    wide = Q(kind__in=[kind.COMPANY, kind.RULE], released_at__isnull=True)
    holds = LegalHold.objects.filter(direct | wide).select_related("legal_reference")
    return [hold for hold in _sorted(holds) if _reaches(hold, found)]


def _record_numbers(found: Gathered) -> list[UUID]:
    documents = found.rows("requests_inbox.accountingdocument")
    records = {row.pk for row in found.rows("requests_inbox.consultationrequest")}
    return sorted(records | {row.pk for row in documents} | {row.request for row in documents})


def _reaches(hold: LegalHold, found: Gathered) -> bool:
    if hold.kind == LegalHold.Kind.COMPANY:
        named = (part for part in found.parts if part.line.company)
        return any(_company_of(part, row) == hold.code for part in named for row in part.rows)
    if hold.kind == LegalHold.Kind.RULE:
        return _governs(hold.code, found)
    return True


def _company_of(part: Part, row: Any) -> object:
    column: Any = part.line.model._meta.get_field(part.line.company)
    return getattr(row, column.attname)


def _governs(name: str, found: Gathered) -> bool:
    try:
        governing = rule(name)
    except LookupError:
        return False
    keys = [row.pk for row in found.rows(governing.label)]
    rows = governing.model._base_manager.filter(governing.where, pk__in=keys)
    return bool(keys) and rows.exists()


def _staff(events: list[AuditEvent]) -> dict[UUID, User]:
    """Role and company of whoever acted; their names stay where they are."""
    actors = {event.actor for event in events if event.actor}
    if not actors:
        return {}
    return User.objects.only("role", "entity").in_bulk(list(actors))


def _texts(events: list[ConsentEvent]) -> dict[str, ConsentText]:
    """The words that were agreed to, by their hash."""
    hashes = {event.text_sha256 for event in events}
    texts = ConsentText.objects.filter(sha256__in=hashes) if hashes else []
    return {text.sha256: text for text in texts}
