"""The last day kept of a customer (E-7.2b, E-5b, E-8g) and of a document (E-7.2c): pure dates."""

from datetime import date, datetime

import pytest

from requests_inbox.clocks import KeptFacts, KeptTerms, document_last_day, last_day_kept
from tests.requests_inbox.desk import BAKU, at

TERMS = KeptTerms(months=12, spam_days=30, erasure_days=30, reserve_days=3)
START = date(2026, 11, 24)


def facts(**more) -> KeptFacts:
    return KeptFacts(**{"reply_due_at": at(24, 18), "contract_start": START, **more})


def test_open_contract_has_no_last_day() -> None:
    last = last_day_kept(facts(), TERMS)

    assert (last.day, last.base, last.event) == (None, START, "contract concluded")
    assert (last.term, last.clause) == ("", "E-7.2b")


@pytest.mark.parametrize(
    ("end", "day", "event", "term"),
    [
        (date(2027, 11, 25), date(2027, 11, 26), "last reply sent", "12 calendar months"),
        (date(2027, 11, 26), date(2027, 11, 26), "last reply sent", "12 calendar months"),
        (date(2027, 11, 27), date(2027, 11, 27), "end of the contract", ""),
    ],
    ids=["a day before", "the same day", "a day after"],
)
def test_later_of_its_end_and_the_usual_day_is_the_last(end, day, event, term) -> None:
    last = last_day_kept(facts(replied_at=at(26), contract_end=end), TERMS)

    assert (last.day, last.event, last.term, last.clause) == (day, event, term, "E-7.2b")


@pytest.mark.parametrize(
    "more",
    [
        {"withdrawn_at": at(25), "closed_at": at(25)},
        {"closed_at": at(25), "is_spam_or_duplicate": True},
        {"closed_at": at(25)},
    ],
    ids=["withdrawn", "spam", "closed"],
)
def test_contract_wins_over_everything_that_would_shorten_it(more) -> None:
    assert last_day_kept(facts(**more), TERMS).day is None
    ended = last_day_kept(facts(**more, contract_end=START), TERMS)
    assert (ended.day, ended.clause) == (date(2027, 11, 25), "E-7.2b")


def test_without_a_contract_a_withdrawal_means_deletion() -> None:
    last = last_day_kept(facts(contract_start=None, withdrawn_at=at(25), replied_at=at(24)), TERMS)

    assert (last.day, last.clause) == (date(2026, 12, 22), "E-8g")


def test_reply_on_a_leap_day_under_an_ended_contract() -> None:
    leap = datetime(2028, 2, 29, 10, tzinfo=BAKU)
    ended = facts(reply_due_at=leap, replied_at=leap, contract_end=date(2028, 3, 1))

    assert last_day_kept(ended, TERMS).day == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("counted_from", "day"),
    [
        (date(2027, 11, 24), date(2032, 11, 24)),
        (date(2028, 2, 29), date(2033, 2, 28)),
        (date(2027, 2, 28), date(2032, 2, 28)),
    ],
)
def test_document_is_kept_so_many_years_longer(counted_from, day) -> None:
    assert document_last_day(counted_from, 5) == day


def test_document_of_a_leap_day_ends_on_one_where_there_is_one() -> None:
    assert document_last_day(date(2028, 2, 29), 4) == date(2032, 2, 29)
