"""Security reviews: written within a day, closed for good, and red once the next is late (E-9e)."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.celery import app
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.staff.models import Role, SecurityReview, User
from emsar.staff.reviews.clock import due_after, state, tell_officer
from emsar.staff.reviews.closing import ReviewClosedError, close
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
LIST = "/admin/staff/securityreview/"
ADD = f"{LIST}add/"


def member(role: str = Role.ADMINISTRATOR, **fields: object) -> User:
    return solutions_user(**fields) if role == Role.ENTITY_STAFF else make_user(role, **fields)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def entries(**changed: object) -> dict[str, object]:
    """What the form of a review posts."""
    given = {
        "held_on": timezone.localdate().isoformat(),
        "reviewer": "",
        "reviewer_words": "Kənan, auditor",
        "scope": "Access and backups",
        "findings": "Two old logins",
        "measures": "",
        **{f"{severity}_{what}": "0" for severity in ("high", "medium", "low")
           for what in ("open", "closed")},
        "next_due": "",
    }  # fmt: skip
    return {**given, **changed}


def make_review(held_on: date | None = None, **fields: object) -> SecurityReview:
    day = held_on or timezone.localdate()
    author = fields.pop("by", None) or member()
    defaults = {"scope": "All", "findings": "None", "next_due": due_after(day), "reviewer": author}
    return SecurityReview.objects.create(held_on=day, written_by=author, **{**defaults, **fields})


def page_of(review: SecurityReview, verb: str = "change") -> str:
    return f"{LIST}{review.pk}/{verb}/"


def at(text: str):
    return time_machine.travel(datetime.fromisoformat(text).replace(tzinfo=BAKU), tick=False)


class TestWriting:
    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DPO])
    def test_review_is_recorded_and_the_next_is_due_by_the_schedule(self, role):
        user = member(role)
        with at("2026-08-31T10:00"):
            response = signed_in(user).post(ADD, entries(high_open="2", low_closed="1"))
        assert response.status_code == 302, response.context["adminform"].form.errors
        review = SecurityReview.objects.get()
        assert (review.written_by, review.reviewer_words) == (user, "Kənan, auditor")
        assert (review.open_findings, review.closed_findings) == (2, 1)
        assert review.next_due == date(2027, 2, 28)
        event = AuditEvent.objects.get(action="admin.add")
        assert (event.actor, event.detail) == (user.pk, {})

    @pytest.mark.parametrize(
        ("wrong", "where"),
        [
            ({"reviewer_words": ""}, "reviewer"),
            ({"held_on": "2099-01-01"}, "held_on"),
            ({"next_due": "2020-01-01"}, "next_due"),
            ({"next_due": "2099-01-01"}, "next_due"),
            ({"scope": ""}, "scope"),
            ({"findings": ""}, "findings"),
            ({"high_open": "-1"}, "high_open"),
        ],
    )
    def test_mistakes_are_told(self, wrong, where):
        response = signed_in(member()).post(ADD, entries(**wrong))
        assert list(response.context["adminform"].form.errors) == [where]
        assert not SecurityReview.objects.exists()

    def test_reviewer_is_a_colleague_or_somebody_else(self):
        user = member()
        client = signed_in(user)
        both = client.post(ADD, entries(reviewer=user.pk))
        assert list(both.context["adminform"].form.errors) == ["reviewer"]
        assert client.post(ADD, entries(reviewer=user.pk, reviewer_words="")).status_code == 302
        assert SecurityReview.objects.get().reviewer == user

    def test_form_asks_to_name_nobody(self):
        assert signed_in(member()).get(ADD).text.count("Please name no visitors") == 2


class TestAfterwards:
    def test_slip_can_be_put_right_for_a_day(self):
        review = make_review()
        data = entries(findings="Three old logins", reviewer=review.reviewer_id, reviewer_words="")
        with time_machine.travel(review.written_at + timedelta(hours=23, minutes=59), tick=False):
            response = signed_in(review.written_by).post(page_of(review), data)
            assert response.url == LIST
        review.refresh_from_db()
        assert review.findings == "Three old logins"
        with time_machine.travel(review.written_at + timedelta(days=1), tick=False):
            client = signed_in(review.written_by)
            assert client.post(page_of(review), data).status_code == 403
            assert "This review can only be closed." in client.get(page_of(review)).text

    def test_review_is_closed_with_words_and_for_good(self):
        review = make_review(high_open=2, low_closed=1)
        client = signed_in(member(Role.DPO))
        assert client.post(page_of(review, "close"), {"closing": ""}).status_code == 422
        assert client.post(page_of(review, "close"), {"closing": "Deleted"}).status_code == 302
        review.refresh_from_db()
        assert (review.open_findings, review.closed_findings) == (0, 3)
        assert review.closing == "Deleted"
        assert AuditEvent.objects.filter(action="security_review.close").count() == 1
        assert client.post(page_of(review), entries()).status_code == 403
        assert client.post(page_of(review, "close"), {"closing": "x"}).status_code == 409
        with pytest.raises(ReviewClosedError):
            close(review, "again", by=member())
        assert "Deleted" in client.get(page_of(review)).text

    def test_nobody_deletes_one(self):
        review = make_review()
        for role in Role:
            assert signed_in(member(role)).post(page_of(review, "delete")).status_code == 403


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.DPO, 200, 200),
        (Role.ADMINISTRATOR, 200, 200),
        (Role.AUDITOR, 200, 403),
        (Role.ENTITY_STAFF, 403, 403),
    ],
)
def test_who_may_read_and_who_may_write(role, reads, writes):
    review = make_review()
    client = signed_in(member(role))
    assert client.get(LIST).status_code == client.get(page_of(review)).status_code == reads
    assert client.get(ADD).status_code == client.get(page_of(review, "close")).status_code == writes
    assert ("/close/" in client.get(page_of(review)).text) is (writes == 200)


class TestClock:
    def first_page(self, role: str) -> str:
        return signed_in(member(role)).get("/admin/").text

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ENTITY_STAFF])
    def test_never_reviewed_is_red(self, role):
        text = self.first_page(role)
        assert "No security review has been recorded yet." in text
        assert "panel--alarm" in text

    def test_company_staff_are_told_nothing(self):
        assert "security review" not in self.first_page(Role.ENTITY_STAFF)

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            ("2026-10-01", ""),
            ("2026-10-02", "The next security review is due on 1 November 2026."),
            ("2026-11-01", "The next security review is due on 1 November 2026."),
            ("2026-11-02", "The security review was due on 1 November 2026."),
        ],
    )
    def test_first_page_warns_a_month_before_and_is_red_afterwards(self, day, words):
        make_review(date(2026, 5, 1))
        with at(f"{day}T09:00"):
            text = self.first_page(Role.ADMINISTRATOR)
            assert state().is_overdue is (day == "2026-11-02")
        assert words in text
        assert ("Security reviews</h2>" in text) is bool(words)

    def test_review_that_was_held_last_counts(self):
        make_review(date(2026, 5, 1))
        make_review(date(2026, 11, 1))
        make_review(date(2026, 3, 1))
        with at("2026-11-02T09:00"):
            assert not state().is_overdue

    def test_officer_is_mailed_once_in_their_language(self):
        officer = member(Role.DPO, language="en")
        make_review(date(2026, 5, 1))
        with at("2026-11-01T09:00"):
            assert tell_officer() == 0
        with at("2026-11-02T09:00"):
            assert (tell_officer(), tell_officer()) == (1, 0)
        mail = OutboundMail.objects.get()
        assert mail.to_address == officer.email
        assert "the next one was due on 1 November 2026" in mail.body
        assert LIST in mail.body

    def test_next_one_that_is_late_is_told_again(self):
        member(Role.DPO)
        make_review(date(2026, 1, 1))
        make_review(date(2026, 5, 1))
        with at("2026-11-02T09:00"):
            assert tell_officer() == 1
            make_review(date(2026, 11, 2), next_due=date(2026, 11, 3))
            assert tell_officer() == 0
        with at("2026-11-04T09:00"):
            assert tell_officer() == 1

    def test_none_at_all_is_told_on_the_first_page_alone(self):
        member(Role.DPO)
        assert tell_officer() == 0

    def test_scheduled_job_does_it(self):
        app.loader.import_default_modules()
        member(Role.DPO)
        make_review(date(2026, 5, 1))
        with at("2026-11-02T09:00"):
            app.tasks[app.conf.beat_schedule["watch over the security reviews"]["task"]]()
        assert OutboundMail.objects.count() == 1


def test_what_was_found_is_not_readable_in_the_database():
    make_review(findings="The door stands open", scope="The door", measures="Shut it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM staff_securityreview r")
        (row,) = cursor.fetchone()
    assert "door" not in row
    assert "Shut it" not in row
