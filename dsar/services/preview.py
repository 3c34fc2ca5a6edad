"""What an erasure will do, in three lists, before anybody approves it (idea 10)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, Outcome, Release, Status
from dsar.models.kinds import RELEASING_KINDS
from dsar.services.extent import Extent, Ground, Kept, Model, extent_of
from dsar.services.sharing import chosen_of, needs_choice
from dsar.walk import Held, held_about
from emsar.datamap.declarations import Declaration, Erase
from emsar.entities.wording import capital, day_text
from emsar.retention.models import LegalHold
from emsar.retention.wording import table_words
from requests_inbox.models import AccountingDocument

CLAUSES = {
    Ground.HOLD: "E-4g",
    Ground.CONTRACT: "E-5b",
    Ground.ACCOUNTING: "E-7.2c",
    Ground.CASE: "E-8k",
    Ground.OTHERS: "E-2c",
}


@dataclass(frozen=True)
class Line:
    """So many rows of a table: ``label`` is "app.model", ``words`` says it to a reader.

    ``ground`` is the reason why they stay, ``until`` the last day kept; None as long as the
    ground lasts.
    """

    label: str
    count: int
    words: str
    ground: str = ""
    until: date | None = None
    clause: str = ""

    def __str__(self) -> str:
        """One sentence for the person: what, how many, why and until when."""
        facts = {"what": capital(self.words), "count": self.count, "ground": self.ground}
        if self.until is None:
            return _("%(what)s (%(count)d): %(ground)s; until that ends.") % facts
        facts["day"] = day_text(self.until)
        return _("%(what)s (%(count)d): %(ground)s; until %(day)s.") % facts


@dataclass
class Preview:
    """The three lists, and what the officer should know before approving."""

    erase: list[Line] = field(default_factory=list)
    keep: list[Line] = field(default_factory=list)
    pseudonymise: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    outcome: str = ""


def preview(case: Case) -> Preview:
    """What the erasure of a case would do now, in the active language; it changes nothing.

    Empty lists while the officer has not chosen whose data, or which records, it is about.
    """
    if needs_choice(case):
        return Preview(warnings=[_("First say whose data it is about, and which records.")])
    assert case.subject is not None  # noqa: S101 - needs_choice
    extent = extent_of(case)
    held = list(held_about(case.subject, chosen_of(case)))
    return Preview(
        erase=_to_erase(extent, held),
        keep=kept_lines(extent.kept),
        pseudonymise=_without_meaning(held),
        warnings=list(_warnings(case, extent)),
        outcome=outcome_of(extent),
    )


def outcome_of(extent: Extent) -> str:
    """How the case ends: as asked, in part, not at all for a lawful ground, or nothing is held."""
    if extent.lawful:
        return Outcome.PARTLY if extent.takes_data else Outcome.REFUSED
    return Outcome.FULFILLED if extent.takes_data else Outcome.NOTHING_HELD


def _to_erase(extent: Extent, held: Iterable[Held]) -> list[Line]:
    """Tables of the map with what goes: rows that go by themselves, and those that go along."""
    lines = []
    for each in held:
        count = 0 if is_evidence(each.line) else _going(extent, each)
        if count:
            lines.append(Line(each.label, count, table_words(each.label)))
    return lines


def _going(extent: Extent, each: Held) -> int:
    model = each.line.model
    if model in extent.gone:
        return len(extent.gone[model])
    if model is CaseFile or any(kept.model is model for kept in extent.kept):
        return 0
    if each.line.subject == "id":
        return int(extent.person_goes)
    if model._meta.label_lower == "subjects.subjectidentifier":
        return len(extent.identifiers)
    return each.rows.exclude(_stays_along(extent, each)).distinct().count()


def _stays_along(extent: Extent, each: Held) -> Q:
    """Rows that hang on what stays, or on a person who stays."""
    line, stays = each.line, [kept.key for kept in extent.kept]
    path = line.record or str(line.subject).rpartition("__")[0]
    if not path:
        return Q() if extent.person_goes else Q(pk__isnull=False)
    goes = [key for keys in extent.gone.values() for key in keys]
    # A mail or a link may be about nothing that keeps it; then it goes only with the person.
    return Q(**{f"{path}__in": stays}) if extent.person_goes else ~Q(**{f"{path}__in": goes})


def is_evidence(line: Declaration) -> bool:
    """Rows that stay and lose their meaning: every personal column is kept as it is."""
    return all(column.erase is Erase.KEEP for column in line.personal.values())


def _without_meaning(held: Iterable[Held]) -> list[Line]:
    found = [(each, each.rows.count()) for each in held if is_evidence(each.line)]
    return [
        Line(each.label, count, table_words(each.label), clause=_first_clause(each.line))
        for each, count in found
        if count
    ]


def _first_clause(line: Declaration) -> str:
    return line.clauses[0] if line.clauses else ""


def kept_lines(kept: Iterable[Kept]) -> list[Line]:
    """What stays, a line for each table, ground and day; what belongs to others is counted only."""
    groups = Counter((each.model, each.ground, each.until, each.hold) for each in kept)
    laws = _laws([each.key for each in kept if each.model is AccountingDocument])
    return [
        Line(
            label=model._meta.label_lower,
            count=count,
            words=table_words(model._meta.label_lower),
            ground=_ground_words(model, ground, hold, laws),
            until=until,
            clause=CLAUSES[ground],
        )
        for (model, ground, until, hold), count in groups.items()
    ]


def _ground_words(model: Model, ground: Ground, hold: UUID | None, laws: list[str]) -> str:
    if ground is Ground.HOLD and hold is not None:
        return _hold_words(hold)
    law = ", ".join(laws) if model is AccountingDocument else ""
    return {
        Ground.CONTRACT: _("a contract is recorded"),
        Ground.ACCOUNTING: _("the law wants them kept with the accounts (%(law)s)") % {"law": law},
        Ground.CASE: _("they are needed to answer, and for a time after the answer"),
        Ground.OTHERS: _("they belong to another person under the same address"),
    }[ground]


def _hold_words(number: UUID) -> str:
    hold = LegalHold.objects.select_related("legal_reference").get(pk=number)
    facts = {"reason": hold.get_reason_display(), "law": hold.legal_reference.text("title")}
    return _("a legal hold: %(reason)s (%(law)s)") % facts


def _laws(documents: list[UUID]) -> list[str]:
    rows = AccountingDocument.objects.filter(pk__in=documents).select_related("legal_reference")
    return list(dict.fromkeys(row.legal_reference.text("title") for row in rows.order_by("pk")))


def _warnings(case: Case, extent: Extent) -> Iterable[str]:
    """Another right of the same person that the erasure would take the ground from."""
    rows = Case.objects.filter(subject=extent.person, kind__in=RELEASING_KINDS)
    open_ones = rows.running().exclude(status=Status.UNVERIFIED)
    waiting = Release.objects.filter(case__in=rows, expires_at__gt=timezone.now(), downloads=0)
    if extent.person_goes and (open_ones.exists() or waiting.exists()):
        yield _("The person also asked for a copy of the data and has not fetched it yet.")
    if case.subject is not None and not extent.takes_data and not extent.lawful:
        yield _("Nothing is held but the case itself.")
