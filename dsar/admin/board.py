"""The board: everything that runs, what burns first, and what each case waits for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.charts import kind_bars
from dsar.admin.frame import BOARD, frame, let_in, today_in_baku
from dsar.admin.stages import APPROVAL, OFFICER, Stage, with_stage
from dsar.admin.words import NEAR, due_of
from dsar.figures import figures_of
from dsar.models import Case
from dsar.services import byhand
from dsar.services.answers import undelivered
from dsar.services.sharing import watch
from emsar.audit import record

# More cases than that running at once nobody works from one page; the rest is in the register.
MOST = 500


@dataclass
class Section:
    """A part of the board; each running case stands in exactly one."""

    key: str
    title: str | Promise
    explanation: str | Promise
    tone: str
    takes: Callable[[str], bool]
    rows: list[Case] = field(default_factory=list)


@dataclass(frozen=True)
class Tally:
    """The numbers above the board and on the first page."""

    overdue: int
    near: int
    approval: int
    officer: int
    person: int
    unverified: int
    running: int


def sections() -> list[Section]:
    """The empty sections in their order, what the officer has to do before what goes by itself."""
    return [
        Section(
            "overdue", gettext_lazy("Past a deadline"),
            gettext_lazy("A promise or the law is broken here. See to these first."), "overdue",
            lambda stage: False,
        ),
        Section(
            "approval", gettext_lazy("To approve"),
            gettext_lazy("Look at the preview and approve, or the machine carries it out in the"
                         " night of the day named."), "review", lambda stage: stage in APPROVAL,
        ),
        Section(
            "officer", gettext_lazy("Waiting for you"),
            gettext_lazy("These need a choice or an answer that no machine gives."), "today",
            lambda stage: stage in OFFICER,
        ),
        Section(
            "person", gettext_lazy("Waiting for the person"),
            gettext_lazy("The term by law rests; the promised day does not."), "quiet",
            lambda stage: stage == Stage.PERSON,
        ),
        Section(
            "unverified", gettext_lazy("Identity not proved yet"),
            gettext_lazy("Nothing personal leaves before that. What is never proved is answered"
                         " and closed by the promised day."), "quiet",
            lambda stage: stage == Stage.UNVERIFIED,
        ),
        Section(
            "running", gettext_lazy("Being carried out"),
            gettext_lazy("The machine works on these or checks what it did."), "quiet",
            lambda stage: stage == Stage.RUNNING,
        ),
    ]  # fmt: skip


def running_cases() -> list[Case]:
    """What runs, by the earlier deadline, each with its ``stage`` as it is by now."""
    watch()
    return list(with_stage(Case.objects.running().by_deadline())[:MOST])


def sorted_in(rows: list[Case], today: date) -> list[Section]:
    """The rows in their sections; whatever is past a deadline stands in the first."""
    found = sections()
    for row in rows:
        late = due_of(row) < today
        home = found[0] if late else next(s for s in found if s.takes(stage_of(row)))
        home.rows.append(row)
    return found


def stage_of(row: Case) -> str:
    """The stage that the query put on a row."""
    return str(row.stage)  # type: ignore[attr-defined] # annotated by with_stage


def tally(rows: list[Case], today: date) -> Tally:
    """Counted whether or not a case is overdue: what waits for approval still waits."""
    stages = [stage_of(row) for row in rows]
    left = [(due_of(row) - today).days for row in rows]
    return Tally(
        overdue=sum(days < 0 for days in left),
        near=sum(0 <= days <= NEAR for days in left),
        approval=sum(stage in APPROVAL for stage in stages),
        officer=sum(stage in OFFICER for stage in stages),
        person=stages.count(Stage.PERSON),
        unverified=stages.count(Stage.UNVERIFIED),
        running=len(rows),
    )


def board(request: HttpRequest) -> HttpResponse:
    """For the officer alone; that it was looked at is an audit event (E-9c)."""
    user = let_in(request, BOARD.right)
    today, rows = today_in_baku(), running_cases()
    record("case.list", actor=user.pk, detail={"rows": len(rows)})
    figures = figures_of(today)
    context = frame(
        request,
        BOARD,
        _("Rights of persons"),
        sections=sorted_in(rows, today),
        tally=tally(rows, today),
        by_hand=list(byhand.cases_waiting()[:MOST]),
        undelivered=list(undelivered().order_by("-received_at")[:MOST]),
        most=MOST if len(rows) == MOST else 0,
        figures=figures,
        kinds=kind_bars(figures),
        near=NEAR,
    )
    return TemplateResponse(request, "admin/dsar/board.html", context)
