from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dsar.admin import progress, words
from dsar.admin.allowed import Verb, next_verb
from dsar.admin.board import stage_of
from dsar.admin.stages import Stage
from dsar.models import Case
from dsar.services.preview import Line
from emsar.entities.wording import capital, day_text
from emsar.retention.wording import rows_words
from emsar.staff.viewing import short_moment

register = template.Library()


@register.filter
def standing(case: Case) -> SafeString:
    """How a case stands to its earlier deadline, or how it ended, as a badge."""
    return words.standing(case).badge


@register.filter
def left(day: date) -> SafeString:
    """How many days are left, as a badge."""
    return words.left_words(day).badge


@register.filter
def due(case: Case) -> date:
    """The earlier of both deadlines."""
    return words.due_of(case)


@register.filter
def which(case: Case) -> str:
    """Which clock the earlier deadline is of."""
    return words.which_words(case)


@register.filter
def machine(case: Case) -> date | None:
    """The day in whose night the machine acts on a case of the board; None where it waits."""
    return words.machine_day(case, stage_of(case))


@register.filter
def next_step(case: Case) -> Verb | None:
    """What the officer does next with a case of the board, and where."""
    return next_verb(case, Stage(stage_of(case)))


@register.filter
def steps(case: Case) -> list[progress.Step]:
    """How far a case has come."""
    return progress.steps_of(case)


@register.filter
def named(line: Line) -> str:
    """What a line of the preview counts, one or many, to stand beside the number."""
    return capital(rows_words(line.label, line.count))


@register.filter
def stage(value: str) -> SafeString:
    """What a case waits for, as a badge."""
    return words.stage_words(value).badge


@register.filter
def flags(case: Case) -> list[SafeString]:
    """What makes a case unlike others, as badges."""
    return [flag.badge for flag in words.flags(case)]


@register.filter
def day(value: date | None) -> str:
    """``22 November 2026`` in the active language; a dash for none."""
    return day_text(value) if value else "—"


@register.filter
def short(value: datetime | None) -> SafeString | str:
    """A moment as ``22.11.2026 18:00`` in Asia/Baku; a dash for none."""
    if value is None:
        return "—"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), short_moment(value))


@register.filter
def badge(text: str, tone: str) -> SafeString:
    """``{{ "blocked"|badge:"overdue" }}``"""
    return words.Wording(text, tone).badge
