"""Terms in words: "12 months", "12 ay", "12 месяцев", as the texts print them.

Russian takes the genitive, because the texts always say "в течение …", "не более …"; Azerbaijani
nouns stay singular after a number.
"""

from django.utils.translation import npgettext

from emsar.datamap.terms import Term, Unit

AGES = frozenset({"minimum_age"})


def term_text(term: Term, value: int) -> str:
    """The value of a term in the active language; an age is not a length of time."""
    if term.name in AGES:
        return npgettext("age", "%(n)d year", "%(n)d years", value) % {"n": value}
    return duration(value, term.unit)


def duration(value: int, unit: Unit) -> str:
    """A term in the active language, to stand after "within", "ərzində …" or «в течение»."""
    number = {"n": value}
    if unit is Unit.BUSINESS_DAYS:
        return npgettext("term", "%(n)d business day", "%(n)d business days", value) % number
    if unit is Unit.CALENDAR_DAYS:
        return npgettext("term", "%(n)d calendar day", "%(n)d calendar days", value) % number
    if unit is Unit.CALENDAR_MONTHS:
        return npgettext("term", "%(n)d month", "%(n)d months", value) % number
    return npgettext("term", "%(n)d year", "%(n)d years", value) % number
