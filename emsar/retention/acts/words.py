"""How numbers and terms are written on an act, in the active language."""

from django.utils.translation import npgettext

from emsar.datamap.terms import Unit


def length(value: int, unit: Unit) -> str:
    """A length of time, to stand after "within", "ərzində" or «в течение» (genitive)."""
    number = {"n": value}
    if unit is Unit.BUSINESS_DAYS:
        return npgettext("term", "%(n)d business day", "%(n)d business days", value) % number
    if unit is Unit.CALENDAR_DAYS:
        return npgettext("term", "%(n)d calendar day", "%(n)d calendar days", value) % number
    if unit is Unit.CALENDAR_MONTHS:
        return npgettext("term", "%(n)d month", "%(n)d months", value) % number
    return npgettext("term", "%(n)d year", "%(n)d years", value) % number


def amount(number: int) -> str:
    """A number with its thousands apart by a space, which all three languages understand."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
