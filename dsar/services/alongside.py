"""Other cases of a person that an erasure ends: each as it truly ended, and each answered.

What only the officer can answer goes on (see :mod:`dsar.services.extent`). The rest has lost what
it was about, so it ends with the erasure, and whoever asked is told by a mail of its own.
"""

from dataclasses import dataclass
from uuid import UUID

from dsar import byhand, mails
from dsar.models import Case, CaseFile, Kind, Outcome, Status
from dsar.models.cases import JOINING
from dsar.models.kinds import ERASING_KINDS
from dsar.services.answers import ERASED
from dsar.services.extent import Extent
from dsar.services.transitions import complete
from emsar.audit import record

# Their aim is reached once nothing is left that could be used.
STOPPING = (Kind.OBJECTION, Kind.WITHDRAWAL)


@dataclass(frozen=True)
class Other:
    """A case that ends along, and where its answer goes; read before the file is gone."""

    case: Case
    to: str | None
    reach: str


def others_of(case: Case, extent: Extent) -> list[Other]:
    """The undecided cases whose files go with an erasure, locked."""
    files = extent.gone.get(CaseFile, [])
    rows = Case.objects.joining().filter(pk__in=files).exclude(pk=case.pk).order_by("pk")
    found = list(rows.select_for_update(of=("self",)))
    return [Other(each, mails.contact_of(each), byhand.reach_of(each)) for each in found]


def end(case: Case, others: list[Other], extent: Extent, actor: UUID | None) -> None:
    """End them after the erasure; of a person who has died nobody waits for an answer."""
    for other in others:
        outcome = outcome_of(other.case, extent)
        # By the reference the copy of the answer finds the line of what was destroyed.
        with_which = {"event": ERASED, "reason": case.reference}
        complete(other.case, outcome, actor=actor, allowed=JOINING, **with_which)
        record("case.erased", actor=actor, subject=other.case.subject, obj=other.case)
        if case.kind != Kind.DECEASED:
            _tell(other, outcome)


def outcome_of(other: Case, extent: Extent) -> str:
    """How a case ended whose data are gone: nobody proved it, its aim is reached, or there is
    nothing left that it could be about."""
    if other.status == Status.UNVERIFIED:
        return Outcome.UNVERIFIED
    reached = other.kind in ERASING_KINDS or (other.kind in STOPPING and extent.takes_data)
    return Outcome.FULFILLED if reached else Outcome.NOTHING_HELD


def _tell(other: Other, outcome: str) -> None:
    if outcome == Outcome.UNVERIFIED:
        mails.closed_unverified(other.case, to=other.to, reach=other.reach)
    else:
        done = outcome == Outcome.FULFILLED
        mails.ended(other.case, to=other.to, reach=other.reach, is_done=done)
