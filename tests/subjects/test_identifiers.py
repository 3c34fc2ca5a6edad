"""One person behind one address, also when two visitors bring it at the same moment."""

import threading

import pytest
from django.db import connection, transaction

from emsar.datamap.crypto import lookup_key
from emsar.subjects import identifiers
from emsar.subjects.identifiers import find, find_or_create
from emsar.subjects.models import DataSubject, IdentifierKind, SubjectIdentifier
from tests.connections import in_thread

EMAIL = IdentifierKind.EMAIL
ADDRESS = "aysel@example.com"


@pytest.mark.django_db
def test_unknown_address_is_found_nowhere_and_becomes_a_new_person() -> None:
    assert find(EMAIL, ADDRESS) is None
    row = find_or_create(EMAIL, ADDRESS)

    stored = SubjectIdentifier.objects.get()
    assert (stored.pk, stored.subject_id, stored.kind, stored.value) == (
        row.pk,
        row.subject_id,
        "email",
        ADDRESS,
    )
    assert DataSubject.objects.get().pk == row.subject.pk
    assert stored.key == lookup_key(EMAIL, ADDRESS)


@pytest.mark.django_db
@pytest.mark.parametrize("again", [ADDRESS, "Aysel@example.com", "AYSEL@EXAMPLE.COM"])
def test_known_address_is_the_same_person_however_it_is_typed(again) -> None:
    first = find_or_create(EMAIL, ADDRESS)
    assert find(EMAIL, again) == first
    assert find_or_create(EMAIL, again).subject_id == first.subject_id
    assert DataSubject.objects.count() == 1


@pytest.mark.django_db
def test_address_as_phone_is_another_identifier() -> None:
    email = find_or_create(EMAIL, "994123456789@example.com")
    phone = find_or_create(IdentifierKind.PHONE, "+994123456789")
    assert email.subject_id != phone.subject_id
    assert find(IdentifierKind.PHONE, ADDRESS) is None


@pytest.mark.django_db
def test_new_address_of_a_known_person_is_theirs() -> None:
    person = find_or_create(EMAIL, ADDRESS).subject
    phone = find_or_create(IdentifierKind.PHONE, "+994123456789", person)
    assert phone.subject_id == person.pk
    assert DataSubject.objects.count() == 1


@pytest.mark.django_db
def test_address_of_somebody_else_stays_theirs() -> None:
    owner = find_or_create(EMAIL, ADDRESS).subject
    other = DataSubject.objects.create()
    assert find_or_create(EMAIL, ADDRESS, other).subject_id == owner.pk


@pytest.mark.django_db
def test_nothing_but_the_ciphertext_and_the_key_is_stored() -> None:
    find_or_create(EMAIL, ADDRESS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i::text, s::text FROM subjects_subjectidentifier i, subjects_datasubject s"
        )
        (row,) = cursor.fetchall()
    assert not [form for form in (ADDRESS, ADDRESS.encode().hex(), "aysel") if form in str(row)]


def test_two_visitors_with_one_new_address_are_one_person(filled_db) -> None:
    """Two real connections: both look, neither finds, both insert; the second waits."""
    both_looked = threading.Barrier(2, timeout=10)
    real_find = identifiers.find

    def find_and_wait(kind: str, value: str) -> SubjectIdentifier | None:
        found = real_find(kind, value)
        both_looked.wait()
        return found

    def visit() -> object:
        with transaction.atomic():
            return find_or_create(EMAIL, ADDRESS).subject_id

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(identifiers, "find", find_and_wait)
        visits = [in_thread(visit) for _ in range(2)]
        people = {visit.result(15) for visit in visits}

    assert len(people) == 1
    assert [person.pk for person in DataSubject.objects.all()] == list(people)
    assert SubjectIdentifier.objects.count() == 1


def test_second_visitor_becomes_the_person_when_the_first_is_rolled_back(filled_db) -> None:
    inserted, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            find_or_create(EMAIL, ADDRESS)
            inserted.set()
            may_end.wait(10)
            transaction.set_rollback(True)

    def second() -> object:
        with transaction.atomic():
            return find_or_create(EMAIL, ADDRESS).subject_id

    slow = in_thread(first)
    assert inserted.wait(10)
    waiting = in_thread(second)
    assert not waiting.done()
    may_end.set()
    slow.result(10)
    person = waiting.result(10)
    assert DataSubject.objects.get().pk == person
    assert SubjectIdentifier.objects.get().subject_id == person
