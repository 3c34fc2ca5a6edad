"""How far an erasure goes: which rows of a person go, which stay, and on what ground.

The preview and the execution ask the same function, so that nothing else goes than was shown. The
rows are found by the models: what points to a person so as to keep it here has a reason of its
own and is looked at row by row; all the rest goes along with one of those, or with the person.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from dsar.models import Case, CaseFile, Kind
from dsar.models.cases import RUNNING
from dsar.services.sharing import ABOUT_ANOTHER, chosen_of
from dsar.walk import record_path
from emsar.datamap import terms
from emsar.datamap.declarations import Declaration, declaration_of, declarations
from emsar.datamap.declarations import Erase as Erasure
from emsar.datamap.rules import Rule, rules_of
from emsar.entities.businessdays import BAKU
from emsar.retention.dependants import pointing_at
from emsar.retention.due import holds_on, is_of_persons
from emsar.retention.models import LegalHold
from emsar.subjects.models import DataSubject, IdentifierKind, SubjectIdentifier
from requests_inbox.models import AccountingDocument, ConsultationRequest
from requests_inbox.retention import CUSTOMER

Model = type[models.Model]


class Ground(StrEnum):
    """Why a row stays."""

    HOLD = "hold"  # a legal hold (E-4g)
    CONTRACT = "contract"  # a contract is recorded (E-5b)
    ACCOUNTING = "accounting"  # accounting law asks for the document (E-7.2c)
    CASE = "case"  # the file of a case that is, or has just been, answered (E-8k)
    OTHERS = "others"  # it belongs to somebody else under the same address


# What nobody can answer but the officer, in whatever became of the data: it is still owed.
STILL_OWED = (Kind.COMPLAINT, Kind.OTHER)
# What a law or a contract keeps: then the answer is "done in part".
LAWFUL = (Ground.HOLD, Ground.CONTRACT, Ground.ACCOUNTING)


@dataclass(frozen=True)
class Kept:
    """One row that stays; ``until`` is its last day kept, None while its ground lasts.

    Of a file whose case still runs it is the last day if that case is answered as promised.
    """

    model: Model
    key: UUID
    ground: Ground
    until: date | None
    hold: UUID | None = None


@dataclass
class Extent:
    """What an erasure takes: rows a table, and whether the person's identifiers go as well."""

    person: UUID
    gone: dict[Model, list[UUID]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    identifiers: list[int] = field(default_factory=list)
    person_goes: bool = True

    @property
    def lawful(self) -> list[Kept]:
        return [kept for kept in self.kept if kept.ground in LAWFUL]

    @property
    def takes_data(self) -> bool:
        """Whether anything else goes than what the case itself brought in."""
        return any(keys for model, keys in self.gone.items() if model is not CaseFile)


def roots() -> list[Model]:
    """The tables whose rows keep a person here: they protect it from being deleted."""
    keeping = pointing_at(DataSubject, (models.PROTECT, models.RESTRICT))
    return list(dict.fromkeys(foreign_key.model for foreign_key in keeping))


def rows_of(model: Model, person: UUID) -> QuerySet[Any]:
    """The rows of such a table that are the person's."""
    line = _line(model)
    return model._base_manager.filter(**{str(line.subject): person}).order_by("pk")


def extent_of(case: Case) -> Extent:
    """What the erasure of a case takes at this moment; its subject must be known."""
    assert case.subject is not None  # noqa: S101 - asked by the callers
    found = Extent(case.subject)
    chosen = chosen_of(case)
    holds = _active_holds()
    for model in roots():
        _sort(found, model, case, chosen, holds)
    is_held = _person_is_held(found.person, holds)
    found.person_goes = not found.kept and not is_held
    if is_held or any(kept.ground is not Ground.CASE for kept in found.kept):
        _let_files_stay(found)
    found.identifiers = list(_identifiers_that_go(found, chosen).values_list("pk", flat=True))
    return found


def _sort(
    found: Extent, model: Model, case: Case, chosen: Collection[UUID] | None, holds: list[LegalHold]
) -> None:
    """Put every row of a table on one side or the other."""
    rows = rows_of(model, found.person)
    kept = {each.key: each for each in _kept(model, rows, case, chosen, holds)}
    found.kept += kept.values()
    keys = [key for key in rows.values_list("pk", flat=True) if key not in kept]
    if keys:
        found.gone[model] = keys


def _kept(
    model: Model,
    rows: QuerySet[Any],
    case: Case,
    chosen: Collection[UUID] | None,
    holds: list[LegalHold],
) -> Iterator[Kept]:
    """The rows that stay; where several grounds keep one, the last of these is told."""
    until = _last_day(model)
    if chosen is not None and (path := record_path(_line(model))):
        others = rows.exclude(**{f"{path}__in": list(chosen)})
        yield from _with(model, others, Ground.OTHERS, until)
    mine = rows if chosen is None else _chosen(model, rows, chosen)
    for ground, condition in _GROUNDS.get(model, []):
        yield from _with(model, mine.filter(condition), ground, until)
    if model is CaseFile:
        yield from _files(mine.filter(_needed(case)))
    if holds:
        yield from _held(model, mine, until)


# Rows that stay by themselves: a recorded contract wins over consent, the law over both.
_GROUNDS: dict[Model, list[tuple[Ground, Q]]] = {
    ConsultationRequest: [(Ground.CONTRACT, CUSTOMER)],
    AccountingDocument: [(Ground.ACCOUNTING, Q())],
}


def _chosen(model: Model, rows: QuerySet[Any], chosen: Collection[UUID]) -> QuerySet[Any]:
    path = record_path(_line(model))
    return rows.filter(**{f"{path}__in": list(chosen)}) if path else rows


def _needed(case: Case) -> Q:
    """Files of cases that are still owed an answer, whatever becomes of the data.

    The one carried out, if it is about somebody else; complaints and the like, which only the
    officer answers; and those about somebody else: whoever reported a child's data is answered.
    """
    own = Q(pk=case.pk) if case.kind == Kind.CHILD else Q(pk__in=[])
    about_another = Q(case__kind__in=ABOUT_ANOTHER) & ~Q(case__subject=case.subject)
    owed = Q(case__kind__in=STILL_OWED) | about_another
    return own | (owed & Q(case__status__in=RUNNING))


def _files(rows: QuerySet[Any]) -> Iterator[Kept]:
    """Files that stay for their cases, each until its own last day (``[schedule]``)."""
    days = timedelta(days=terms.value("schedule", "case_documents"))
    today = timezone.localdate(timezone=BAKU)
    for key, last, promised in rows.values_list("pk", "destroy_after", "case__promise_due"):
        yield Kept(CaseFile, key, Ground.CASE, last or max(promised, today) + days)


def _with(model: Model, rows: QuerySet[Any], ground: Ground, until: str) -> Iterator[Kept]:
    columns = ("pk", until) if until else ("pk",)
    for key, *day in rows.values_list(*columns):
        yield Kept(model, key, ground, day[0] if day else None)


def _held(model: Model, rows: QuerySet[Any], until: str) -> Iterator[Kept]:
    """What a legal hold reaches, by each rule that governs the table; longer than any term."""
    rules = _rules(model)
    for rule in rules:
        # The rules of one table are told apart; a single one governs rows without a last day too.
        mine = rows.filter(rule.where) if len(rules) > 1 else rows
        for hold in holds_on(rule):
            reached = mine.annotate(hold=Subquery(hold.values("pk")[:1]))
            for key, number in reached.filter(hold__isnull=False).values_list("pk", "hold"):
                yield Kept(model, key, Ground.HOLD, None, number)


def _active_holds() -> list[LegalHold]:
    return list(LegalHold.objects.filter(released_at__isnull=True).only("kind", "target"))


def _person_is_held(person: UUID, holds: list[LegalHold]) -> bool:
    return any(h.kind == LegalHold.Kind.SUBJECT and h.target == person for h in holds)


def _let_files_stay(found: Extent) -> None:
    """While a law, a contract or others keep the person, all files end by their own term."""
    keys = found.gone.pop(CaseFile, [])
    found.kept += _files(CaseFile.objects.filter(pk__in=keys).order_by("pk"))


def _identifiers_that_go(
    found: Extent, chosen: Collection[UUID] | None
) -> QuerySet[SubjectIdentifier]:
    """Addresses that nothing points to any more; all of them when the person goes.

    Where people share an address nobody can tell whose the others are, and a hold on a person
    keeps everything.
    """
    mine = SubjectIdentifier.objects.filter(subject=found.person)
    if found.person_goes:
        return mine
    if chosen is not None or any(kept.ground is Ground.HOLD for kept in found.kept):
        return mine.none()
    if _answered_anywhere(found):
        return mine.none()
    for foreign_key in pointing_at(SubjectIdentifier, (models.PROTECT, models.RESTRICT)):
        gone = found.gone.get(foreign_key.model, [])
        left = foreign_key.model._base_manager.exclude(pk__in=gone).filter(
            **{f"{foreign_key.name}__in": mine}
        )
        mine = mine.exclude(pk__in=list(left.values_list(foreign_key.attname, flat=True)))
    return mine


def _answered_anywhere(found: Extent) -> bool:
    """Whether a file stays that names no email address: its answer takes what the person has."""
    keys = [kept.key for kept in found.kept if kept.model is CaseFile]
    owed = Q(case__kind__in=(*STILL_OWED, *ABOUT_ANOTHER), case__status__in=RUNNING)
    files = CaseFile.objects.filter(owed, pk__in=keys, person=found.person)
    return files.exclude(contact__kind=IdentifierKind.EMAIL).exists()


def loose_tables() -> list[Declaration]:
    """Tables that name a person by a bare UUID and are to go, though no foreign key says so."""
    return [line for line in declarations() if _is_loose(line)]


def _is_loose(line: Declaration) -> bool:
    if not line.subject or "__" in line.subject or line.record:
        return False
    column = line.model._meta.get_field(line.subject)
    bare = isinstance(column, models.UUIDField) and not column.primary_key
    return bare and line.personal[line.subject].erase is not Erasure.KEEP


def governing(model: Model, keys: list[UUID]) -> Iterator[tuple[Rule, list[UUID]]]:
    """The rows by the rule that governs each, as the certificate names them.

    A row of which no day is the last yet stands under the first rule of its table. LookupError for
    a table of persons without a rule: it would be kept for ever.
    """
    left, rules = set(keys), _rules(model)
    for rule in rules:
        rows: Any = model._base_manager.filter(rule.where, pk__in=left)
        mine = list(rows.order_by("pk").values_list("pk", flat=True))
        if mine:
            left.difference_update(mine)
            yield rule, mine
    if left and not rules:
        raise LookupError(f"no rule of retention governs the rows of {model._meta.label}")
    if left:
        yield rules[0], sorted(left)


def _rules(model: Model) -> list[Rule]:
    return [rule for rule in rules_of(model) if is_of_persons(rule)]


def _last_day(model: Model) -> str:
    return next((rule.last_day for rule in _rules(model)), "")


def _line(model: Model) -> Declaration:
    line = declaration_of(model)
    if line is None or not line.subject:
        raise LookupError(f"the data map does not say whose the rows of {model._meta.label} are")
    return line
