"""The nightly control against a server in place of the Admin API: four states, one mail."""

from datetime import UTC, datetime, timedelta

import grpc
import pytest

from emsar.audit.models import Heartbeat
from emsar.datamap import terms
from emsar.outbox.models import OutboundMail
from emsar.statistics import control
from emsar.statistics.control import NOT_CONFIGURED, Verdict, check, check_due, state
from emsar.statistics.models import Outcome, RetentionReading
from tests.factories import make_user
from tests.statistics.google_server import TOLD

# 03:00 in Baku.
NOW = datetime(2026, 11, 21, 23, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = {
    "event_data_retention": "FOURTEEN_MONTHS",
    "user_data_retention": "TWO_MONTHS",
    "reset_user_data_on_new_activity": False,
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def officer(db):
    return make_user("dpo")


@pytest.fixture
def promised(monkeypatch):
    """Another term in force."""

    def promise(months: int) -> None:
        monkeypatch.setitem(terms._SOURCES, "policy", lambda name: months)

    return promise


def mails() -> list[str]:
    rows = OutboundMail.objects.filter(key__startswith="analytics_retention").order_by("created_at")
    return [row.body or "" for row in rows]


def test_without_a_property_it_is_not_configured_and_never_green():
    found = check(NOW)

    assert found == state(NOW)
    assert (found.code, found.is_green, found.is_red) == (NOT_CONFIGURED, False, False)
    assert check_due(NOW) is None
    assert not RetentionReading.objects.exists()
    assert mails() == []


def test_settings_within_the_term_are_in_order(google):
    google.retention = GOOD
    found = check(NOW)

    assert (found.code, found.is_green, found.faults) == (Verdict.IN_ORDER, True, ())
    reading = RetentionReading.objects.get()
    assert (reading.event_months, reading.user_months, reading.resets) == (14, 2, False)
    assert [each.name for each in google.asked] == ["properties/123456/dataRetentionSettings"]
    assert mails() == []
    assert Heartbeat.objects.filter(job=control.JOB).exists()


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"event_data_retention": "TWENTY_SIX_MONTHS"}, "events"),
        ({"event_data_retention": "RETENTION_DURATION_UNSPECIFIED"}, "events"),
        # A choice that Google made up since: its package makes some noise about it.
        pytest.param(
            {"event_data_retention": 99},
            "events",
            marks=pytest.mark.filterwarnings("ignore:Unrecognized RetentionDuration"),
        ),
        ({"user_data_retention": "FIFTY_MONTHS"}, "users"),
        ({"reset_user_data_on_new_activity": True}, "resets"),
    ],
)
def test_settings_beyond_the_term_are_red_and_told(google, wrong, fault):
    google.retention = GOOD | wrong
    found = check(NOW)

    assert (found.code, found.is_red, found.faults) == (Verdict.BROKEN, True, (fault,))
    (mail,) = mails()
    assert control.fault_words(fault, found.reading, found.months) in mail
    assert "/admin/statistics/" in mail


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, Outcome.REFUSED),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, Outcome.QUOTA),
        (grpc.StatusCode.NOT_FOUND, Outcome.FAILED),
    ],
)
def test_settings_that_cannot_be_read_are_red_whatever_was_read_before(google, code, outcome):
    google.retention = GOOD
    check(NOW)
    google.errors = [code]
    found = check(NOW + HOUR)

    assert (found.code, found.is_green) == (Verdict.UNREADABLE, False)
    assert found.faults == (f"outcome:{outcome}",)
    (mail,) = mails()
    assert str(outcome.label) in mail
    assert TOLD not in mail


def test_a_server_that_is_away_for_a_moment_is_no_alarm(google):
    google.retention = GOOD
    google.errors = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAVAILABLE]

    assert check(NOW).is_green


def test_before_the_first_reading_it_is_not_green(google):
    assert (state(NOW).code, state(NOW).faults) == (Verdict.UNREADABLE, ("never",))


def test_a_reading_is_green_for_two_days_and_no_longer(google):
    google.retention = GOOD
    check(NOW)

    assert state(NOW + 2 * DAY).is_green
    later = state(NOW + 2 * DAY + timedelta(seconds=1))
    assert (later.code, later.faults) == (Verdict.UNREADABLE, ("old",))


def test_what_was_read_of_another_property_says_nothing(google, settings):
    google.retention = GOOD
    check(NOW)
    settings.GA_PROPERTY_ID = "654321"

    assert state(NOW).faults == ("never",)


def test_the_term_is_that_of_the_policy_in_force(google, promised):
    google.retention = GOOD
    assert check(NOW).is_green

    promised(12)
    assert state(NOW).faults == ("events",)
    promised(26)
    google.retention = GOOD | {"event_data_retention": "TWENTY_SIX_MONTHS"}
    assert check(NOW + DAY).is_green


def test_without_a_policy_in_force_it_is_not_green(google, monkeypatch):
    monkeypatch.delitem(terms._SOURCES, "policy")
    google.retention = GOOD

    assert (check(NOW).code, check(NOW).faults) == (Verdict.BROKEN, ("term",))


def test_the_officer_is_told_once_until_it_is_right_again(google):
    google.retention = GOOD | {"reset_user_data_on_new_activity": True}
    for night in range(3):
        check(NOW + DAY * night)
    assert len(mails()) == 1

    google.retention = GOOD
    check(NOW + DAY * 3)
    google.retention = GOOD | {"reset_user_data_on_new_activity": True}
    check(NOW + DAY * 4)
    check(NOW + DAY * 5)
    assert len(mails()) == 2


def test_another_kind_of_red_is_told_too_but_no_kind_twice(google):
    wrong = GOOD | {"reset_user_data_on_new_activity": True}
    for night in range(4):
        google.retention = wrong
        google.errors = [grpc.StatusCode.NOT_FOUND] if night % 2 else []
        check(NOW + DAY * night)

    assert len(mails()) == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [("az", "/admin/statistics/"), ("en", "Each new visit"), ("ru", "/admin/statistics/")],
)
def test_the_mail_is_in_the_language_of_its_reader(google, officer, language, words):
    officer.language = language
    officer.save()
    google.retention = GOOD | {"reset_user_data_on_new_activity": True}
    check(NOW)

    (mail,) = mails()
    assert words in mail
    assert OutboundMail.objects.get(key__startswith="analytics_retention").language == language


def test_the_nightly_job_reads_once_a_day_and_again_an_hour_after_a_failure(google):
    google.retention = GOOD
    google.errors = [grpc.StatusCode.NOT_FOUND]
    assert check_due(NOW) is not None
    assert check_due(NOW + timedelta(minutes=54)) is None
    again = check_due(NOW + HOUR)
    assert again
    assert again.is_green
    assert check_due(NOW + 2 * HOUR) is None
    assert check_due(NOW + 20 * HOUR) is None
    # 00:00 of the next day in Baku.
    assert check_due(NOW + 21 * HOUR) is not None
