"""Rotation: everything personal moves to the new keys, and nothing is lost on the way."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import psycopg.errors
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dsar.models import CaseFile, CaseMessage, Intake, Proposal, ResidualTrace, Telling
from emsar.datamap.crypto import encrypt, is_unreadable, key_id, lookup_key
from emsar.datamap.fields import EncryptedTextField
from emsar.datamap.rotation import (
    LOOKUP_LOCK,
    encrypted_fields,
    rotate_column,
    rotate_lookup_keys,
    share_lookup_lock,
)
from emsar.entities.models import LegalReference
from emsar.staff.models import Approval, SecurityReview, StaffSession, TotpDevice, User
from emsar.subjects.identifiers import find, find_or_create
from emsar.subjects.models import SubjectIdentifier
from requests_inbox.models import ConsultationRequest, Message
from requests_inbox.services.contracts import record_contract
from requests_inbox.services.documents import class_document
from tests.connections import second_connection
from tests.dsar.people import open_case
from tests.factories import make_request, make_user, solutions_user
from tests.keys import make_key

pytestmark = pytest.mark.django_db


def everything() -> dict[tuple[str, object], str]:
    """Every value of every encrypted column, readable or not."""
    return {
        (column.place, pk): value
        for column in encrypted_fields()
        for pk, value in column.model.objects.values_list("pk", column.name)
        if value is not None
    }


def kids() -> set[str]:
    """The ids of the keys that stored values are under."""
    found = set()
    with connection.cursor() as cursor:
        for column in encrypted_fields():
            table = column.model._meta.db_table
            cursor.execute(f"SELECT {column.column} FROM {table} WHERE {column.column} IS NOT NULL")
            found |= {key_id(value) for (value,) in cursor.fetchall()}
    return found


def rotate() -> str:
    told = StringIO()
    call_command("rotate_keys", stdout=told)
    return told.getvalue()


@pytest.fixture
def old_rings(settings) -> dict[str, list[str]]:
    """A database with something in every encrypted column, and the rings it was filled under."""
    settings.FIELD_KEYS = [make_key("f-old")]
    settings.LOOKUP_KEYS = [make_key("l-old")]
    call_command("register_keys", stdout=StringIO())
    request = make_request(
        name="İlqar Məmmədov", email="ilqar@example.com", company="Günəş MMC", project="Salam"
    )
    find_or_create("phone", "+994123456789")
    author = solutions_user(full_name="Vüsal", email="vusal@example.com")
    Message.objects.create(
        request=request, kind=Message.Kind.NOTE, author=author, body="Zəng etdim", at=timezone.now()
    )
    record_contract(request, timezone.localdate(), None, by=author)
    law = LegalReference.objects.get(slug="civil-code")
    class_document(request, None, title="Hesab-faktura", legal_reference=law, by=author)
    case = open_case(request.subject)
    reach = {"name": "İlqar Məmmədov", "postal": "Nizami 10"}
    words = {"details": "Salam", "proof_note": "Passport seen", **reach}
    CaseFile.objects.filter(case=case).update(**words)
    Telling.objects.create(case=case, key="answer", addressee="İlqar", words="Salam")
    CaseMessage.objects.create(file=case.file, direction="note", body="Salam")
    Proposal.objects.create(file=case.file, row=str(request.pk), column="name", value="İlqar")
    ResidualTrace.objects.create(case=case, sealed="{}")
    Intake.objects.create(nonce=uuid4(), language="az", email="ilqar@example.com", details="Salam")
    _fill_staff(author)
    return {"FIELD_KEYS": settings.FIELD_KEYS, "LOOKUP_KEYS": settings.LOOKUP_KEYS}


def _fill_staff(author: User) -> None:
    """What is held about colleagues, and what they wrote."""
    TotpDevice.objects.create(user=author, secret="ABCD", confirmed=True)
    StaffSession.objects.create(user=author, key="x", program="Firefox, Linux")
    asked = {"kind": "address", "reason": "Salam", "address": "new@example.com"}
    Approval.objects.create(user=author, asked_by=author, **asked)
    words = dict.fromkeys(("reviewer_words", "scope", "findings", "measures", "closing"), "Salam")
    day = timezone.localdate()
    SecurityReview.objects.create(
        held_on=day, next_due=day + timedelta(days=30), written_by=author, **words
    )


@pytest.fixture
def both_rings(settings, old_rings) -> None:
    settings.FIELD_KEYS = [make_key("f-new"), *old_rings["FIELD_KEYS"]]
    settings.LOOKUP_KEYS = [make_key("l-new"), *old_rings["LOOKUP_KEYS"]]


def only_new_rings(settings) -> None:
    settings.FIELD_KEYS = [make_key("f-new")]
    settings.LOOKUP_KEYS = [make_key("l-new")]


def test_fixture_fills_every_encrypted_column(old_rings) -> None:
    """Otherwise the tests below would say nothing about a column that was added later."""
    assert {place for place, _ in everything()} == {column.place for column in encrypted_fields()}


@pytest.mark.usefixtures("both_rings")
def test_values_are_readable_with_the_new_key_alone(settings) -> None:
    before = everything()
    assert kids() == {"f-old"}

    rotate()

    assert kids() == {"f-new"}
    only_new_rings(settings)
    assert everything() == before
    assert not any(map(is_unreadable, everything().values()))


@pytest.mark.usefixtures("both_rings")
def test_people_and_words_are_found_with_the_new_key_alone(settings) -> None:
    request = ConsultationRequest.objects.get()
    rotate()
    only_new_rings(settings)

    assert find("email", "ILQAR@example.com").subject_id == request.subject_id
    assert find("phone", "+994123456789") is not None
    for query in ("ilqar", "MEMMEDOV günəş", "mmc"):
        assert list(ConsultationRequest.objects.with_words(query)) == [request]
    assert not ConsultationRequest.objects.with_words("vusal").exists()
    assert SubjectIdentifier.objects.filter(key=lookup_key("email", "ilqar@example.com")).exists()


@pytest.mark.usefixtures("both_rings")
def test_people_are_found_between_the_new_key_and_the_rotation() -> None:
    request = ConsultationRequest.objects.get()
    assert find("email", "ilqar@example.com").subject_id == request.subject_id
    assert find_or_create("email", "ilqar@example.com").subject_id == request.subject_id
    again = make_request(email="ilqar@example.com", name="İlqar")
    assert again.subject_id == request.subject_id
    assert set(ConsultationRequest.objects.with_words("ILQAR")) == {request, again}


@pytest.mark.usefixtures("both_rings")
def test_rotation_says_what_it_rewrote_and_a_second_one_finds_nothing() -> None:
    told = rotate().splitlines()
    assert "look-up keys of subjects: 2" in told
    assert "look-up keys of requests: 1" in told
    assert "subjects_subjectidentifier.value: 2" in told
    assert "requests_inbox_message.body: 1" in told
    assert len(told) == 2 + len(list(encrypted_fields()))

    again = [line for line in rotate().splitlines() if not line.startswith("look-up keys")]
    assert {line.rpartition(": ")[2] for line in again} == {"0"}


@pytest.mark.usefixtures("old_rings")
def test_values_that_cannot_be_read_keep_their_value_and_their_keys(settings, caplog) -> None:
    """Their key may be found later; nothing else is held up by them."""
    settings.LOOKUP_KEYS = [make_key("l-new"), *settings.LOOKUP_KEYS]
    settings.FIELD_KEYS = [make_key("f-new")]
    make_request(email="new@example.com", name="Nigar")
    before = everything()
    caplog.clear()

    told = rotate().splitlines()
    assert "look-up keys of subjects: 1" in told
    assert "look-up keys of requests: 1" in told
    assert kids() == {"f-old", "f-new"}
    assert {r.levelname for r in caplog.records} == {"CRITICAL"}

    settings.FIELD_KEYS = [make_key("f-new"), make_key("f-old")]
    assert any(map(is_unreadable, before.values()))
    assert not any(map(is_unreadable, everything().values()))
    assert find("email", "ilqar@example.com").value == "ilqar@example.com"
    assert ConsultationRequest.objects.with_words("ilqar").count() == 1
    # With its key back, a second rotation takes the rest along.
    rotate()
    assert kids() == {"f-new"}


def test_typed_marker_is_rotated_like_any_text(settings) -> None:
    settings.FIELD_KEYS = [make_key("f-old")]
    request = make_request(name="⚠ unreadable")
    settings.FIELD_KEYS = [make_key("f-new"), make_key("f-old")]
    assert rotate_column(column_of(ConsultationRequest, "name")) == 1
    assert rotate_lookup_keys()["requests"] == 1
    settings.FIELD_KEYS = [make_key("f-new")]
    assert ConsultationRequest.objects.get(pk=request.pk).name == "⚠ unreadable"


def column_of(model, name: str) -> EncryptedTextField:
    return model._meta.get_field(name)


def test_column_longer_than_a_batch_is_rotated_whole(settings, monkeypatch) -> None:
    monkeypatch.setattr("emsar.datamap.rotation.BATCH", 3)
    settings.FIELD_KEYS = [make_key("f-old")]
    for _ in range(7):
        make_user(full_name="x")
    settings.FIELD_KEYS = [make_key("f-new"), make_key("f-old")]
    assert rotate_column(column_of(User, "full_name")) == 7
    assert rotate_column(column_of(User, "full_name")) == 0


def test_value_that_changed_meanwhile_is_not_overwritten(settings, monkeypatch) -> None:
    settings.FIELD_KEYS = [make_key("f-old")]
    user = make_user(full_name="before")
    settings.FIELD_KEYS = [make_key("f-new"), make_key("f-old")]

    def somebody_is_faster(clear: str, place: str) -> bytes:
        with connection.cursor() as cursor:
            value = encrypt("after", place)
            cursor.execute("UPDATE staff_user SET full_name = %s WHERE id = %s", [value, user.pk])
        return encrypt(clear, place)

    monkeypatch.setattr("emsar.datamap.rotation.encrypt", somebody_is_faster)
    assert rotate_column(column_of(User, "full_name")) == 0
    assert User.objects.get(pk=user.pk).full_name == "after"


@pytest.fixture
def _impatient() -> None:
    """Waiting for a lock is an error after a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '150ms'")


def share(other: psycopg.Connection) -> None:
    other.execute("SET lock_timeout = '150ms'")
    other.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOOKUP_LOCK])


@pytest.mark.usefixtures("_impatient")
def test_rotation_waits_for_whoever_writes_a_key() -> None:
    with second_connection() as writer:
        share(writer)
        with pytest.raises(OperationalError, match="lock timeout"):
            rotate_lookup_keys()
        writer.commit()
        rotate_lookup_keys()


def test_writers_wait_for_the_rotation_until_it_has_committed() -> None:
    rotate_lookup_keys()
    with second_connection() as writer, pytest.raises(psycopg.errors.LockNotAvailable):
        share(writer)


@pytest.mark.usefixtures("_impatient")
def test_writers_do_not_wait_for_each_other() -> None:
    with second_connection() as writer:
        share(writer)
        share_lookup_lock()


def test_request_from_the_form_shares_the_lock() -> None:
    """The lock is seen from another session: as long as the request's transaction runs."""
    held = (
        "SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with transaction.atomic(), second_connection() as other:
        make_request()
        assert other.execute(held, [LOOKUP_LOCK]).fetchall() == [("ShareLock",)]
