import pytest
from django.utils import translation

from emsar.datamap.terms import Unit, policy_term, policy_terms
from policies import durations
from policies.durations import duration, term_text
from policies.wording import TERMS, policy_label, term_label, term_rows, term_value


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1, Unit.BUSINESS_DAYS, "1 business day"),
        (2, Unit.BUSINESS_DAYS, "2 business days"),
        (1, Unit.CALENDAR_DAYS, "1 calendar day"),
        (30, Unit.CALENDAR_DAYS, "30 calendar days"),
        (1, Unit.CALENDAR_MONTHS, "1 month"),
        (12, Unit.CALENDAR_MONTHS, "12 months"),
        (1, Unit.YEARS, "1 year"),
        (5, Unit.YEARS, "5 years"),
    ],
)
def test_duration_in_words(value, unit, words):
    with translation.override("en"):
        assert duration(value, unit) == words


def test_age_is_a_message_of_its_own(monkeypatch):
    """«18 yaş», not «18 il»."""
    asked = []
    monkeypatch.setattr(durations, "npgettext", lambda *words: asked.append(words[0]) or "%(n)d")
    assert term_text(policy_term("minimum_age"), 18) == "18"
    assert term_text(policy_term("accounting_retention"), 5) == "5"
    assert asked == ["age", "term"]


def test_every_declared_term_has_a_label():
    assert set(TERMS) == {term.name for term in policy_terms()}


def test_labels_fall_back_to_the_name():
    assert policy_label("privacy-policy") == "Privacy policy"
    assert policy_label("house-rules") == "house-rules"
    assert term_label("coffee_break") == "coffee_break"


def test_values_of_terms_in_words():
    assert term_value("reply_within", {"reply_within": 2}) == "2 business days"
    assert term_value("coffee_break", {"coffee_break": 2}) == "2"
    assert term_value("coffee_break", {}) == ""


def test_rows_compare_two_versions_in_the_declared_order():
    rows = list(term_rows({"minimum_age": 18, "x": 1}, {"minimum_age": 18, "reply_within": 1}))
    assert [(row.before, row.after, row.is_changed) for row in rows] == [
        ("", "1 business day", True),
        ("18 years", "18 years", False),
        ("1", "", True),
    ]
