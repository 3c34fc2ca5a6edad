"""Dates in words, a due moment that explains itself, and first letters."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from babel.dates import format_date
from django.utils.translation import get_language, gettext, ngettext

from emsar.entities.businessdays import Due, Skipped

_LOCALES = {"az": "az", "en": "en_GB", "ru": "ru"}


def _active(language: str | None) -> str:
    return (language or get_language() or "").split("-")[0]


def day_text(day: date, language: str | None = None) -> str:
    """22 noyabr 2026, 22 November 2026, 22 ноября 2026 г.; ValueError for another language."""
    active = _active(language)
    if active not in _LOCALES:
        raise ValueError(f"no date is written in {active!r}")
    return _long(day, _LOCALES[active])


@lru_cache(maxsize=1024)
def _long(day: date, locale: str) -> str:
    text = format_date(day, format="long", locale=locale)
    # The narrow space before "г." is missing in many fonts, and nobody searches for it.
    return text.replace("\u202f", " ")


def moment_text(moment: datetime, language: str | None = None) -> str:
    """The day in words and the hour; the moment must already be in the zone to be shown."""
    return f"{day_text(moment.date(), language)}, {moment:%H:%M}"


def explain(due: Due) -> list[str]:
    """The arithmetic of a due moment in the active language, one step a line (E-4a)."""
    return list(_steps(due))


def _steps(due: Due) -> Iterator[str]:
    yield gettext("Received: %(moment)s.") % {"moment": moment_text(due.received)}
    if due.counted_from != due.received:
        yield gettext(
            "Outside business hours, so it counts from the next business day: %(moment)s."
        ) % {"moment": moment_text(due.counted_from)}
    yield ngettext("Term: %(count)d business day.", "Term: %(count)d business days.", due.days) % {
        "count": due.days
    }
    for name, days in groupby(due.skipped, key=_name):
        yield gettext("Not counted: %(days)s (%(name)s).") % {"days": _range(days), "name": name}
    yield gettext("Due: %(moment)s.") % {"moment": moment_text(due.moment)}


def _name(skipped: Skipped) -> str:
    if skipped.name is None:
        return gettext("weekend")
    return skipped.name.get(_active(None))


def _range(days: Iterator[Skipped]) -> str:
    first, *rest = [skipped.day for skipped in days]
    return f"{day_text(first)} – {day_text(rest[-1])}" if rest else day_text(first)


def capital(text: str) -> str:
    """With a capital letter at the beginning; an Azerbaijani i keeps its dot."""
    first = "İ" if text[:1] == "i" and get_language() == "az" else text[:1].upper()
    return first + text[1:]
