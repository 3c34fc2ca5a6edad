"""Days left, stages and outcomes in words; each has a tone, which is never the only sign."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsar.admin.frame import today_in_baku
from dsar.admin.stages import APPROVAL, OFFICER, Stage, behind
from dsar.clocks import earlier
from dsar.models import Case, Outcome
from dsar.models.kinds import ANSWERED_BY_PEOPLE, RELEASING_KINDS, Kind

# Where the machine waits, or is at work already.
WAITING = (
    *(Stage.UNVERIFIED, Stage.CLAIM, Stage.SUBJECT, Stage.RECORDS),
    *(Stage.RUNNING, Stage.FINDINGS),
)
# So many calendar days before a deadline a case is near it; the first reminder but one.
NEAR = 3


@dataclass(frozen=True)
class Wording:
    """Words with a tone: overdue, today, later, done or quiet."""

    text: str
    tone: str

    @property
    def badge(self) -> SafeString:
        return format_html('<span class="badge badge--{}">{}</span>', self.tone, self.text)


def due_of(case: Case) -> date:
    """The earlier of both deadlines."""
    return earlier(case.promise_due, case.statutory_due)


def left_words(day: date, today: date | None = None) -> Wording:
    """How many days are left until the end of a last day, or since when it is past."""
    left = (day - (today or today_in_baku())).days
    if left < 0:
        words = ngettext("overdue by %(n)d day", "overdue by %(n)d days", -left)
        return Wording(words % {"n": -left}, "overdue")
    if left == 0:
        return Wording(_("due today"), "overdue")
    words = ngettext("%(n)d day left", "%(n)d days left", left)
    return Wording(words % {"n": left}, "today" if left <= NEAR else "later")


def standing(case: Case, today: date | None = None) -> Wording:
    """How a case stands to its earlier deadline, or how it ended."""
    return left_words(due_of(case), today) if case.is_running else ending(case)


def which_words(case: Case) -> str:
    """Which of both clocks is the earlier one."""
    if case.statutory_due is not None and case.statutory_due < case.promise_due:
        return _("by law")
    return _("promised")


def machine_day(case: Case, stage: str) -> date | None:
    """The day in whose night the machine acts; None where it has to wait for somebody's word.

    One that nobody proves is closed on the promised day, whatever its kind, unless a colleague's
    word waits for the officer.
    """
    if stage == Stage.UNVERIFIED:
        return case.promise_due
    stage = behind(case) if stage == Stage.RECEIPT else stage
    waits = stage in WAITING
    # A copy waits for the answer to a question; a block is set at once, or the officer's to decide.
    waits = waits or (stage == Stage.PERSON and case.kind in RELEASING_KINDS)
    by_people = case.kind in (*ANSWERED_BY_PEOPLE, Kind.BLOCKING)
    return None if waits or by_people else case.execute_on


def stage_words(stage: str) -> Wording:
    """What a case waits for."""
    found = Stage(stage)
    if found in APPROVAL:
        return Wording(str(found.label), "review")
    if found in OFFICER:
        return Wording(str(found.label), "today")
    return Wording(str(found.label), "quiet")


def ending(case: Case) -> Wording:
    """The outcome of a completed case."""
    tones = {Outcome.FULFILLED: "done", Outcome.PARTLY: "done", Outcome.NOTHING_HELD: "done"}
    tone = tones.get(Outcome(case.outcome), "quiet") if case.outcome else "quiet"
    return Wording(case.get_outcome_display() or "—", tone)


def flags(case: Case) -> list[Wording]:
    """What makes a case unlike others."""
    found = []
    if case.is_shared:
        found.append(Wording(_("several names under the address"), "note"))
    if case.extended_at is not None:
        found.append(Wording(_("extended"), "note"))
    if case.paused_since is not None:
        found.append(Wording(_("the term by law rests"), "note"))
    return found


def staff_names(numbers: Any) -> dict[Any, str]:
    """The names of staff by number; one who is gone is left out."""
    from emsar.staff.models import User

    ids = {number for number in numbers if number}
    users = User.objects.filter(pk__in=ids) if ids else []
    return {user.pk: user.get_full_name() for user in users}
