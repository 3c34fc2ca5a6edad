"""The month's figures: counted by day in Baku, in time only when both deadlines were kept."""

from datetime import date, datetime, timedelta

import pytest

from dsar.admin.charts import kind_bars, month_bars
from dsar.figures import Line, figures_of
from dsar.models import Kind, Outcome
from emsar.entities.businessdays import BAKU
from tests.dsar.desk import ended, make_case, signed_in, url
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)


def baku(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BAKU)


def case(kind: str, received: str, closed: str = "", outcome: str = Outcome.FULFILLED) -> None:
    made = make_case(kind, received_at=baku(received))
    if closed:
        ended(made, outcome, at=baku(closed))


def test_an_empty_month_has_figures_too() -> None:
    found = figures_of(date(2026, 11, 15))
    assert (found.month, found.total) == (NOVEMBER, Line())
    assert (found.median_days, found.share_in_time, found.kinds) == (None, None, {})
    assert list(found.months.values()) == [Line()] * 12


def test_month_counts_what_came_in_and_what_was_answered_in_it() -> None:
    case(Kind.ACCESS, "2026-10-31T23:59", "2026-11-01T00:01")
    case(Kind.ACCESS, "2026-11-01T00:01", "2026-11-03T00:01")
    case(Kind.DELETION, "2026-11-30T23:59")
    case(Kind.COMPLAINT, "2026-12-01T00:01")
    found = figures_of(NOVEMBER)
    assert found.kinds == {Kind.ACCESS: Line(1, 2, 0), Kind.DELETION: Line(1, 0, 0)}
    assert found.total == Line(2, 2, 0)
    assert found.median_days == 1.0


def test_answer_is_late_by_the_law_or_by_the_promise() -> None:
    made = make_case(Kind.COMPLAINT, received_at=baku("2026-11-02T10:00"))
    assert made.statutory_due == date(2026, 11, 13)
    case(Kind.COMPLAINT, "2026-11-02T10:00", "2026-11-13T23:59")
    case(Kind.COMPLAINT, "2026-11-02T10:00", "2026-11-14T00:01")
    rests = make_case(Kind.COMPLAINT, received_at=baku("2026-10-05T10:00"), statutory_due=None)
    assert rests.promise_due == date(2026, 11, 4)
    ended(rests, at=baku("2026-11-05T00:01"))
    found = figures_of(NOVEMBER)
    assert found.kinds[Kind.COMPLAINT] == Line(received=3, answered=3, late=2)
    assert (found.total.in_time, found.share_in_time) == (1, 33)


@pytest.mark.parametrize("outcome", [Outcome.UNVERIFIED, Outcome.WITHDRAWN])
def test_what_ended_without_an_answer_is_counted_apart(outcome: str) -> None:
    case(Kind.ACCESS, "2026-11-02T10:00", "2026-11-03T10:00", outcome)
    found = figures_of(NOVEMBER)
    assert (found.total.answered, found.unanswered, found.median_days) == (0, 1, None)


def test_twelve_months_end_with_the_one_that_was_asked_for() -> None:
    case(Kind.ACCESS, "2025-11-30T23:59")
    case(Kind.ACCESS, "2025-12-01T00:01", "2026-01-31T23:59")
    found = figures_of(NOVEMBER)
    assert next(iter(found.months)) == date(2025, 12, 1)
    assert list(found.months)[-1] == NOVEMBER
    assert found.months[date(2025, 12, 1)] == Line(1, 0, 0)
    assert found.months[date(2026, 1, 1)] == Line(0, 1, 1)


def test_bars_are_drawn_to_the_longest_and_never_vanish() -> None:
    for _number in range(99):
        case(Kind.ACCESS, "2026-11-02T10:00")
    case(Kind.OTHER, "2026-11-02T10:00", "2026-11-03T10:00")
    found = figures_of(NOVEMBER)
    bars = {bar.label: bar for bar in kind_bars(found)}
    assert bars["a copy of my data"].received == 100
    assert bars["another right"].in_time == 2
    last = month_bars(found)[-1]
    assert (last.received, last.in_time, last.late) == (144, 2, 0)
    assert last.x + 2 * last.width <= 640


def test_every_number_of_the_drawing_stands_in_words_too() -> None:
    case(Kind.ACCESS, "2026-11-02T10:00", "2026-11-03T10:00")
    page = signed_in(make_user("auditor")).get(f"{url('figures')}?month=2026-11").text
    assert 'role="img"' in page
    assert "November 2026: received 1, answered in time 1, late 0." in page


@pytest.mark.parametrize("month", ["", "2026-13", "2026-1", "x", "2999-01", "2026-11-01"])
def test_a_month_that_is_none_or_to_come_is_not_found(month: str) -> None:
    assert signed_in(make_user()).get(url("figures"), {"month": month}).status_code == 404


def test_oldest_month_that_can_be_asked_for_answers() -> None:
    assert signed_in(make_user()).get(f"{url('figures')}?month=2000-01").status_code == 200


def test_figures_cost_the_same_for_many_cases(django_assert_num_queries) -> None:
    for days in range(5):
        ended(make_case(Kind.ACCESS), at=baku("2026-11-02T10:00") + timedelta(days=days))
    with django_assert_num_queries(5):
        figures_of(NOVEMBER)
