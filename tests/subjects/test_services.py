"""Block, object, merge: what is done to a person's records as a whole."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Status
from emsar.subjects import services
from emsar.subjects.identifiers import find, find_or_create
from emsar.subjects.links import find_link, issue
from emsar.subjects.models import DataSubject, Objection
from emsar.subjects.services import (
    SubjectStateError,
    block,
    merge,
    object_to,
    register_merger,
    unblock,
)
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request

pytestmark = pytest.mark.django_db

ACTOR = uuid4()
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def person() -> DataSubject:
    return find_or_create("email", "aysel@example.com").subject


@pytest.fixture
def doubled() -> DataSubject:
    """The same woman, known a second time by her telephone number."""
    return find_or_create("phone", "+994123456789").subject


def events(action: str) -> list[tuple[object, object, dict[str, object]]]:
    found = AuditEvent.objects.filter(action=action).order_by("id")
    return [(event.actor, event.subject, event.detail) for event in found]


def fresh(person: DataSubject) -> DataSubject:
    return DataSubject.objects.get(pk=person.pk)


def test_block_is_set_once_ended_once_and_recorded(person) -> None:
    with time_machine.travel(MONDAY, tick=False):
        block(person, actor=ACTOR)
    assert fresh(person).blocked_at == person.blocked_at == MONDAY
    with pytest.raises(SubjectStateError, match="blocked already"):
        block(person, actor=ACTOR)
    assert fresh(person).blocked_at == MONDAY

    unblock(person, actor=ACTOR, reason="asked")
    assert fresh(person).blocked_at is person.blocked_at is None
    with pytest.raises(SubjectStateError, match="not blocked"):
        unblock(person, actor=ACTOR, reason="asked")

    assert events("subject.block") == [(ACTOR, person.pk, {})]
    assert events("subject.unblock") == [(ACTOR, person.pk, {"reason": "asked"})]


def test_block_by_somebody_faster_is_noticed(person) -> None:
    """The look and the change are one statement: an old copy in memory decides nothing."""
    stale = fresh(person)
    block(person, actor=ACTOR)
    assert stale.blocked_at is None
    with pytest.raises(SubjectStateError):
        block(stale, actor=ACTOR)


def test_objection_is_noted_once_a_purpose(person) -> None:
    assert object_to(person, Objection.Purpose.ROUTING, actor=ACTOR)
    assert not object_to(person, Objection.Purpose.ROUTING, actor=ACTOR)
    assert object_to(person, Objection.Purpose.NOTICE, actor=None)
    assert sorted(person.objections.values_list("purpose", flat=True)) == ["notice", "routing"]
    assert events("subject.object") == [
        (ACTOR, person.pk, {"purpose": "routing"}),
        (None, person.pk, {"purpose": "notice"}),
    ]


def test_merge_makes_one_person_of_two(person, doubled) -> None:
    gone = doubled.pk
    merge(person, doubled, actor=ACTOR)
    assert [left.pk for left in DataSubject.objects.all()] == [person.pk]
    assert find("phone", "+994123456789").subject_id == person.pk
    assert find("email", "aysel@example.com").subject_id == person.pk
    assert events("subject.merge") == [(ACTOR, person.pk, {"from": str(gone)})]


def test_merge_moves_requests_and_the_mails_that_still_wait(person) -> None:
    """A queued mail must not go down with the person that it was queued for."""
    request = make_request(email="second@example.com")
    doubled = request.subject
    token = issue("withdrawal", doubled.pk, request.pk)

    merge(person, doubled, actor=ACTOR)

    assert ConsultationRequest.objects.get().subject_id == person.pk
    mails = OutboundMail.objects.filter(about=request.pk)
    assert {(mail.subject_id, mail.status) for mail in mails} == {(person.pk, Status.QUEUED)}
    assert mails.count() == 2
    assert find_link("withdrawal", token).subject_id == person.pk


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (None, None, None),
        (MONDAY, None, MONDAY),
        (None, MONDAY, MONDAY),
        (MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=1)),
        (MONDAY + timedelta(days=1), MONDAY, MONDAY + timedelta(days=1)),
    ],
)
def test_merge_keeps_the_block_that_covers_more(person, doubled, first, second, kept) -> None:
    DataSubject.objects.filter(pk=person.pk).update(blocked_at=first)
    DataSubject.objects.filter(pk=doubled.pk).update(blocked_at=second)
    merge(person, doubled, actor=ACTOR)
    assert fresh(person).blocked_at == person.blocked_at == kept


def test_merge_moves_objections_with_their_date(person, doubled) -> None:
    with time_machine.travel(MONDAY, tick=False):
        object_to(doubled, "routing", actor=None)
        object_to(doubled, "notice", actor=None)
    object_to(person, "notice", actor=None)
    merge(person, doubled, actor=ACTOR)

    found = {row.purpose: row.at for row in Objection.objects.filter(subject=person)}
    assert set(found) == {"routing", "notice"}
    assert found["routing"] == MONDAY
    assert Objection.objects.count() == 2


def test_merge_with_oneself_is_refused(person) -> None:
    with pytest.raises(SubjectStateError, match="one and the same person"):
        merge(person, fresh(person), actor=ACTOR)
    assert DataSubject.objects.filter(pk=person.pk).exists()


def test_merge_asks_every_room_once(person, doubled, monkeypatch) -> None:
    moved = []
    monkeypatch.setattr(services, "_MERGERS", [])

    def move(kept: DataSubject, gone: DataSubject) -> None:
        moved.append((kept.pk, gone.pk))

    register_merger(move)
    register_merger(move)
    gone = doubled.pk
    merge(person, doubled, actor=ACTOR)
    assert moved == [(person.pk, gone)]


def test_merge_that_fails_in_a_room_changes_nothing(person, doubled, monkeypatch) -> None:
    def refuse(kept: DataSubject, gone: DataSubject) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(services, "_MERGERS", [refuse])
    with pytest.raises(RuntimeError):
        merge(person, doubled, actor=ACTOR)
    assert DataSubject.objects.count() == 2
    assert find("phone", "+994123456789").subject_id == doubled.pk
    assert events("subject.merge") == []


def test_request_after_a_block_is_not_covered_by_it(person) -> None:
    before = make_request(email="aysel@example.com")
    block(person, actor=ACTOR)
    after = make_request(email="aysel@example.com")
    assert after.subject_id == before.subject_id == person.pk
    blocked = fresh(person)
    assert blocked.block_covers(before.registered_at)
    assert not blocked.block_covers(after.registered_at)
    assert timezone.now() > blocked.blocked_at
