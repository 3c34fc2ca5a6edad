"""What a form's words say of the processing, as fields: which data, by whom, for how long.

The words themselves are the promise. This table repeats them for machines, and a test holds it
against the data map, so that no column and no recipient is named that the map does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION
from consent.receipts.standing import CHOICE_TERM
from emsar.datamap.terms import Unit, policy_term
from policies.durations import term_text
from policies.models import PolicyVersion

# ISO 3166; the law that the policies rest on.
JURISDICTION = "AZ"
_ISO_UNITS = {Unit.CALENDAR_DAYS: "D", Unit.CALENDAR_MONTHS: "M", Unit.YEARS: "Y"}


@dataclass(frozen=True)
class Data:
    """One kind of personal data; ``column`` is its column of the data map, if it has one."""

    name: str | Promise
    column: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Processing:
    """What is done under one form's consent.

    ``keepers`` are those of the ``recipients`` with whom the data are stored; ``validity`` and
    ``retention`` name terms of the policy, which count from ``counted_from``.
    """

    data: tuple[Data, ...]
    recipients: tuple[str, ...]
    keepers: tuple[str, ...]
    collected: str | Promise
    processed: str | Promise
    withdrawal: str | Promise
    validity: str
    retention: str
    counted_from: str


_FORM = Processing(
    data=(
        Data(_("name and surname"), "name"),
        Data(_("email address"), "contact"),
        Data(_("company"), "company", optional=True),
        Data(_("service of interest"), "service"),
        Data(_("project information"), "project"),
        Data(_("language of the page"), "language"),
        Data(_("time of the request"), "received_at"),
    ),
    recipients=("hosting", "email", "support"),
    keepers=("hosting", "email"),
    collected=_("from the person, by the form"),
    processed=_(
        "collection, recording, storage, use for a reply, transfer between the companies and to "
        "the recipients, correction, blocking, deletion and destruction"
    ),
    withdrawal=_(
        "by the link in the confirmation of the request, or by writing to %(inquiry)s with the "
        "subject “%(subject)s”"
    ),
    validity="consultation_retention",
    retention="consultation_retention",
    counted_from="last_reply_or_closing",
)
_COOKIES = Processing(
    data=(
        Data(_("pages opened, with date, time and duration")),
        Data(_("site from which the visitor came")),
        Data(_("browser, operating system, kind of device, language of the page")),
        Data(_("location to the level of a city")),
        Data(_("random number in the cookies")),
    ),
    recipients=("google-analytics",),
    keepers=("google-analytics",),
    collected=_("in the visitor's browser, by Google Analytics and its cookies"),
    processed=_(
        "collection, transfer to Google, storage there, summing up in statistics, deletion"
    ),
    withdrawal=_("at any time on %(settings)s, or with the button at the foot of every page"),
    validity=CHOICE_TERM,
    retention="analytics_retention",
    counted_from="event_time",
)
BY_FORM: Mapping[str, Processing] = {FREE_CONSULTATION: _FORM, COOKIE_CHOICE: _COOKIES}


def term_of(name: str, version: PolicyVersion | None) -> str:
    """The term of the version agreed to in words; empty when it states none."""
    declared = policy_term(name)
    if version is None or declared is None or name not in version.terms:
        return ""
    return term_text(declared, int(version.terms[name]))


def duration(term: str, version: PolicyVersion | None) -> str:
    """The same as ISO 8601 has it: "P12M"."""
    declared = policy_term(term)
    if version is None or declared is None or term not in version.terms:
        return ""
    unit = _ISO_UNITS.get(declared.unit)
    return f"P{int(version.terms[term])}{unit}" if unit else ""
