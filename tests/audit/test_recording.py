"""Audit events: written in the transaction that they report, and made of codes only."""

from uuid import uuid4

import pytest
from django.db import transaction

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.audit.recording import event_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_record_keeps_who_what_whom_and_codes() -> None:
    actor, person, user = uuid4(), uuid4(), make_user()
    event = record(
        "request.close", actor=actor, subject=person, obj=user, detail={"reason": "spam", "days": 3}
    )

    stored = AuditEvent.objects.get(pk=event.pk)
    assert (stored.action, stored.actor, stored.subject) == ("request.close", actor, person)
    assert (stored.object_type, stored.object_id) == ("staff.user", str(user.pk))
    assert stored.detail == {"reason": "spam", "days": 3}
    assert stored.intact()
    assert str(stored) == f"request.close {stored.uid}"


def test_record_by_the_public_has_no_actor_and_may_have_no_object() -> None:
    stored = AuditEvent.objects.get(pk=record("form.limit", actor=None).pk)
    assert (stored.actor, stored.subject, stored.detail) == (None, None, {})
    assert (stored.object_type, stored.object_id) == ("", "")


@pytest.mark.parametrize(
    "typed",
    [
        "aysel@example.com",
        "Aysel Mammadova",
        "Məmmədova",
        "Иванова",
        "line\nbreak",
        "two words",
        "x" * 501,
        "<b>",
    ],
)
def test_record_refuses_what_a_person_may_have_typed(typed) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(ValueError, match=r"^reason of an audit event must be a code or a number$"):
        record("request.close", actor=None, detail={"reason": typed})
    with pytest.raises(ValueError, match=r"^action of an audit event"):
        event_of(typed, actor=None)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("code", ["", "no_answer_needed", "1.0", "2026-04-28", "a,b", "x/y:z+1"])
def test_record_takes_our_codes(code) -> None:
    assert record("request.close", actor=None, detail={"reason": code}).detail == {"reason": code}


def test_record_goes_with_the_transaction_that_it_reports() -> None:
    before = AuditEvent.objects.count()
    with transaction.atomic():
        record("staff.add", actor=None)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == before


def test_event_of_is_not_written_yet() -> None:
    before = AuditEvent.objects.count()
    events = [event_of("request.view", actor=None, subject=uuid4()) for _ in range(3)]
    assert AuditEvent.objects.count() == before
    AuditEvent.objects.bulk_create(events)
    assert all(event.intact() for event in AuditEvent.objects.filter(action="request.view"))
