"""The last day kept (E-7.2a, E-5b, E-8g): its event, term and clause; and recomputing it."""

from datetime import date

import pytest

from requests_inbox.clocks import KeptFacts, KeptTerms, last_day_kept
from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services import handling, keeping, replying
from requests_inbox.services.keeping import last_day_of, recompute, terms_of
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import at, fresh, travel

pytestmark = pytest.mark.django_db

TERMS = KeptTerms(months=12, spam_days=30, erasure_days=30, reserve_days=3)


def monday_request() -> ConsultationRequest:
    with travel(23, 10):
        return make_request()


def test_terms_are_those_of_the_policy_and_the_schedule() -> None:
    assert terms_of(make_request()) == TERMS


@pytest.mark.parametrize(
    ("facts", "day", "event", "clause"),
    [
        ({}, date(2027, 11, 24), "reply was due", "E-7.2a"),
        ({"closed_at": at(25)}, date(2027, 11, 25), "closed without a reply", "E-7.2a"),
        ({"replied_at": at(26)}, date(2027, 11, 26), "last reply sent", "E-7.2a"),
        (
            {"replied_at": at(26), "closed_at": at(27)},
            date(2027, 11, 26),
            "last reply sent",
            "E-7.2a",
        ),
        (
            {"closed_at": at(25), "is_spam_or_duplicate": True},
            date(2026, 12, 25),
            "closed as spam or duplicate",
            "",
        ),
        (
            {"withdrawn_at": at(25), "replied_at": at(26)},
            date(2026, 12, 22),
            "consent withdrawn",
            "E-8g",
        ),
    ],
    ids=["never answered", "closed", "replied", "replied and closed", "spam", "withdrawn"],
)
def test_last_day_follows_from_what_happened(facts, day, event, clause) -> None:
    last = last_day_kept(KeptFacts(reply_due_at=at(24, 18), **facts), TERMS)

    assert (last.day, last.event, last.clause) == (day, event, clause)


def test_evening_in_baku_belongs_to_its_own_day() -> None:
    """23:30 in Baku is still the day before in UTC."""
    last = last_day_kept(KeptFacts(reply_due_at=at(24, 18), replied_at=at(24, 23, 30)), TERMS)

    assert (last.base, last.day) == (date(2026, 11, 24), date(2027, 11, 24))


def test_leap_day_ends_on_the_last_day_of_february() -> None:
    leap = at(24).replace(year=2028, month=2, day=29)
    last = last_day_kept(KeptFacts(reply_due_at=leap, replied_at=leap), TERMS)

    assert last.day == date(2029, 2, 28)


def test_every_verb_moves_the_stored_day() -> None:
    item, user = monday_request(), solutions_user()
    assert fresh(item).destroy_after == date(2027, 11, 24)

    with travel(25, 10):
        handling.close(item, "spam", by=user)
    assert fresh(item).destroy_after == date(2026, 12, 25)

    with travel(26, 10):
        replying.message_received(item, at=at(26, 9), channel="email", body="Hi", by=user)
    assert fresh(item).destroy_after == date(2027, 11, 27)

    with travel(27, 10):
        replying.answered_elsewhere(item, at=at(27, 9), channel="phone", note="", by=user)
    assert fresh(item).destroy_after == date(2027, 11, 27)

    with travel(30, 10):
        handling.withdraw(item, method="staff", actor=make_user())
    assert fresh(item).destroy_after == date(2026, 12, 27)


def test_recompute_mends_every_stored_day_and_counts_what_it_changed() -> None:
    first, second = monday_request(), monday_request()
    ConsultationRequest.objects.filter(pk=first.pk).update(destroy_after=date(2030, 1, 1))

    assert recompute() == 1
    assert fresh(first).destroy_after == last_day_of(second).day
    assert recompute() == 0


def test_recompute_works_in_batches(monkeypatch) -> None:
    monkeypatch.setattr(keeping, "BATCH", 2)
    for _ in range(5):
        make_request()
    ConsultationRequest.objects.update(destroy_after=date(2030, 1, 1))

    assert recompute() == 5
    assert not ConsultationRequest.objects.filter(destroy_after=date(2030, 1, 1)).exists()


def test_withdrawn_request_is_kept_from_the_moment_it_stopped() -> None:
    item = monday_request()
    with travel(24, 10):
        handling.withdraw(item, method="withdrawal_link", actor=None)

    last = last_day_of(fresh(item))
    assert (fresh(item).status, last.base) == (Status.WITHDRAWN, date(2026, 11, 24))
