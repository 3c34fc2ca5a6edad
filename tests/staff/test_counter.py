"""The keyed counter: limits without keeping what is counted (E-3.2i)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from emsar.staff.counter import hit, peek, window_start
from emsar.staff.models import KeyedCount
from tests.keys import make_key

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
NOON = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 12:00 in Baku


def test_hit_counts_and_peek_only_looks() -> None:
    assert [hit("form", ADDRESS, minutes=15) for _ in range(3)] == [1, 2, 3]
    assert [peek("form", ADDRESS, minutes=15) for _ in range(2)] == [3, 3]


def test_counts_of_other_kinds_values_and_windows_are_apart() -> None:
    hit("form", ADDRESS, minutes=15)
    assert hit("login", ADDRESS, minutes=15) == 1
    assert hit("form", "203.0.113.78", minutes=15) == 1
    assert peek("other", ADDRESS, minutes=15) == 0
    # The separator keeps "ab" + "c" and "a" + "bc" apart.
    hit("ab", "c", minutes=15)
    assert peek("a", "bc", minutes=15) == 0


@pytest.mark.parametrize(
    ("later", "counted"),
    [
        (timedelta(minutes=14, seconds=59), 1),
        (timedelta(minutes=15), 0),
        (timedelta(days=1), 0),
    ],
)
def test_window_ends_after_its_minutes(later, counted) -> None:
    with time_machine.travel(NOON, tick=False):
        hit("form", ADDRESS, minutes=15)
    with time_machine.travel(NOON + later, tick=False):
        assert peek("form", ADDRESS, minutes=15) == counted


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        ("2026-11-23T08:07:30+00:00", "2026-11-23T12:00:00+04:00"),
        ("2026-11-23T08:15:00+00:00", "2026-11-23T12:15:00+04:00"),
        ("2026-11-22T20:00:00+00:00", "2026-11-23T00:00:00+04:00"),
        ("2026-11-22T19:59:59+00:00", "2026-11-22T23:45:00+04:00"),
    ],
)
def test_window_start_counts_from_midnight_in_baku(moment, start) -> None:
    found = window_start(datetime.fromisoformat(moment), 15)
    assert found.isoformat() == start


def stored() -> list[tuple[bytes, int]]:
    return [(bytes(row.key), row.count) for row in KeyedCount.objects.order_by("started_at")]


def test_same_address_has_another_key_the_next_day() -> None:
    """Windows of a year: only the day's key is left to differ."""
    for day in range(2):
        with time_machine.travel(NOON + timedelta(days=day), tick=False):
            hit("form", ADDRESS, minutes=60 * 24)
    (first, _), (second, _) = stored()
    assert first != second


def test_key_depends_on_the_secret(settings) -> None:
    with time_machine.travel(NOON, tick=False):
        settings.LOOKUP_KEYS = [make_key("a")]
        hit("form", ADDRESS, minutes=15)
        settings.LOOKUP_KEYS = [make_key("b")]
        assert hit("form", ADDRESS, minutes=15) == 1
    assert len({key for key, _ in stored()}) == 2


def test_table_holds_nothing_of_the_address() -> None:
    hit("form", ADDRESS, minutes=15)
    hit("login-name", "aysel", minutes=15)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM staff_keyedcount c")
        text = " ".join(row for (row,) in cursor.fetchall())
    for form in (ADDRESS, ADDRESS.encode().hex(), "203.0.113", "aysel", b"aysel".hex()):
        assert form not in text
    assert {field.name for field in KeyedCount._meta.concrete_fields} == {
        *("key", "count", "started_at"),
    }
