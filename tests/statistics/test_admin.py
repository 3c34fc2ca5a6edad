"""The page of the statistics, as each role sees it; what it sums up is what the server had."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import grpc
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from emsar.staff.charts import spaced
from emsar.statistics.control import check
from emsar.statistics.fetching import fetch_due, fetch_now
from emsar.statistics.models import Dimension, Fetch, RetentionReading
from requests_inbox.models import CloseReason, ConsultationRequest
from tests.desks import signed_in
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.statistics.snapshots import NOON, YESTERDAY, day_before, keep

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/statistics/"
TILE = re.compile(r"<strong>([^<]*)</strong> <span>([^<]*)</span> <span[^>]*>([^<]*)</span>")
ROW = re.compile(
    r'<th scope="row">([^<]*)</th>\s*<td class="bar".*?</td>\s*'
    r'<td class="number">([^<]*)</td><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>',
    re.DOTALL,
)


def shown(user=None, days: int = 7, at: datetime = NOON) -> str:
    """The page as somebody sees it at noon of 22 November."""
    with time_machine.travel(at, tick=False):
        answer = signed_in(user or make_user("dpo")).get(f"{ADDRESS}?days={days}")
    assert answer.status_code == 200
    return answer.content.decode()


def tiles(page: str) -> dict[str, tuple[str, str]]:
    return {title: (count, note) for count, title, note in TILE.findall(page)}


def listing(page: str, dimension: Dimension) -> list[tuple[str, ...]]:
    found = re.search(rf'aria-labelledby="{dimension}-head">(.*?)</section>', page, re.DOTALL)
    return ROW.findall(found[1]) if found else []


def top_of(google, days, dimension: Dimension) -> list[tuple[str, str]]:
    """The ten greatest values of the server, as the page shows them."""
    place = 2 if dimension is Dimension.PAGE else 1
    sums: Counter[str] = Counter()
    for day in days:
        for value, counts in google.stored(day, dimension).items():
            sums[value] += counts[place]
    greatest = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    return [(value, spaced(count)) for value, count in greatest]


def test_totals_and_lists_are_those_of_the_server(google):
    for number in range(14):
        google.fill(day_before(number), seed=number, rows=40)
    fetch_due(NOON)
    page = shown()

    week = [day_before(number) for number in range(7)]
    visits = sum(google.total(day)[1] for day in week)
    views = sum(google.total(day)[2] for day in week)
    assert tiles(page)["Visits"][0] == spaced(visits)
    assert tiles(page)["Page views"][0] == spaced(views)
    for dimension in (Dimension.PAGE, Dimension.CITY, Dimension.SOURCE, Dimension.HOST):
        found = [(row[0], row[1]) for row in listing(page, dimension)]
        assert found == top_of(google, week, dimension)


def test_the_page_has_what_the_server_had_through_every_trouble(google):
    week = [day_before(number) for number in range(7)]
    for number, day in enumerate(week):
        google.fill(day, seed=100 + number, rows=300)
        google.days[day.isoformat()]["city"].append(("Small town", 9, 9, 9))
    google.metadata = {"time_zone": "Asia/Baku", "subject_to_thresholding": True}
    google.errors = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAVAILABLE]
    # The totals and the hosts, and two pages of each other dimension: four days are whole.
    google.ends_after = (4 * 14 + 5, grpc.StatusCode.RESOURCE_EXHAUSTED)
    fetch_due(NOON)
    page = shown()

    known = week[:4]
    assert tiles(page)["Visits"][0] == spaced(sum(google.total(day)[1] for day in known))
    assert tiles(page)["Page views"][0] == spaced(sum(google.total(day)[2] for day in known))
    for dimension in (Dimension.PAGE, Dimension.CITY, Dimension.HOST):
        found = [(row[0], row[1]) for row in listing(page, dimension)]
        assert found == top_of(google, known, dimension)
    assert "Small town" not in page
    assert "On 4 days Google applied its thresholds" in page
    assert "3 days of this period have not been fetched." in page
    assert escape("Google's quota is used up for now") in page


def test_numbers_of_the_chart_are_those_of_the_days(connected):
    for number, visits in enumerate((50, None, 70)):
        keep(day_before(number), visits)
    page = shown()

    table = re.findall(r'<tr><th scope="row">(\d\d\.\d\d)</th><td>([^<]*)</td>', page)
    assert table[:7] == [
        ("15.11", "–"),
        ("16.11", "–"),
        ("17.11", "–"),
        ("18.11", "–"),
        ("19.11", "70"),
        ("20.11", "–"),
        ("21.11", "50"),
    ]


def test_change_is_against_as_many_days_before(connected):
    for number in range(14):
        figures = {Dimension.CITY: {"Bakı": 30 if number < 7 else 20}}
        keep(day_before(number), 120 if number < 7 else 160, figures=figures)
    page = shown()

    assert tiles(page)["Visits"] == (
        "840",
        "before: 1\N{NO-BREAK SPACE}120 (−25\N{NO-BREAK SPACE}%)",
    )
    (row,) = listing(page, Dimension.CITY)
    assert row == ("Bakı", "210", "25\N{NO-BREAK SPACE}%", "+50\N{NO-BREAK SPACE}%")


def test_no_change_is_told_when_a_day_before_is_not_known(connected):
    for number in range(13):
        keep(day_before(number), 100)
    page = shown()

    assert tiles(page)["Visits"][1].endswith("(–)")
    assert "The period before is not known as a whole" in page


@pytest.mark.parametrize("hidden", [0, 13])
def test_no_change_is_told_when_a_day_of_either_period_is_hidden(connected, hidden):
    for number in range(14):
        keep(day_before(number), None if number == hidden else 100)
    page = shown()

    assert tiles(page)["Visits"][1].endswith("(–)")
    assert "Not every day of the two periods is known" in page
    note = "On 1 day there were fewer than 10 visitors"
    assert (f"In the period before: {note}" in page) is (hidden == 13)
    assert f"{note}: it counts as empty." in page


def test_notes_tell_of_the_period_before_too(connected):
    for number in range(14):
        keep(day_before(number), sampled=number == 13, time_zone="UTC" if number == 12 else "")
    page = shown()

    assert "In the period before: On 1 day Google estimated the figures from a sample." in page
    assert "in the time zone UTC." in page


def test_missing_days_of_long_ago_can_be_fetched_by_hand(connected):
    words = "manage.py fetch_statistics --day"
    for number in range(13):
        keep(day_before(number))
    assert words in shown()

    keep(day_before(13))
    assert words not in shown()


def test_the_last_days_are_called_provisional(connected):
    assert "are provisional" not in shown()

    keep(YESTERDAY)
    assert "The figures of the last two days are provisional" in shown()


def test_figures_of_our_own_end_with_yesterday_whatever_google_has(connected):
    row = make_request()
    ConsultationRequest.objects.filter(pk=row.pk).update(received_at=NOON - timedelta(days=1))
    keep(day_before(3))
    page = shown()
    assert tiles(page)["Requests sent"][0] == "1"
    # At the tile and at the chart.
    assert page.count('<p class="quiet">15 November 2026 – 21 November 2026</p>') == 1
    assert page.count('<span class="quiet">15 November 2026 – 21 November 2026</span>') == 1

    keep(YESTERDAY)
    assert '<span class="quiet">15 November 2026' not in shown()


@pytest.mark.parametrize(
    ("days", "first"), [(7, "15 November"), (28, "25 October"), (90, "24 August")]
)
def test_periods_end_with_the_newest_day(days, first):
    keep(YESTERDAY)

    assert f"{first} 2026 – 21 November 2026" in shown(days=days)


@pytest.mark.parametrize("query", ["?days=8", "?days=", "?days=x", "?days=-7", "?days=٧"])
def test_no_other_period_can_be_asked_for(query):
    assert signed_in(make_user("dpo")).get(ADDRESS + query).status_code == 404


def test_only_reading_is_allowed():
    assert signed_in(make_user("dpo")).post(ADDRESS).status_code == 405


def test_the_page_says_when_it_was_fetched_and_whose_visits_they_are(connected):
    keep(YESTERDAY, at=datetime(2026, 11, 22, 5, 3, tzinfo=UTC))
    page = shown()

    assert "Snapshot of 22 November 2026, 09:03 (Baku time)." in page
    assert "Consenting visitors only" in page
    assert "fewer than 10 visitors" in page


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("thresholded", "On 1 day Google applied its thresholds and left out small values."),
        ("sampled", "On 1 day Google estimated the figures from a sample."),
        ("other_row", "On 1 day Google put small values together"),
    ],
)
def test_what_google_says_about_its_figures_is_passed_on(connected, flag, words):
    keep(YESTERDAY)
    assert words not in shown()

    keep(day_before(1), **{flag: True})
    assert words in shown()


def test_days_that_are_hidden_missing_or_of_another_zone_are_told(connected):
    keep(YESTERDAY, None, time_zone="Europe/Berlin")
    page = shown()

    assert "On 1 day there were fewer than 10 visitors" in page
    assert "6 days of this period have not been fetched." in page
    assert "Google counts the days in the time zone Europe/Berlin." in page


# 09:59 and 10:00 in Baku.
EARLY = datetime(2026, 11, 22, 5, 59, tzinfo=UTC)
LATE = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "is_stale"),
    [
        (0, EARLY, False),
        (1, EARLY, False),
        (2, EARLY, True),
        (0, LATE, False),
        (1, LATE, True),
        (2, NOON, True),
    ],
)
def test_a_stale_snapshot_says_so(connected, day, at, is_stale):
    keep(day_before(day))

    assert ("These figures are out of date" in shown(at=at)) is is_stale


def test_a_failed_attempt_is_told_in_words_of_ours(google):
    google.ends_after = (8, grpc.StatusCode.RESOURCE_EXHAUSTED)
    fetch_due(NOON)
    page = shown()

    words = escape("Google's quota is used up for now")
    assert f"(22 November 2026, 12:00) did not succeed: {words}." in page
    assert "What was fetched before is shown." in page


def test_before_the_first_figures_the_page_says_when_they_come(connected):
    assert "The figures of the day before are fetched each day at 09:00" in shown()

    Fetch.objects.create(ga_property="123456", started_at=NOON)
    assert "The figures are being fetched now." in shown()
    assert "it was cut off" in shown(at=NOON + timedelta(minutes=7))


def test_without_google_the_page_says_how_to_connect_it_and_shows_our_own(settings):
    keep(YESTERDAY)
    settings.GA_PROPERTY_ID = "123456"
    page = shown()

    assert "Google Analytics is not connected" in page
    assert "for at most 14 months" in page
    assert "that are missing: GA_CREDENTIALS_FILE." in page
    assert "run where the worker runs" in page
    assert "not configured" in page
    assert set(tiles(page)) == {"Requests sent"}
    assert "in order" not in page


def test_what_anybody_can_make_up_is_escaped(connected):
    evil = "<script>alert(1)</script>"
    every = {dimension: {evil: 20, "{{ x }}": 30} for dimension in Dimension}
    keep(YESTERDAY, figures=every)
    page = shown()

    assert evil not in page
    assert page.count(escape(evil)) >= len(Dimension)


def test_the_page_works_under_the_policy_of_scripts_and_styles(connected):
    keep(YESTERDAY, figures={Dimension.PAGE: {"/az/": 20}})
    page = shown()
    page = page[page.index('class="periods"') :]

    assert " style=" not in page
    assert "<script" not in page.split("</main>")[0]


def test_queries_do_not_grow_with_the_days(connected, django_assert_num_queries):
    keep(YESTERDAY)
    client = signed_in(make_user("dpo"))
    with time_machine.travel(NOON, tick=False):
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as few:
            client.get(f"{ADDRESS}?days=7")
        for number in range(30):
            keep(day_before(number), figures={Dimension.CITY: {"Bakı": 20, "Gəncə": 11}})
        with django_assert_num_queries(len(few)):
            client.get(f"{ADDRESS}?days=7")


def test_requests_are_counted_by_day_of_baku_without_spam_and_other_ways():
    late = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # 00:30 of the 21st in Baku
    rows = [make_request() for _ in range(5)]
    changes = (
        {"received_at": late},
        {"received_at": late - timedelta(hours=1)},
        {"received_at": late, "close_reason": CloseReason.SPAM},
        {"received_at": late, "source": "phone"},
        {"received_at": late - timedelta(days=7)},
    )
    for row, change in zip(rows, changes, strict=True):
        ConsultationRequest.objects.filter(pk=row.pk).update(**change)
    page = shown()

    assert tiles(page)["Requests sent"] == ("2", "before: 1 (+100\N{NO-BREAK SPACE}%)")
    assert '<tr><th scope="row">21.11</th><td>1</td><td>1</td>' in page
    assert '<tr><th scope="row">20.11</th><td>1</td><td>0</td>' in page


def test_company_staff_count_the_requests_of_their_company_and_others_none():
    row = make_request(service="cybersecurity")
    ConsultationRequest.objects.filter(pk=row.pk).update(received_at=NOON - timedelta(days=1))

    assert tiles(shown(solutions_user()))["Requests sent"][0] == "1"
    assert tiles(shown(consulting_user()))["Requests sent"][0] == "0"
    assert "Requests sent" not in shown(make_user("auditor"))


@pytest.mark.parametrize("role", ["dpo", "administrator", "auditor", "entity_staff"])
def test_every_role_sees_the_page_and_two_the_control(connected, role):
    user = solutions_user() if role == "entity_staff" else make_user(role)
    keep(YESTERDAY)

    page = shown(user)
    assert "Visits by day" in page
    assert ("What Google keeps" in page) is (role in {"dpo", "administrator"})


def test_nobody_else_sees_it(client):
    assert client.get(ADDRESS).status_code == 302


GOOD = {"event_data_retention": "FOURTEEN_MONTHS", "user_data_retention": "FOURTEEN_MONTHS"}


def test_the_control_shows_its_four_states(google, settings):
    badge = re.compile(r'id="control-head">.*?<span class="badge([^"]*)">([^<]*)</span>')
    assert badge.search(shown()).groups() == (" badge--overdue", "cannot be read")
    google.retention = GOOD
    check(NOON)
    assert badge.search(shown()).groups() == (" badge--done", "in order")
    google.retention = GOOD | {"event_data_retention": "FIFTY_MONTHS"}
    check(NOON + timedelta(minutes=1))
    page = shown(at=NOON + timedelta(minutes=2))
    assert badge.search(page).groups() == (" badge--overdue", "not as promised")
    assert "Google keeps event data too long (months: 50; promised: 14)." in page
    settings.GA_PROPERTY_ID = ""
    assert badge.search(shown()).groups() == ("", "not configured")
    assert "<td>50</td>" not in shown()


def test_a_reading_without_an_answer_shows_why(google):
    google.errors = [grpc.StatusCode.PERMISSION_DENIED]
    check(NOON)

    assert "Google refused the service account" in shown()
    assert RetentionReading.objects.get().event_months is None


def test_the_first_page_leads_to_the_statistics_and_sounds_the_alarm(google):
    client = signed_in(make_user("dpo"))
    google.retention = GOOD | {"reset_user_data_on_new_activity": True}
    check(NOON)
    fetch_now(NOON)
    with time_machine.travel(NOON, tick=False):
        page = client.get(reverse("admin:index")).content.decode()

    assert f'href="{ADDRESS}"' in page
    assert "visits in the seven days up to 21 November 2026" in page
    assert "Each new visit of a user makes Google begin to count anew." in page
    assert f'href="{ADDRESS}#control"' in page


def test_the_first_page_has_no_alarm_while_nothing_is_connected():
    page = signed_in(make_user("dpo")).get(reverse("admin:index")).content.decode()

    assert "Google Analytics: retention" not in page
    assert "Google Analytics is not connected" in page


@pytest.mark.parametrize("role", ["dpo", "administrator", "auditor"])
def test_the_first_page_warns_of_a_tag_that_nobody_watches(settings, role):
    client = signed_in(make_user(role))
    words = escape("nobody checks how long Google keeps the data")
    assert words not in client.get(reverse("admin:index")).content.decode()

    settings.GA_MEASUREMENT_ID = "G-ABCD1234"
    page = client.get(reverse("admin:index")).content.decode()
    assert (words in page) is (role != "auditor")
    settings.GA_PROPERTY_ID, settings.GA_CREDENTIALS_FILE = "123456", "nowhere.json"
    assert words not in client.get(reverse("admin:index")).content.decode()


def test_company_staff_have_the_way_to_the_page_but_not_the_alarm(connected):
    page = signed_in(solutions_user()).get(reverse("admin:index")).content.decode()

    assert f'href="{ADDRESS}"' in page
    assert "No figures yet" in page
    assert "Google Analytics: retention" not in page
