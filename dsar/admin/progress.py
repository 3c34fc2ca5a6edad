"""How far a case has come: the steps of its kind, those that are done with their moments."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from dsar.admin.stages import PICKED_KINDS
from dsar.models import Case
from dsar.models.kinds import ERASING_KINDS


@dataclass(frozen=True)
class Step:
    """A step; ``at`` is when it was done, ``state`` "done", "now" or "ahead"."""

    title: str | Promise
    at: datetime | None
    state: str


def steps_of(case: Case) -> list[Step]:
    """The steps in their order; of a case that has ended only those that were taken."""
    found: list[Step] = []
    for title, at in _moments(case):
        if at is None and not case.is_running:
            continue
        first = all(step.state == "done" for step in found)
        found.append(Step(title, at, "done" if at else "now" if first else "ahead"))
    return found


def _moments(case: Case) -> list[tuple[str | Promise, datetime | None]]:
    rows: list[tuple[str | Promise, datetime | None]] = [
        (pgettext_lazy("step of a case", "Receipt"), case.received_at),
        (pgettext_lazy("step of a case", "Proof of identity"), case.verified_at),
    ]
    if case.is_shared:
        rows.append((pgettext_lazy("step of a case", "Choice of the records"), case.chosen_at))
    elif case.kind in PICKED_KINDS:
        rows.append(
            (
                pgettext_lazy("step of a case", "Choice of the data subject"),
                case.verified_at if case.subject else None,
            )
        )
    if case.kind in ERASING_KINDS:
        # The machine carries out on its day what nobody has approved.
        rows.append(
            (pgettext_lazy("step of a case", "Approval"), case.approved_at or case.executed_at)
        )
        rows.append((pgettext_lazy("step of a case", "Deletion"), case.executed_at))
        rows.append(
            (
                pgettext_lazy("step of a case", "Search for what is left"),
                case.closed_at if case.executed_at else None,
            )
        )
    rows.append((pgettext_lazy("step of a case", "End"), case.closed_at))
    return rows
