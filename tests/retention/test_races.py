"""Events of the last minute beside a sweep: whoever comes first wins, and nothing is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from consent.models import ConsentEvent
from emsar.datamap.rules import rule
from emsar.outbox.models import OutboundMail
from emsar.retention.batches import destroy_batch
from emsar.retention.models import LegalHold, Sweep
from emsar.retention.persons import forget_alone
from emsar.retention.sweeps import sweep
from emsar.subjects.identifiers import find
from emsar.subjects.models import DataSubject, SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from tests.connections import in_thread, second_connection
from tests.factories import make_request

pytestmark = pytest.mark.usefixtures("filled_db")
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture(autouse=True)
def ledger_file(tmp_path, settings):
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"


def due_request(**fields) -> ConsultationRequest:
    request = make_request(**fields)
    closed = datetime(2025, 1, 1, tzinfo=UTC)
    rows = ConsultationRequest.objects.filter(pk=request.pk)
    rows.update(destroy_after=YESTERDAY, closed_at=closed, status="closed")
    OutboundMail.objects.filter(about=request.pk).update(status="sent")
    return request


def swept(name: str = "consultation") -> int:
    return sweep(Sweep.Kind.BY_HAND, only=name).records


def test_row_that_somebody_works_on_is_left_and_a_reply_keeps_it() -> None:
    request = due_request()
    with second_connection() as colleague:
        colleague.execute(
            "UPDATE requests_inbox_consultationrequest SET destroy_after = %s WHERE id = %s",
            [date(2031, 1, 1), request.pk],
        )
        assert swept() == 0
        colleague.commit()
    assert swept() == 0
    assert ConsultationRequest.objects.filter(pk=request.pk).exists()


def test_reply_that_is_rolled_back_keeps_nothing() -> None:
    request = due_request()
    with second_connection() as colleague:
        colleague.execute(
            "UPDATE requests_inbox_consultationrequest SET destroy_after = %s WHERE id = %s",
            [date(2031, 1, 1), request.pk],
        )
        assert swept() == 0
    assert swept() == 1


def test_message_that_is_being_written_keeps_its_request() -> None:
    request = due_request()
    with second_connection() as colleague:
        # What the foreign key of a new message takes.
        colleague.execute(
            "SELECT FROM requests_inbox_consultationrequest WHERE id = %s FOR KEY SHARE",
            [request.pk],
        )
        assert swept() == 0
    assert swept() == 1


def test_hold_is_honoured_by_the_next_batch() -> None:
    first, second = due_request(), due_request()
    run = Sweep.objects.create(kind=Sweep.Kind.BY_HAND)
    assert destroy_batch(rule("consultation"), run, timezone.now(), size=1) == 1
    (left,) = ConsultationRequest.objects.values_list("pk", flat=True)
    assert left in {first.pk, second.pk}
    hold_on(left)
    assert destroy_batch(rule("consultation"), run, timezone.now(), size=1) == 0
    LegalHold.objects.update(released_at=timezone.now())
    assert destroy_batch(rule("consultation"), run, timezone.now(), size=1) == 1


def hold_on(record) -> LegalHold:
    return LegalHold.objects.create(
        kind=LegalHold.Kind.RECORD,
        target=record,
        reason=LegalHold.Reason.COURT,
        legal_reference_id="personal-data",
        review_on=date(2031, 1, 1),
    )


def test_visitor_with_a_known_address_keeps_the_person() -> None:
    request = due_request(email="again@example.com")
    with transaction.atomic():
        new = make_request(email="again@example.com")
        # Beside this transaction, which has not committed yet.
        assert in_thread(swept).result(10) == 1
    assert not ConsultationRequest.objects.filter(pk=request.pk).exists()
    assert find("email", "again@example.com").subject_id == new.subject_id == request.subject_id
    assert ConsultationRequest.objects.get().contact.value == "again@example.com"


def test_visitor_who_comes_while_the_person_goes_becomes_a_new_one() -> None:
    request = due_request(email="again@example.com")
    ConsultationRequest.objects.filter(pk=request.pk).delete()
    with transaction.atomic():
        gone, _counts = forget_alone([request.subject_id])
        assert gone == [request.subject_id]
        visitor = in_thread(lambda: make_request(email="again@example.com"))
        with pytest.raises(TimeoutError):
            visitor.result(0.5)
    new = visitor.result(10)
    assert new.subject_id != request.subject_id
    assert DataSubject.objects.get().pk == new.subject_id
    assert SubjectIdentifier.objects.count() == 1


def test_two_sweeps_share_the_work_and_take_nothing_twice() -> None:
    for _ in range(6):
        due_request()
    others = [in_thread(swept) for _ in range(3)]
    assert sum(other.result(20) for other in others) + swept() == 6
    assert ConsentEvent.objects.count() == 6


def test_clock_that_was_set_back_changes_nothing() -> None:
    due_request()
    now = datetime.combine(timezone.localdate(), datetime.min.time(), UTC)
    assert sweep(Sweep.Kind.NIGHT, only="consultation", now=now + timedelta(hours=3)).records == 1
    assert sweep(Sweep.Kind.NIGHT, only="consultation", now=now + timedelta(hours=2)).records == 0
