"""Which version is in force, around midnight in Baku, and the terms that people are held to."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone

from emsar.datamap import terms as declared
from emsar.entities import publication
from policies import versions
from policies.models import State
from policies.publishing import publish
from policies.versions import answered_under, in_force, state_of, term_for, term_in_force

pytestmark = pytest.mark.django_db
# Midnight in Baku is 20:00 of the day before in UTC.
BEFORE = datetime(2027, 1, 31, 19, 59, 59, tzinfo=UTC)
AFTER = datetime(2027, 1, 31, 20, 0, 0, tzinfo=UTC)


@pytest.fixture
def two(make_version):
    """1.0 in force since November, 1.1 published to come into force on 1 February 2027."""
    with time_machine.travel(datetime(2026, 11, 22, 8, tzinfo=UTC), tick=False):
        one = publish(make_version(), actor=None, effective=date(2026, 11, 22))
        later = make_version(number="1.1", terms={"reply_within": 3})
        return one, publish(later, actor=None, effective=date(2027, 2, 1))


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(2026, 11, 21, 19, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 20, 0, tzinfo=UTC), "1.0"),
        (datetime(2027, 1, 30, 20, 0, tzinfo=UTC), "1.0"),
        (BEFORE, "1.0"),
        (AFTER, "1.1"),
        (datetime(2027, 2, 1, 20, 0, tzinfo=UTC), "1.1"),
    ],
)
def test_version_comes_into_force_at_midnight_in_baku(two, moment, number):
    with time_machine.travel(moment, tick=False):
        found = in_force("house-rules")
        assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("moment", "states"),
    [
        (BEFORE, (State.CURRENT, State.UPCOMING)),
        (AFTER, (State.PAST, State.CURRENT)),
    ],
)
def test_states_change_by_themselves(two, moment, states):
    with time_machine.travel(moment, tick=False):
        assert tuple(state_of(version) for version in two) == states


def test_draft_is_a_draft_whatever_the_day(make_version):
    assert state_of(make_version(effective_date=date(2020, 1, 1))) == State.DRAFT


def test_of_two_versions_of_one_day_the_later_publication_is_in_force(make_version):
    with time_machine.travel(datetime(2026, 11, 22, 8, tzinfo=UTC), tick=True):
        publish(make_version(), actor=None, effective=date(2026, 11, 22))
        mended = make_version(number="1.0.1")
        assert publish(mended, actor=None, effective=date(2026, 11, 22)) == in_force("house-rules")


def test_pages_are_told_when_the_next_version_comes_into_force(two):
    assert publication.next_instant(BEFORE) == AFTER
    assert publication.next_instant(AFTER) is None


def test_what_is_in_force_costs_no_query_while_nothing_changes(two, django_assert_num_queries):
    in_force("house-rules")
    with django_assert_num_queries(0):
        in_force("house-rules")
        term_in_force("reply_within")


def test_unknown_policy_has_no_version():
    assert in_force("no-such-policy") is None


def test_term_in_force_is_that_of_the_shipped_policy():
    assert term_in_force("consultation_retention") == 12
    assert declared.value("policy", "erasure_deadline") == 30


@pytest.mark.parametrize("name", ["no_such_term", "coffee_break"])
def test_term_that_no_version_states_is_an_error(name):
    with pytest.raises(LookupError, match=name):
        term_in_force(name)


@pytest.mark.parametrize(
    ("name", "shown", "now", "held"),
    [
        ("consultation_retention", 12, 6, 6),  # shorter is better
        ("consultation_retention", 6, 12, 6),
        ("minimum_age", 18, 16, 18),  # longer is better
        ("minimum_age", 16, 18, 18),
        ("accounting_retention", 5, 7, 7),  # follows the law, not what was shown
        ("accounting_retention", 7, 5, 5),
    ],
)
def test_record_is_held_to_the_better_term_for_its_person(
    make_version, monkeypatch, name, shown, now, held
):
    before, current = (
        make_version(terms={name: shown}),
        make_version(number="2.0", terms={name: now}),
    )
    monkeypatch.setattr(versions, "_today", lambda: {"privacy-policy": current})
    assert term_for(name, before) == held
    assert term_for(name, None) == now


def test_term_stated_by_two_policies_is_the_better_of_both(make_version, monkeypatch):
    found = [make_version(number=str(n), terms={"analytics_retention": n}) for n in (14, 6)]
    for pair in (found, found[::-1]):
        monkeypatch.setattr(versions, "_today", lambda pair=pair: dict(enumerate(pair)))
        assert term_in_force("analytics_retention") == 6


def test_term_shown_still_holds_when_nothing_in_force_states_it(make_version, monkeypatch):
    monkeypatch.setattr(versions, "_today", dict)
    shown = make_version(terms={"reply_within": 1, "accounting_retention": 5})
    assert term_for("reply_within", shown) == 1
    assert term_for("accounting_retention", shown) == 5
    with pytest.raises(LookupError):
        term_for("minimum_age", shown)


def test_numbers_in_force_name_every_policy():
    every = ["cookie-policy 1.0", "privacy-policy 1.0", "undertaking 1.0"]
    assert versions.numbers_in_force() == every


def test_what_is_for_staff_alone_is_linked_nowhere():
    assert versions.published_slugs() == ["cookie-policy", "privacy-policy"]


def test_choice_holds_until_a_version_asks_again(make_version):
    days = {"1.0": "2026-01-01", "1.1": "2026-03-01", "1.2": "2026-04-01", "1.3": "2027-01-01"}
    for number, day in days.items():
        draft = make_version(number=number, requires_reconsent=number in {"1.1", "1.3"})
        # The gate takes no day in the past; the table does, as time goes on.
        draft.published_at, draft.effective_date = timezone.now(), date.fromisoformat(day)
        draft.save()
    held = {
        "2025-12-31": set(),
        "2026-02-28": {"1.0"},
        "2026-03-01": {"1.1"},
        "2026-12-31": {"1.1", "1.2"},
        "2027-01-01": {"1.3"},
    }
    for day, numbers in held.items():
        versions.reset()
        with time_machine.travel(f"{day}T08:00:00+04:00", tick=False):
            assert answered_under("house-rules") == numbers
