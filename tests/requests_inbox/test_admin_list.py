"""The list: what stands in it, in which order, and how people find what they remember."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emsar.audit.models import AuditEvent
from requests_inbox.admin.figures import figures
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling, replying
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import LIST, at, block_person, listed, signed_in, travel

pytestmark = pytest.mark.django_db


def text_of(user, **query: str) -> str:
    return signed_in(user).get(reverse(LIST), query).content.decode()


def figures_of(user) -> tuple[int, int, int, timedelta | None]:
    shown = signed_in(user).get(reverse(LIST)).context["figures"]
    return shown.open, shown.due_today, shown.overdue, shown.median


def monday_request(**fields) -> ConsultationRequest:
    with travel(23, 10):
        return make_request(**fields)


def test_list_shows_what_a_colleague_needs_to_choose() -> None:
    user, colleague = solutions_user(full_name="Nigar"), solutions_user(full_name="Kamran")
    item = monday_request(name="Aysel", company="Xəzər MMC", service="cybersecurity")
    with travel(24, 10):
        handling.assign(item, user, by=user)
        replying.claim_writing(item, by=colleague)
        text = text_of(user)

    for words in (
        item.reference,
        "Aysel",
        "Xəzər MMC",
        "EMSAR SOLUTIONS LLC",
        "Cybersecurity",
        "23.11.2026 10:00",
        "in review",
        "due today 18:00",
        "Nigar",
        "Kamran is writing",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("day", "hour", "words", "tone"),
    [
        (23, 12, "due tomorrow 18:00", "later"),
        (24, 9, "due today 18:00", "today"),
        (24, 21, "overdue by 3 h", "overdue"),
        (24, 18, "due today 18:00", "today"),
        (25, 9, "overdue by 1 day", "overdue"),
        (26, 9, "overdue by 2 days", "overdue"),
    ],
)
def test_due_is_said_in_words_and_in_colour(day, hour, words, tone) -> None:
    user = solutions_user()
    monday_request()
    with travel(day, hour):
        assert f'<span class="badge badge--{tone}">{words}</span>' in text_of(user)


def test_far_due_moment_is_a_date() -> None:
    user = solutions_user()
    with travel(20, 19):
        make_request()
        assert "due 24.11 18:00" in text_of(user)
    with travel(31 - 1, 19):
        ConsultationRequest.objects.update(reply_due_at=at(30).replace(year=2027, month=1, day=5))
        assert "due 05.01.2027 10:00" in text_of(user)


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [(23, 13, "replied in 3 h"), (25, 10, "replied late, in 2 days")],
)
def test_replied_says_how_long_the_person_waited(day, hour, words) -> None:
    user, item = solutions_user(), monday_request()
    with travel(day, hour):
        replying.answered_elsewhere(item, at=at(day, hour), channel="phone", note="", by=user)
        assert words in text_of(user)


def test_second_round_counts_from_the_second_message() -> None:
    user, item = solutions_user(), monday_request()
    with travel(25, 12):
        replying.answered_elsewhere(item, at=at(23, 11), channel="phone", note="", by=user)
        replying.message_received(item, at=at(25, 10), channel="phone", body="And?", by=user)
        replying.answered_elsewhere(item, at=at(25, 12), channel="phone", note="", by=user)
        assert "replied in 2 h" in text_of(user)


def test_ended_requests_say_why() -> None:
    closed, stopped, dpo = monday_request(), monday_request(), make_user()
    handling.close(closed, "duplicate", by=dpo)
    handling.withdraw(stopped, method="withdrawal_link", actor=None)

    text = text_of(dpo)
    assert "closed: duplicate" in text
    assert "processing stopped" in text


def test_blocked_request_is_suspended_and_only_the_dpo_sees_it() -> None:
    item = monday_request(name="Blocked Person")
    with travel(24, 10):
        block_person(item)
        text = text_of(make_user())
        assert listed(solutions_user()) == []

    assert 'badge--overdue">blocked<' in text
    assert 'badge--quiet">suspended<' in text


def test_most_urgent_first_then_the_newest_of_the_others() -> None:
    dpo = make_user()
    with travel(23, 9):
        make_request(name="Older reply")
        handling.close(ConsultationRequest.objects.get(), "no_answer_needed", by=dpo)
    with travel(23, 10):
        make_request(name="Due later")
        ConsultationRequest.objects.filter(closed_at=None).update(reply_due_at=at(30))
        newer = make_request(name="Newer reply")
        handling.close(newer, "no_answer_needed", by=dpo)
        make_request(name="Due soon")

    assert listed(dpo) == ["Due soon", "Due later", "Newer reply", "Older reply"]


def test_summary_counts_what_the_user_may_see() -> None:
    with travel(20, 9):
        make_request(service="cybersecurity")
        make_request(service="customs")
        make_request(service="other")
    with travel(23, 9):
        make_request(service="cybersecurity")
    with travel(24, 10):
        assert figures_of(make_user()) == (4, 1, 3, None)
        assert figures_of(solutions_user()) == (3, 1, 2, None)
        assert figures_of(consulting_user()) == (2, 0, 2, None)


def test_summary_leaves_out_what_is_suspended() -> None:
    with travel(20, 9):
        block_person(make_request())
    with travel(24, 10):
        assert figures_of(make_user())[1:3] == (0, 0)


def test_median_is_the_time_to_the_first_reply_in_hours_and_minutes() -> None:
    user = solutions_user()
    for minutes in (30, 90, 600):
        with travel(23, 9):
            item = make_request()
        moment = at(23, 9) + timedelta(minutes=minutes)
        with travel(24, 12):
            replying.answered_elsewhere(item, at=moment, channel="phone", note="", by=user)
    with travel(24, 12):
        assert figures_of(user)[3] == timedelta(minutes=90)
        assert "1 h 30 min" in text_of(user)


def test_median_forgets_what_is_older_than_90_days() -> None:
    user = solutions_user()
    with travel(23, 9):
        replying.answered_elsewhere(make_request(), at=at(23, 9), channel="phone", note="", by=user)
    later = at(23, 9) + timedelta(days=90)

    rows = ConsultationRequest.objects.all()
    assert figures(rows, later).median == timedelta()
    assert figures(rows, later + timedelta(seconds=1)).median is None


def test_empty_list_says_what_will_stand_in_it() -> None:
    text = text_of(solutions_user())

    assert "No requests yet." in text
    assert reverse("admin:requests_inbox_consultationrequest_add") in text


def test_list_has_pages_of_fifty() -> None:
    for _ in range(51):
        make_request()
    user = solutions_user()

    assert (len(listed(user)), len(listed(user, p="2"))) == (50, 1)


def test_number_of_queries_does_not_grow_with_the_list() -> None:
    user = solutions_user()
    client = signed_in(user)

    def queries() -> int:
        client.get(reverse(LIST))  # the registers of this process are warm now
        with CaptureQueriesContext(connection) as seen:
            response = client.get(reverse(LIST))
        assert response.status_code == 200
        return len([query for query in seen if "publicationcounter" not in query["sql"]])

    handling.assign(make_request(), user, by=user)
    one = queries()
    for service in ("infrastructure", "other"):
        item = make_request(service=service)
        handling.assign(item, user, by=user)
        replying.claim_writing(item, by=user)
    assert (queries(), one < 15) == (one, True)


def test_each_list_page_is_one_event_with_the_number_of_rows() -> None:
    make_request()
    make_request()
    user = solutions_user()
    listed(user)

    events = AuditEvent.objects.filter(action="request.list")
    assert [(event.actor, event.subject, event.detail) for event in events] == [
        (user.pk, None, {"rows": 2})
    ]
    assert LogEntry.objects.count() == 0
