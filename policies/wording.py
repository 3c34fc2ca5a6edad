"""Names of policies and terms for staff; the texts themselves print the values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from emsar.datamap.terms import Unit, policy_term
from policies.durations import term_text
from policies.models import PolicyVersion

POLICIES: dict[str, StrPromise] = {
    "privacy-policy": _("Privacy policy"),
    "cookie-policy": _("Cookie policy"),
    # Translators: check: "məxfilik öhdəliyi" for the undertaking of staff
    "undertaking": _("Confidentiality undertaking"),
}
TERMS: dict[str, StrPromise] = {
    "reply_within": _("a request is answered within"),
    "consultation_retention": _("a request is kept after the last reply for"),
    "accounting_retention": _("accounting documents are kept for"),
    "analytics_retention": _("analytics data are kept for up to"),
    "erasure_deadline": _("data are erased on request within"),
    "answer_deadline": _("inquiries about data are answered within"),
    "minimum_age": _("youngest age addressed"),
    "cookie_choice_lifetime": _("the cookie choice is remembered for"),
    "analytics_cookie_lifetime": _("analytics cookies live for"),
}
UNITS: dict[Unit, StrPromise] = {
    Unit.BUSINESS_DAYS: _("business days"),
    Unit.CALENDAR_DAYS: _("calendar days"),
    Unit.CALENDAR_MONTHS: _("calendar months"),
    Unit.YEARS: _("years"),
}


@dataclass(frozen=True)
class TermRow:
    """A term in words, as it was and as it would be; empty where it is not stated."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def policy_label(slug: str) -> str:
    return str(POLICIES.get(slug, slug))


def version_name(version: PolicyVersion) -> str:
    """A version as staff speak of it."""
    return f"{policy_label(version.policy_id)} {version.number}"


def term_label(name: str) -> str:
    return str(TERMS.get(name, name))


def term_value(name: str, terms: Mapping[str, int]) -> str:
    """A term's value in words; a bare number for one that nobody declared."""
    if name not in terms:
        return ""
    declared = policy_term(name)
    value = int(terms[name])
    return term_text(declared, value) if declared else str(value)


def term_rows(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[TermRow]:
    """Every term of either version, in the order of the declarations."""
    stated = set(before) | set(after)
    known = [name for name in TERMS if name in stated]
    for name in [*known, *sorted(stated - set(known))]:
        yield TermRow(term_label(name), term_value(name, before), term_value(name, after))
