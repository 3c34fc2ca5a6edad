"""Fetching from a real gRPC server: all pages, nothing small, nothing twice, nothing half."""

import threading
from datetime import UTC, date, datetime, timedelta

import grpc
import pytest
from django.db import DataError, IntegrityError

from emsar.audit.models import Heartbeat
from emsar.datamap import terms
from emsar.statistics import fetching, reports
from emsar.statistics import google as client
from emsar.statistics.fetching import (
    DayRefusedError,
    NotConnectedError,
    days_due,
    fetch_day,
    fetch_due,
    fetch_now,
    is_time,
    store,
)
from emsar.statistics.models import Dimension, Fetch, Figure, Outcome, Snapshot
from tests.connections import in_thread
from tests.statistics.google_server import TOLD

# 10:00 in Baku.
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
YESTERDAY = date(2026, 11, 21)
HOUR = timedelta(hours=1)
CODE = grpc.StatusCode


def day_before(number: int) -> date:
    return YESTERDAY - timedelta(days=number)


def kept(day: date, dimension: Dimension) -> dict[str, tuple[int, int, int]]:
    rows = Figure.objects.filter(snapshot__day=day, dimension=dimension)
    return {row.value: (row.users, row.visits, row.views) for row in rows}


def totals(day: date) -> tuple[int | None, ...]:
    snapshot = Snapshot.objects.get(day=day)
    return snapshot.users, snapshot.visits, snapshot.views


pytestmark = pytest.mark.django_db


def test_a_day_is_stored_as_the_server_has_it(google):
    google.fill(YESTERDAY, seed=1, rows=600)
    # Neither day beside it is part of it.
    google.fill(day_before(-1), seed=2, rows=20)
    google.fill(day_before(1), seed=3, rows=20)

    assert fetch_day(YESTERDAY, NOW) == Outcome.OK

    assert totals(YESTERDAY) == google.total(YESTERDAY)
    for dimension in Dimension:
        assert kept(YESTERDAY, dimension) == google.stored(YESTERDAY, dimension)


def test_every_page_of_a_report_is_asked_for(google):
    google.fill(YESTERDAY, seed=2, rows=600)
    fetch_day(YESTERDAY, NOW)

    assert [each.offset for each in google.asked if _is(each, "pagePath")] == [0, 250, 500]
    assert {each.limit for each in google.asked} == {250}
    # The totals, the three hosts, and three pages of each other dimension.
    assert len(google.asked) == 2 + 3 * (len(Dimension) - 1)


def _is(request, name: str) -> bool:
    return bool(request.dimensions) and request.dimensions[0].name == name


def test_rows_and_days_below_ten_visitors_are_not_stored(google):
    google.days[YESTERDAY.isoformat()] = {
        "": [("", 9, 20, 30)],
        "country": [],
        "countryId": [("AZ", 9, 20, 30)],
    }
    google.fill(day_before(1), seed=3)
    fetch_day(YESTERDAY, NOW)
    fetch_day(day_before(1), NOW)

    assert totals(YESTERDAY) == (None, None, None)
    assert not Figure.objects.filter(snapshot__day=YESTERDAY).exists()
    least = Figure.objects.order_by("users").first()
    assert least is not None
    assert least.users == 10


def test_a_day_without_anybody_is_a_day_below_ten(google):
    fetch_day(YESTERDAY, NOW)

    assert totals(YESTERDAY) == (None, None, None)


def test_only_hosts_of_ours_are_asked_for_and_only_rows_that_may_be_kept(google, settings):
    fetch_day(YESTERDAY, NOW)

    for request in google.asked:
        hosts = request.dimension_filter.filter
        assert hosts.field_name == "hostName"
        assert list(hosts.in_list_filter.values) == list(settings.PROFILE.hosts)
        least = request.metric_filter.filter
        if request.dimensions:
            assert (least.field_name, least.numeric_filter.value.int64_value) == ("totalUsers", 10)
        else:
            assert least.field_name == ""


def test_addresses_are_stored_without_query_and_what_reads_the_same_is_one_row(google):
    google.days[YESTERDAY.isoformat()] = {
        "pagePath": [
            ("/az/?email=a@b.example", 10, 11, 12),
            ("/az/#x", 20, 21, 22),
            ("/" + "x" * 500, 10, 10, 10),
            ("/nul\0l", 10, 10, 10),
        ],
    }
    fetch_day(YESTERDAY, NOW)

    pages = kept(YESTERDAY, Dimension.PAGE)
    assert pages.pop("/az/") == (30, 32, 34)
    assert sorted(map(len, pages)) == [5, 200]


@pytest.mark.parametrize(
    ("source", "stored"),
    [
        ("https://search.example/q/name", "search.example"),
        ("Newsletter_Spring", "newsletter_spring"),
        ("(direct)", "(direct)"),
        ("(not set)", "(not set)"),
        ("", ""),
        ("http://[x/", "(other)"),
        ("a℀b/c", "(other)"),
        ("leyla@mail.example", "(other)"),
        ("https://leyla:secret@site.example/", "(other)"),
        ("leyla:secret", "(other)"),
        ("+994501234567", "(other)"),
        ("994-50-123-45-67", "(other)"),
        ("client_994501234567", "(other)"),
        ("search.example?q=leyla", "(other)"),
        ("x" * 61, "(other)"),
        ("two words", "(other)"),
        ("site.example\nleyla", "(other)"),
    ],
)
def test_only_sites_and_words_are_stored_as_sources(google, source, stored):
    google.days[YESTERDAY.isoformat()] = {"sessionSource": [(source, 10, 11, 12)]}

    assert fetch_day(YESTERDAY, NOW) == Outcome.OK
    assert kept(YESTERDAY, Dimension.SOURCE) == {stored: (10, 11, 12)}


@pytest.mark.parametrize("odd", ["12.0", "abc", "-5", "", "٣"])
def test_a_row_without_readable_numbers_is_left_out_and_said_so(google, odd):
    rows = [("odd", odd, 20, 30), ("fine", 12, 20, 30)]
    google.days[YESTERDAY.isoformat()] = {"pagePath": rows, "": [("", 40, odd, 60)]}

    assert fetch_day(YESTERDAY, NOW) == Outcome.OK
    assert kept(YESTERDAY, Dimension.PAGE) == {"fine": (12, 20, 30)}
    assert totals(YESTERDAY) == (None, None, None)
    assert Snapshot.objects.get().other_row


def test_numbers_beyond_the_column_are_cut(google):
    most = 2**31 - 1
    rows = [("/?a", 10, 99_999_999_999, 30), ("/?b", 10, 99_999_999_999, 30)]
    google.days[YESTERDAY.isoformat()] = {"pagePath": rows}

    assert fetch_day(YESTERDAY, NOW) == Outcome.OK
    assert kept(YESTERDAY, Dimension.PAGE) == {"/": (20, most, 60)}


def test_a_row_that_moves_to_a_later_page_is_counted_once(google, monkeypatch):
    monkeypatch.setattr(reports, "PAGE_SIZE", 2)
    rows = [("/a", 40, 40, 40), ("/b?x", 30, 30, 30), ("/b?y", 20, 20, 20)]
    google.days[YESTERDAY.isoformat()] = {"pagePath": rows}

    def somebody_comes(request):
        if _is(request, "pagePath") and len(rows) == 3:
            rows[1] = ("/b?x", 31, 31, 31)
            rows.insert(0, ("/new", 50, 50, 50))

    google.after_answer = somebody_comes
    fetch_day(YESTERDAY, NOW)

    assert kept(YESTERDAY, Dimension.PAGE)["/b"] == (51, 51, 51)


@pytest.mark.parametrize("problem", [ValueError, DataError, IntegrityError])
def test_a_day_that_cannot_be_taken_keeps_no_other_away(google, monkeypatch, caplog, problem):
    def read(client, day, budget):
        if day == YESTERDAY:
            raise problem(TOLD)
        return reports.Day(day)

    monkeypatch.setattr(fetching, "read_day", read)

    assert fetch_due(NOW) == Outcome.FAILED
    assert set(Snapshot.objects.values_list("day", flat=True)) == {
        day_before(n) for n in range(1, 7)
    }
    run = Fetch.objects.get()
    assert (run.outcome, run.days, run.ended_at is None) == (Outcome.FAILED, 6, False)
    assert problem.__name__ in caplog.text
    assert TOLD not in caplog.text


@pytest.mark.parametrize("fetch", [fetch_due, fetch_now, lambda now: fetch_day(YESTERDAY, now)])
def test_a_missing_term_is_a_failed_run(google, monkeypatch, fetch):
    monkeypatch.delitem(terms._SOURCES, "policy")

    assert fetch(NOW) == Outcome.FAILED
    assert Fetch.objects.get().ended_at
    assert google.asked == []


def test_the_job_that_was_done_meanwhile_is_not_done_again(google, monkeypatch):
    real = fetching.is_time

    def overtaken(now):
        monkeypatch.setattr(fetching, "is_time", real)
        assert fetch_due(now) == Outcome.OK
        return True

    monkeypatch.setattr(fetching, "is_time", overtaken)

    assert fetch_due(NOW) is None
    assert Fetch.objects.count() == 1


def test_more_rows_than_anybody_needs_are_cut_and_said_so(google, monkeypatch):
    monkeypatch.setattr(reports, "MOST_ROWS", 500)
    google.fill(YESTERDAY, seed=4, rows=800)
    fetch_day(YESTERDAY, NOW)

    assert max(each.offset for each in google.asked) == 250
    assert Snapshot.objects.get().other_row


def test_flags_and_time_zone_are_those_of_the_answers(google):
    google.metadata = {
        "time_zone": "Europe/Berlin",
        "subject_to_thresholding": True,
        "data_loss_from_other_row": True,
        "sampling_metadatas": [{"samples_read_count": 1, "sampling_space_size": 2}],
    }
    fetch_day(YESTERDAY, NOW)

    snapshot = Snapshot.objects.get()
    assert (snapshot.thresholded, snapshot.sampled, snapshot.other_row) == (True, True, True)
    assert snapshot.time_zone == "Europe/Berlin"


def test_no_flag_is_set_without_a_word_of_google(google):
    fetch_day(YESTERDAY, NOW)

    snapshot = Snapshot.objects.get()
    assert (snapshot.thresholded, snapshot.sampled, snapshot.other_row) == (False, False, False)


def test_a_server_that_is_away_twice_is_asked_again(google):
    google.fill(YESTERDAY, seed=5)
    google.errors = [CODE.UNAVAILABLE, CODE.UNAVAILABLE]

    assert fetch_day(YESTERDAY, NOW) == Outcome.OK
    assert totals(YESTERDAY) == google.total(YESTERDAY)
    assert kept(YESTERDAY, Dimension.CITY) == google.stored(YESTERDAY, Dimension.CITY)


def test_an_internal_error_is_asked_again_too(google):
    google.errors = [CODE.INTERNAL]

    assert fetch_day(YESTERDAY, NOW) == Outcome.OK


def test_a_server_that_stays_away_ends_the_run_in_time(google, monkeypatch):
    monkeypatch.setattr(client, "QUESTION", 0.3)
    google.ends_after = (0, CODE.UNAVAILABLE)

    assert fetch_day(YESTERDAY, NOW) == Outcome.UNAVAILABLE
    assert len(google.asked) > 1
    assert not Snapshot.objects.exists()


def test_a_quota_ends_the_run_at_once_and_what_was_fetched_stays(google):
    for number in range(7):
        google.fill(day_before(number), seed=number, rows=20)
    # The first day is complete, the second is not.
    google.ends_after = (8 + 3, CODE.RESOURCE_EXHAUSTED)

    assert fetch_due(NOW) == Outcome.QUOTA

    assert [each.day for each in Snapshot.objects.all()] == [YESTERDAY]
    assert totals(YESTERDAY) == google.total(YESTERDAY)
    assert len(google.asked) == 8 + 3 + 1, "asked again although the quota was used up"
    run = Fetch.objects.get()
    assert (run.outcome, run.days, run.ended_at is None) == (Outcome.QUOTA, 1, False)
    assert not Heartbeat.objects.filter(job=fetching.JOB).exists()


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (CODE.PERMISSION_DENIED, Outcome.REFUSED),
        (CODE.UNAUTHENTICATED, Outcome.REFUSED),
        (CODE.NOT_FOUND, Outcome.FAILED),
        (CODE.INVALID_ARGUMENT, Outcome.FAILED),
        (CODE.DEADLINE_EXCEEDED, Outcome.UNAVAILABLE),
    ],
)
def test_other_errors_are_not_asked_again_and_tell_nothing_of_google(google, caplog, code, outcome):
    google.errors = [code]

    assert fetch_day(YESTERDAY, NOW) == outcome
    assert len(google.asked) == 1
    assert "statistics: " in caplog.text
    assert TOLD not in caplog.text
    assert TOLD not in str(list(Fetch.objects.values()))


def test_a_key_that_cannot_be_read_is_an_outcome(connected, settings, tmp_path):
    assert fetch_day(YESTERDAY, NOW) == Outcome.KEY

    settings.GA_CREDENTIALS_FILE = str(tmp_path / "key.json")
    for content in ("{}", "[]", "5", "null", "", "{"):
        (tmp_path / "key.json").write_text(content)
        assert fetch_day(YESTERDAY, NOW) == Outcome.KEY


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next(google, monkeypatch):
    monkeypatch.setattr(fetching, "RUN", 0.0)

    assert fetch_day(YESTERDAY, NOW) == Outcome.TIME
    assert google.asked == []


def test_fetching_again_replaces_and_never_doubles(google):
    google.fill(YESTERDAY, seed=6)
    fetch_day(YESTERDAY, NOW)
    google.fill(YESTERDAY, seed=7, rows=50)
    fetch_day(YESTERDAY, NOW + HOUR)

    assert totals(YESTERDAY) == google.total(YESTERDAY)
    for dimension in Dimension:
        assert kept(YESTERDAY, dimension) == google.stored(YESTERDAY, dimension)
    assert Snapshot.objects.get().fetched_at == NOW + HOUR


def test_a_failed_fetch_leaves_the_older_snapshot_whole(google):
    google.fill(YESTERDAY, seed=8)
    fetch_day(YESTERDAY, NOW)
    before = (totals(YESTERDAY), Figure.objects.count())
    google.fill(YESTERDAY, seed=9)
    google.ends_after = (google.answered + 5, CODE.RESOURCE_EXHAUSTED)

    assert fetch_day(YESTERDAY, NOW + HOUR) == Outcome.QUOTA
    assert (totals(YESTERDAY), Figure.objects.count()) == before
    assert Snapshot.objects.get().fetched_at == NOW


def test_the_daily_job_fetches_yesterday_and_what_the_week_misses(google):
    assert days_due(NOW) == [day_before(number) for number in range(7)]
    assert fetch_due(NOW) == Outcome.OK
    assert Snapshot.objects.count() == 7
    assert Heartbeat.objects.filter(job=fetching.JOB).exists()

    tomorrow = NOW + timedelta(days=1)
    google.asked.clear()
    # Yesterday, and the day before yesterday's yesterday, which Google has completed by now.
    assert days_due(tomorrow) == [day_before(-1), day_before(1)]
    assert fetch_due(tomorrow) == Outcome.OK
    assert {each.date_ranges[0].start_date for each in google.asked} == {
        day_before(-1).isoformat(),
        day_before(1).isoformat(),
    }


def test_the_daily_job_runs_once_a_day_and_not_before_nine(google):
    nine = NOW - HOUR
    assert fetch_due(nine - timedelta(seconds=1)) is None
    assert fetch_due(nine) == Outcome.OK
    assert fetch_due(NOW) is None
    assert fetch_due(NOW + timedelta(hours=12)) is None
    assert fetch_due(nine + timedelta(days=1)) == Outcome.OK


def test_a_failed_job_is_repeated_after_an_hour_for_what_is_left(google):
    google.ends_after = (8, CODE.RESOURCE_EXHAUSTED)
    assert fetch_due(NOW) == Outcome.QUOTA
    assert not is_time(NOW + timedelta(minutes=54))
    assert is_time(NOW + HOUR)

    google.ends_after = None
    google.asked.clear()
    assert fetch_due(NOW + HOUR) == Outcome.OK
    assert YESTERDAY.isoformat() not in {e.date_ranges[0].start_date for e in google.asked}
    assert Snapshot.objects.count() == 7


def test_a_day_by_hand_does_not_count_as_the_daily_job(google):
    fetch_day(YESTERDAY, NOW)

    assert is_time(NOW)


def test_another_property_starts_anew(google, settings):
    fetch_due(NOW)
    settings.GA_PROPERTY_ID = "654321"

    assert len(days_due(NOW)) == 7
    assert fetch_due(NOW) == Outcome.OK
    assert {each.ga_property for each in Snapshot.objects.all()} == {"654321"}


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 23), date(2025, 9, 21)])
def test_a_day_that_is_not_over_or_past_its_term_is_refused(google, day):
    with pytest.raises(DayRefusedError):
        fetch_day(day, NOW)
    assert google.asked == []


def test_the_last_day_of_the_term_can_be_fetched(google):
    assert fetch_day(date(2025, 9, 22), NOW) == Outcome.OK


def test_without_a_property_nothing_is_asked_of_anybody(monkeypatch, settings):
    settings.GA_PROPERTY_ID = "1"
    settings.GA_CREDENTIALS_FILE = ""
    monkeypatch.setattr(client, "transport", lambda kind: pytest.fail("asked"))

    assert fetch_due(NOW) is None
    with pytest.raises(NotConnectedError):
        fetch_day(YESTERDAY, NOW)
    with pytest.raises(NotConnectedError):
        fetch_now(NOW)
    assert not Fetch.objects.exists()


def test_a_killed_run_keeps_the_next_one_waiting_for_minutes_only(google):
    Fetch.objects.create(ga_property="123456", started_at=NOW)

    assert fetch_now(NOW + timedelta(minutes=5)) is None
    assert fetch_now(NOW + timedelta(minutes=7)) == Outcome.OK


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_are_one(filled_db, google):
    google.fill(YESTERDAY, seed=10, rows=20)
    google.gate = threading.Event()
    first = in_thread(lambda: fetch_day(YESTERDAY, NOW))
    assert google.arrived.wait(10)
    assert fetch_day(YESTERDAY, NOW) is None
    google.gate.set()

    assert first.result(20) == Outcome.OK
    assert totals(YESTERDAY) == google.total(YESTERDAY)


@pytest.mark.django_db(transaction=True)
def test_two_who_store_a_day_at_once_leave_one(filled_db):
    line = reports.Line(10, 20, 30)
    day = reports.Day(YESTERDAY, line, {Dimension.PAGE: {"/az/": line}})
    both = [in_thread(lambda: store(day, NOW)) for _ in range(2)]
    for each in both:
        each.result(20)

    assert (Snapshot.objects.count(), Figure.objects.count()) == (1, 1)
