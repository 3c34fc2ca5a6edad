"""The destruction for a case: rows, certificate, mailbox orders and ledger, within a transaction.

The lines of the certificate name the rules under which the rows were kept, as those of a sweep
do, so that a restored back-up is replayed the same way; the case holds them together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from dsar.models import Case, Kind, Proposal
from dsar.services.extent import Extent, Model, governing, loose_tables
from emsar.datamap.rules import Trigger
from emsar.datamap.rules import rule as rule_of
from emsar.retention import ledger, persons
from emsar.retention.acts.content import COPIES
from emsar.retention.dependants import Counts, delete_rows
from emsar.retention.models import DestructionLine, Sweep
from emsar.retention.orders import order_copies, order_under_way
from emsar.retention.persons import forget_alone
from emsar.subjects.models import DataSubject, SubjectIdentifier

# Which promise the certificate names.
CLAUSES = {Kind.DELETION: "E-8e", Kind.CHILD: "E-11d", Kind.DECEASED: "S-5b"}


class StillHereError(Exception):
    """Something keeps a person of whom nothing should be left; the whole erasure is undone."""


@dataclass
class Part:
    """What goes under one rule, and its line of the certificate."""

    line: DestructionLine
    model: Model | None
    keys: list[UUID]


def destroy(case: Case, extent: Extent) -> Counts:
    """Delete all that goes and write it down; rows a table.

    Raises StillHereError when the person should go and something that the models do not know of
    keeps them.
    """
    run = Sweep.objects.create(kind=Sweep.Kind.CASE)
    parts = _parts(case, run, extent)
    # Asked before the person goes: what a block covered stays the officer's alone (E-8h).
    is_blocked = DataSubject.objects.filter(pk=extent.person, blocked_at__isnull=False).exists()
    for part in parts:
        _delete(part, is_blocked=is_blocked)
    rest = _sum([_loose(extent), _address_proposals(extent), _addresses(extent)])
    gone = _forget(extent, rest)
    if gone and not parts:
        parts = [Part(_line(case, run, persons.RULE, len(gone)), None, [])]
    _write(parts, gone, rest)
    records = sum(part.line.records for part in parts)
    Sweep.objects.filter(pk=run.pk).update(ended_at=timezone.now(), records=records)
    return _sum([part.line.counts for part in parts])


def _parts(case: Case, run: Sweep, extent: Extent) -> list[Part]:
    return [
        Part(_line(case, run, rule.name, len(keys)), model, keys)
        for model, all_keys in extent.gone.items()
        for rule, keys in governing(model, all_keys)
    ]


def _line(case: Case, run: Sweep, rule: str, records: int) -> DestructionLine:
    return DestructionLine(
        sweep=run.pk,
        case=case.pk,
        rule=rule,
        clause=CLAUSES[Kind(case.kind)],
        trigger=Trigger.DEATH if case.kind == Kind.DECEASED else Trigger.PURPOSE,
        records=records,
    )


def _delete(part: Part, *, is_blocked: bool) -> None:
    """The copies in the mailboxes become orders, then the rows go with all that hangs on them."""
    assert part.model is not None  # noqa: S101 - a part without rows is made after this
    where, line = part.keys, part.line.uid
    restricted = is_blocked or rule_of(part.line.rule).officer_only
    # A mail that is being handed over at this moment will lie in the mailboxes all the same.
    copies = order_copies(where, line, is_restricted=restricted)
    copies += order_under_way(where, line, is_restricted=restricted)
    counts = [delete_rows(part.model, part.keys), _proposals(part.keys)]
    part.line.counts = _sum([{COPIES: copies} if copies else {}, *counts])


def _proposals(keys: Sequence[UUID]) -> Counts:
    """Values that were proposed for a row which is gone, in the file of a person who stays."""
    gone, _ = Proposal.objects.filter(row__in=[str(key) for key in keys]).delete()
    return {Proposal._meta.label_lower: gone} if gone else {}


def _address_proposals(extent: Extent) -> Counts:
    """Values that were proposed for an address which goes; its key is a number of its table."""
    label = SubjectIdentifier._meta.label_lower
    rows = [str(key) for key in extent.identifiers]
    gone, _ = Proposal.objects.filter(model=label, row__in=rows).delete()
    return {Proposal._meta.label_lower: gone} if gone else {}


def _loose(extent: Extent) -> Counts:
    """Rows that name the person by a bare UUID, if nothing of the person stays."""
    counts: list[Counts] = []
    for line in loose_tables() if extent.person_goes else []:
        rows = line.model._base_manager.filter(**{str(line.subject): extent.person})
        counts.append(delete_rows(line.model, list(rows.values_list("pk", flat=True))))
    return _sum(counts)


def _addresses(extent: Extent) -> Counts:
    """Addresses of a person who stays to which nothing that stays points."""
    if extent.person_goes or not extent.identifiers:
        return {}
    return delete_rows(SubjectIdentifier, extent.identifiers)


def _forget(extent: Extent, counts: Counts) -> list[UUID]:
    """The person with addresses, links and objections; the caller holds their locks."""
    if not extent.person_goes:
        return []
    gone, more = forget_alone([extent.person])
    if not gone and DataSubject.objects.filter(pk=extent.person).exists():
        raise StillHereError("something keeps the person that no line of the data map tells of")
    counts.update(_sum([counts, more]))
    return gone


def _write(parts: Sequence[Part], gone: Sequence[UUID], rest: Counts) -> None:
    """Certificate and ledger; the person is named by the last line, which all others precede."""
    for part in parts:
        last = part is parts[-1]
        part.line.counts = _sum([part.line.counts, rest if last else {}])
        part.line.save()
        ledger.enter(part.line, part.keys, gone if last else [])


def _sum(counts: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for each in counts:
        for label, number in each.items():
            total[label] = total.get(label, 0) + number
    return total
