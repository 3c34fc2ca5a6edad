"""Terms: names, units and direction; the values come from higher rooms."""

import pytest

from emsar.datamap import terms
from emsar.datamap.terms import Better, Term, Unit, better_of, policy_term, policy_terms


@pytest.mark.parametrize(
    ("better", "first", "second", "kept"),
    [
        (Better.SHORTER, 12, 6, 6),
        (Better.SHORTER, 6, 12, 6),
        (Better.LONGER, 16, 18, 18),
        (Better.LONGER, 18, 16, 18),
        (Better.SHORTER, 7, 7, 7),
    ],
)
def test_better_of_takes_the_side_of_the_person(better, first, second, kept) -> None:
    term = Term("x", Unit.YEARS, "app", "E-1a", better=better)
    assert better_of(term, first, second) == kept


def test_policy_term_is_found_by_name_or_not_at_all() -> None:
    term = policy_term("consultation_retention")
    assert (term.unit, term.clause, term.better) == (
        Unit.CALENDAR_MONTHS,
        "E-7.2a",
        Better.SHORTER,
    )
    assert policy_term("nothing_of_ours") is None


def test_policy_terms_follow_the_law_only_where_it_says_so() -> None:
    assert {term.name for term in policy_terms() if term.statutory} == {"accounting_retention"}
    assert {term.name for term in policy_terms() if term.better is Better.LONGER} == {"minimum_age"}


def test_policy_terms_name_reader_and_clause() -> None:
    assert all(term.reader and term.clause for term in policy_terms())
    assert len({term.name for term in policy_terms()}) == len(policy_terms())


def test_value_asks_the_room_that_answers_for_the_kind(monkeypatch) -> None:
    monkeypatch.setattr(terms, "_SOURCES", {})
    terms.register_source("policy", {"reply_within": 1}.__getitem__)
    terms.register_source("schedule", {"spam": 30}.__getitem__)
    assert (terms.value("policy", "reply_within"), terms.value("schedule", "spam")) == (1, 30)


def test_value_of_a_kind_that_nobody_answers_for_is_an_error(monkeypatch) -> None:
    monkeypatch.setattr(terms, "_SOURCES", {})
    with pytest.raises(LookupError, match="nothing is registered for terms of kind 'policy'"):
        terms.value("policy", "reply_within")


@pytest.mark.django_db
def test_value_of_the_published_policy_and_of_the_schedule_are_there() -> None:
    assert terms.value("policy", "consultation_retention") == 12
    assert terms.value("schedule", "spam") == 30
