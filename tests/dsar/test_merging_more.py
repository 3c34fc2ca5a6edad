"""What a merge of two persons does to cases that were not asked, proved or meant alike."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar.models import Case, CaseFile, CaseMessage, Outcome, Proposal, Status
from dsar.services import corrections, deciding
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject
from emsar.subjects.services import merge
from tests.dsar.people import DAY, open_case
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db

UNPROVED: dict[str, Any] = {"status": "unverified", "verified_at": None}


def _two() -> tuple[DataSubject, DataSubject]:
    return make_request().subject, make_request().subject


def _ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def _words(case: Case) -> dict[str, str]:
    rows = CaseMessage.objects.filter(file__case=case)
    return {str(row.body): row.direction for row in rows}


def test_the_proved_case_goes_on_with_the_dates_of_the_earlier() -> None:
    kept, doubled = _two()
    earlier = open_case(kept, "deletion", received_at=_ago(20), **UNPROVED)
    proved = open_case(doubled, "deletion", received_at=_ago(2))
    CaseMessage.objects.create(file=earlier.file, direction="from_person", body="Be quick")
    CaseFile.objects.filter(case=earlier).update(postal="Nizami 10")
    merge(kept, doubled, actor=None)
    earlier.refresh_from_db()
    proved.refresh_from_db()
    assert (earlier.status, earlier.outcome) == (Status.COMPLETED, Outcome.JOINED)
    assert (proved.status, proved.subject) == (Status.OPEN, kept.pk)
    assert proved.received_at == earlier.received_at
    assert proved.promise_due == earlier.promise_due
    assert proved.execute_on == earlier.execute_on
    assert earlier.statutory_due is not None
    assert proved.statutory_due is not None
    assert proved.statutory_due <= earlier.statutory_due
    assert proved.events.filter(event="received_earlier").exists()
    # Nobody proved who wrote it: a marked note, and no address of theirs.
    words = _words(proved)
    assert set(words.values()) == {"note"}
    assert all("\n\n" in body for body in words)
    assert CaseFile.objects.get(case=proved).postal is None


def test_the_approved_case_goes_on() -> None:
    kept, doubled = _two()
    earlier = open_case(kept, "deletion", received_at=_ago(9))
    approved = open_case(doubled, "deletion", status="approved", approved_at=_ago(1))
    merge(kept, doubled, actor=None)
    states = dict(Case.objects.values_list("pk", "status"))
    assert states == {earlier.pk: Status.COMPLETED, approved.pk: Status.APPROVED}


def test_dates_never_move_to_a_later_day() -> None:
    kept, doubled = _two()
    case = open_case(kept, "access", received_at=_ago(9))
    near = timezone.localdate() + DAY
    fields = {"promise_due": near, "execute_on": near, "statutory_due": near}
    open_case(doubled, "access", received_at=_ago(2), **fields)
    received = case.received_at
    merge(kept, doubled, actor=None)
    case.refresh_from_db()
    assert case.received_at == received
    assert (case.promise_due, case.execute_on, case.statutory_due) == (near, near, near)


def test_cases_about_a_child_stay_apart() -> None:
    one, two = _two()
    kept, doubled = _two()
    first = open_case(one, "child", subject=kept.pk, received_at=_ago(3))
    second = open_case(two, "child", subject=doubled.pk)
    merge(kept, doubled, actor=None)
    assert set(Case.objects.running().filter(subject=kept.pk)) == {first, second}
    assert not _words(first)


def test_of_two_relatives_each_keeps_their_words_and_is_told() -> None:
    one = make_request(email="one@example.com").subject
    two = make_request(email="two@example.com").subject
    kept, doubled = _two()
    first = open_case(one, "deceased", subject=kept.pk, received_at=_ago(3))
    second = open_case(two, "deceased", subject=doubled.pk)
    CaseMessage.objects.create(file=second.file, direction="from_person", body="I am the sister")
    OutboundMail.objects.all().delete()
    merge(kept, doubled, actor=None)
    second.refresh_from_db()
    assert (second.status, second.outcome) == (Status.COMPLETED, Outcome.JOINED)
    assert list(Case.objects.running()) == [first]
    assert not _words(first)
    assert set(_words(second)) == {"I am the sister"}
    mail = OutboundMail.objects.get()
    assert mail.to_address == "two@example.com"
    assert "A case of this kind about this person is open." in str(mail.body)


def test_cases_of_one_relative_come_together() -> None:
    """Who died was known by two numbers; one and the same relative asked about both."""
    asker = make_request().subject
    kept, doubled = _two()
    first = open_case(asker, "deceased", subject=kept.pk, received_at=_ago(3))
    open_case(asker, "deceased", subject=doubled.pk)
    merge(kept, doubled, actor=None)
    assert _words(first) == {"What do you hold?": "from_person"}


def test_open_proposals_and_reach_move_along() -> None:
    one, two = make_request(name="Aysel Memedova"), make_request(name="Aysel Memedova")
    first = open_case(one.subject, "correction", received_at=_ago(3))
    second = open_case(two.subject, "correction")
    place = ("requests_inbox.consultationrequest", str(two.pk), "name")
    proposal = corrections.propose(second, *place, "Aysel Memmedova")
    CaseFile.objects.filter(case=second).update(name="Aysel", postal="Nizami 10")
    CaseFile.objects.filter(case=first).update(name="Aysel M.")
    merge(one.subject, two.subject, actor=None)
    assert Proposal.objects.get().file_id == first.pk
    file = CaseFile.objects.get(case=first)
    assert (file.name, file.postal) == ("Aysel M.", "Nizami 10")
    proposal = Proposal.objects.get(pk=proposal.pk)
    corrections.decide(proposal, approve=True, by=make_user())
    two.refresh_from_db()
    assert two.name == "Aysel Memmedova"


def test_an_open_question_moves_along() -> None:
    kept, doubled = _two()
    first = open_case(kept, "complaint", received_at=_ago(3))
    second = open_case(doubled, "complaint")
    deciding.pause(second, "Which order?", by=make_user())
    merge(kept, doubled, actor=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.paused_since is not None
    assert first.statutory_due is None
    assert first.events.filter(event="paused").count() == 1
    assert "Which order?" in _words(first)
    assert second.paused_since is None


def test_addresses_are_locked_before_persons_and_cases() -> None:
    kept, doubled = _two()
    open_case(kept, "deletion")
    open_case(doubled, "deletion")
    with CaptureQueriesContext(connection) as queries:
        merge(kept, doubled, actor=None)
    locking = [row["sql"] for row in queries.captured_queries if " FOR " in row["sql"]]
    tables = [sql.split(' FROM "')[1].split('"')[0] for sql in locking]
    order = [f"subjects_{name}" for name in ("subjectidentifier", "datasubject")]
    assert [*order, "dsar_case"] == tables[:3]
