"""The overview's numbers as charts; every number stands beside its bar."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from consent.admin.words import form_name, version_name
from consent.notices import FORMS
from consent.overview import Cell, Span, Tally, by_purpose, grouped, total
from consent.receipts.facts import purpose_text
from emsar.entities.wording import day_text
from emsar.staff.charts import Bars, Columns, Row, Series, bars, columns, spaced
from policies.versions import PRIVACY


@dataclass(frozen=True)
class Listing:
    """The sums by one thing that a consent says."""

    name: str
    title: str
    chart: Bars


def weeks_chart(found: list[Cell], span: Span) -> Columns:
    """What happened week by week, side by side."""
    sums = grouped(found, lambda cell: cell.week)
    weeks = [sums.get(week, Tally()) for week in span.weeks]
    series = [
        Series(_("Given"), [tally.given for tally in weeks]),
        Series(_("Withdrawn"), [tally.withdrawn for tally in weeks]),
        Series(_("Refused"), [tally.refused for tally in weeks]),
    ]
    labels = [f"{week:%d.%m.%y}" for week in span.weeks]
    return columns(
        "weeks", _("Week by week"), _summary(found, span), _("Week from"), labels, series
    )


def _summary(found: list[Cell], span: Span) -> str:
    sums = total(found)
    return _(
        "From the week of %(first)s to that of %(last)s: given %(given)s, withdrawn %(withdrawn)s, "
        "refused %(refused)s."
    ) % {
        "first": day_text(span.first),
        "last": day_text(span.last),
        "given": spaced(sums.given),
        "withdrawn": spaced(sums.withdrawn),
        "refused": spaced(sums.refused),
    }


def listings(found: list[Cell], *, of_one_form: bool) -> list[Listing]:
    """The sums by form, purpose, version and language."""
    languages = dict(settings.LANGUAGES)
    by_version = grouped(
        found, lambda cell: version_name(FORMS.get(cell.form, PRIVACY), cell.version)
    )
    by_language = grouped(found, lambda cell: str(languages.get(cell.language, cell.language)))
    purposes = {purpose_text(code): tally for code, tally in by_purpose(found).items()}
    listed = [
        _listing("purpose", _("Purpose"), purposes),
        _listing("version", _("Policy version"), by_version),
        _listing("language", _("Language"), by_language),
    ]
    if of_one_form:
        return listed
    by_form = grouped(found, lambda cell: form_name(cell.form))
    return [_listing("form", _("Form"), by_form), *listed]


def _listing(name: str, title: str, sums: Mapping[str, Tally]) -> Listing:
    heads = (title, _("Given"), _("Withdrawn"), _("Refused"))
    rows = [
        Row(label, tally.given, (spaced(tally.withdrawn), spaced(tally.refused)))
        for label, tally in sorted(sums.items(), key=lambda each: (-each[1].given, each[0]))
    ]
    return Listing(name, title, bars("", heads, rows))
