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


def subjects() -> list[str]:
    rows = OutboundMail.objects.filter(key__startswith="analytics_retention")
    return [row.subject_line or "" for row in rows]


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
    assert subjects() == ["Alarm: Google Analytics does not keep to the promised term"]


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
    assert mails() == [], "one try that failed is no news while the last answer is fresh"
    google.errors = [code]
    check(NOW + 2 * DAY + HOUR)
    (mail,) = mails()
    assert str(outcome.label) in mail
    assert "could not be read" in mail
    assert "Set it right" not in mail
    assert TOLD not in mail
    assert subjects() == ["Alarm: it cannot be read how long Google Analytics keeps"]


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


@pytest.mark.parametrize("content", ["[]", "5", "null", "{}"])
def test_a_key_that_is_none_is_a_reading(connected, settings, tmp_path, content):
    settings.GA_CREDENTIALS_FILE = str(tmp_path / "key.json")
    (tmp_path / "key.json").write_text(content)

    assert check(NOW).faults == ("outcome:key",)
    assert RetentionReading.objects.get().outcome == Outcome.KEY


def test_whatever_goes_wrong_is_a_reading(google, monkeypatch, caplog):
    def broken(*args, **words):
        raise RuntimeError(TOLD)

    monkeypatch.setattr(control, "ask", broken)

    assert check_due(NOW).faults == ("outcome:failed",)
    assert RetentionReading.objects.get().outcome == Outcome.FAILED
    assert "RuntimeError" in caplog.text
    assert TOLD not in caplog.text


WRONG = GOOD | {"reset_user_data_on_new_activity": True}


def test_the_hourly_job_tells_of_a_reading_that_is_missing_or_old(google, monkeypatch):
    monkeypatch.setattr(control, "is_time", lambda now: False)
    assert check_due(NOW) is None
    assert "have not been read yet" in mails()[0]

    google.retention = GOOD
    check(NOW)
    check_due(NOW + 2 * DAY)
    assert len(mails()) == 1
    for hours in range(1, 30, 7):
        check_due(NOW + 2 * DAY + hours * HOUR)
    assert len(mails()) == 2
    assert "for more than 48 hours" in mails()[1]


def test_a_mail_that_was_not_written_follows_with_the_next_hour(google, monkeypatch):
    google.retention = WRONG
    with monkeypatch.context() as broken:
        broken.setattr(control, "notify_role", lambda *args, **words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            check_due(NOW)
    assert (RetentionReading.objects.count(), mails()) == (1, [])

    assert check_due(NOW + HOUR) is None
    assert check_due(NOW + 2 * HOUR) is None
    assert len(mails()) == 1


def test_an_officer_who_comes_later_is_told_then(google, officer):
    officer.is_active = False
    officer.save()
    google.retention = WRONG
    check_due(NOW)
    assert mails() == []

    make_user("dpo", username="the-next")
    check_due(NOW + HOUR)
    assert len(mails()) == 1


def test_red_again_after_green_on_one_day_is_told_again(google):
    for hour, settings in enumerate((WRONG, GOOD, WRONG, WRONG)):
        google.retention = settings
        check(NOW + hour * HOUR)

    assert len(mails()) == 2


def test_another_fault_is_told_too(google):
    google.retention = WRONG
    check(NOW)
    google.retention = WRONG | {"event_data_retention": "FIFTY_MONTHS"}
    check(NOW + DAY)
    check(NOW + 2 * DAY)

    assert len(mails()) == 2


def test_a_shorter_term_is_told_without_a_new_reading(google, promised):
    google.retention = GOOD
    check_due(NOW)
    promised(12)
    for hour in range(1, 4):
        assert check_due(NOW + hour * HOUR) is None

    assert len(mails()) == 1


def test_what_was_read_meanwhile_is_not_written_twice(google, monkeypatch):
    google.retention = GOOD
    real = control.is_time

    def overtaken(now):
        monkeypatch.setattr(control, "is_time", real)
        assert check_due(now).is_green
        return True

    monkeypatch.setattr(control, "is_time", overtaken)

    assert check_due(NOW) is None
    assert RetentionReading.objects.count() == 1


def test_the_beat_is_of_the_job_and_not_of_what_it_found(google):
    google.retention = WRONG
    check_due(NOW)
    Heartbeat.objects.all().delete()
    check_due(NOW + HOUR)

    assert Heartbeat.objects.filter(job=control.JOB).exists()
