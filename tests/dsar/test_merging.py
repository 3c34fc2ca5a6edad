"""Two persons who turn out to be one: their cases come together, and none is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsar.models import Case, CaseFile, CaseMessage, Outcome, Status
from emsar.subjects.models import DataSubject
from emsar.subjects.services import merge
from tests.dsar.people import open_case
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def test_cases_of_both_are_those_of_one() -> None:
    kept, doubled = make_request().subject, make_request().subject
    copy, correction = open_case(kept, "access"), open_case(doubled, "correction")
    merge(kept, doubled, actor=None)
    assert not DataSubject.objects.filter(pk=doubled.pk).exists()
    assert set(Case.objects.filter(subject=kept.pk)) == {copy, correction}
    assert {file.person_id for file in CaseFile.objects.all()} == {kept.pk}
    assert all(case.is_running for case in Case.objects.all())


def test_later_case_of_one_kind_joins_the_earlier_with_its_words() -> None:
    kept, doubled = make_request().subject, make_request().subject
    later = open_case(kept, "deletion")
    earlier = open_case(doubled, "deletion", received_at=timezone.now() - timedelta(days=9))
    CaseMessage.objects.create(file=later.file, direction="from_person", body="Please hurry")
    merge(kept, doubled, actor=None)
    earlier.refresh_from_db()
    later.refresh_from_db()
    assert (earlier.status, earlier.subject) == (Status.OPEN, kept.pk)
    assert (later.status, later.outcome) == (Status.COMPLETED, Outcome.JOINED)
    words = CaseMessage.objects.filter(file=earlier.file).values_list("body", flat=True)
    assert set(words) == {"What do you hold?", "Please hurry"}


def test_one_that_was_carried_out_is_joined_with_nothing() -> None:
    """It ends by its own scan; what was asked under the other number is still to be done."""
    kept, doubled = make_request().subject, make_request().subject
    done = open_case(doubled, "deletion", received_at=timezone.now() - timedelta(days=9))
    Case.objects.filter(pk=done.pk).update(status=Status.EXECUTED)
    asked = open_case(kept, "deletion")
    merge(kept, doubled, actor=None)
    states = dict(Case.objects.filter(subject=kept.pk).values_list("pk", "status"))
    assert states == {done.pk: Status.EXECUTED, asked.pk: Status.OPEN}
