"""People are random UUIDs; who may see them, and what their names on screen give away."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from emsar.staff.models import Role
from emsar.subjects.identifiers import find_or_create
from emsar.subjects.models import DataSubject, MailedLink, Objection, SubjectIdentifier
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db


def test_only_the_dpo_sees_people_as_such() -> None:
    person = DataSubject.objects.create()
    assert list(DataSubject.objects.visible_to(make_user(Role.DPO))) == [person]
    for user in (solutions_user(), make_user(Role.ADMINISTRATOR), make_user(Role.AUDITOR), None):
        assert not DataSubject.objects.visible_to(user).exists()


def test_names_on_screen_say_nothing() -> None:
    row = find_or_create("email", "aysel@example.com")
    person = row.subject
    assert str(person) == str(person.pk)[:8]
    assert str(SubjectIdentifier.objects.get()) == f"email {row.pk}"
    objection = Objection.objects.create(subject=person, purpose="reply")
    assert str(objection) == f"reply {objection.pk}"
    link = MailedLink(pk=7, purpose="withdrawal")
    assert str(link) == "withdrawal 7"


def test_one_owner_an_address_and_one_objection_a_purpose() -> None:
    person = DataSubject.objects.create()
    for make in (
        lambda: SubjectIdentifier.objects.create(subject=person, kind="email", key=b"k", value="x"),
        lambda: Objection.objects.create(subject=person, purpose="reply"),
        lambda: MailedLink.objects.create(
            subject=person, purpose="x", record=uuid4(), token_hash=b"h"
        ),
    ):
        make()
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_block_covers_what_exists_when_it_is_set() -> None:
    """What the person sends afterwards is theirs to have answered (design, idea 4)."""
    now = timezone.now()
    person = DataSubject(blocked_at=now)
    assert person.block_covers(now - timedelta(days=1))
    assert person.block_covers(now)
    assert not person.block_covers(now + timedelta(microseconds=1))
    assert not DataSubject().block_covers(now)
