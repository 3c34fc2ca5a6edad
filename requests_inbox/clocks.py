"""The two clocks of a request, as pure functions of facts, terms and calendar (Asia/Baku)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emsar.entities.businessdays import BAKU, BusinessCalendar, Due, add_calendar_months

CUSTOMER = "E-7.2b"
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class KeptFacts:
    """What the last day kept depends on; moments are aware, None where nothing happened.

    A contract without an end is open.
    """

    reply_due_at: datetime
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    is_spam_or_duplicate: bool = False
    withdrawn_at: datetime | None = None
    objected_at: datetime | None = None
    contract_start: date | None = None
    contract_end: date | None = None


@dataclass(frozen=True)
class KeptTerms:
    """``months`` of consultation_retention (E-7.2a), days kept of spam, of erasure and reserve."""

    months: int
    spam_days: int
    erasure_days: int
    reserve_days: int


@dataclass(frozen=True)
class LastDay:
    """The last day kept, and why: the base event, its day, the term and the clause.

    ``day`` is None while a contract is open; ``term`` is empty where the base itself is the day.
    """

    day: date | None
    base: date
    event: str
    term: str
    clause: str


def reply_due(received: datetime, days: int, calendar: BusinessCalendar) -> Due:
    """When the reply is due: E-4a."""
    return calendar.reply_due(received, days)


def last_day_kept(facts: KeptFacts, terms: KeptTerms) -> LastDay:
    """The last day on which a request is kept (decision E-7.2a; withdrawal: E-5b, E-8g).

    A recorded contract wins over a withdrawal, over an objection and over spam: the basis is then
    the contract.
    """
    if facts.contract_start is not None:
        return _under_contract(facts, facts.contract_start, terms)
    erasing = terms.erasure_days - terms.reserve_days
    if facts.withdrawn_at is not None:
        return _days(facts.withdrawn_at, erasing, _("consent withdrawn"), "E-8g")
    if facts.objected_at is not None:
        return _days(facts.objected_at, erasing, _("objection of the person"), "E-8f")
    if facts.is_spam_or_duplicate and facts.closed_at is not None:
        return _days(facts.closed_at, terms.spam_days, _("closed as spam or duplicate"), "")
    return _usual(facts, terms)


def document_last_day(counted_from: date, years: int) -> date:
    """The last day of an accounting document: so many years after its correspondence (E-7.2c)."""
    return add_calendar_months(counted_from, years * MONTHS_A_YEAR)


def _under_contract(facts: KeptFacts, since: date, terms: KeptTerms) -> LastDay:
    """Its end or the usual last day, whichever is later; while it is open there is none."""
    if facts.contract_end is None:
        return LastDay(None, since, _("contract concluded"), "", CUSTOMER)
    usual = _usual(facts, terms)
    if usual.day is not None and usual.day >= facts.contract_end:
        return replace(usual, clause=CUSTOMER)
    end = facts.contract_end
    return LastDay(end, end, _("end of the contract"), "", CUSTOMER)


def _usual(facts: KeptFacts, terms: KeptTerms) -> LastDay:
    """So many months after the last reply, or what stands for it (E-7.2a)."""
    if facts.replied_at is not None:
        return _months(facts.replied_at, terms.months, _("last reply sent"))
    if facts.closed_at is not None:
        return _months(facts.closed_at, terms.months, _("closed without a reply"))
    return _months(facts.reply_due_at, terms.months, _("reply was due"))


def _days(moment: datetime, days: int, event: str, clause: str) -> LastDay:
    base = _local(moment)
    return LastDay(base + timedelta(days=days), base, event, _in_days(days), clause)


def _months(moment: datetime, months: int, event: str) -> LastDay:
    base = _local(moment)
    last = add_calendar_months(base, months)
    return LastDay(last, base, event, _in_months(months), "E-7.2a")


def _in_days(count: int) -> str:
    return ngettext("%d calendar day", "%d calendar days", count) % count


def _in_months(count: int) -> str:
    return ngettext("%d calendar month", "%d calendar months", count) % count


def _local(moment: datetime) -> date:
    return moment.astimezone(BAKU).date()
