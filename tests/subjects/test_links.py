"""Links in mails: random, stored hashed, for one purpose and one record, spent once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from emsar.subjects.links import find_link, issue, prepare, spend
from emsar.subjects.models import DataSubject, MailedLink

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def person() -> DataSubject:
    return DataSubject.objects.create()


def test_link_leads_to_its_record_and_subject(person) -> None:
    record = uuid4()
    link = find_link("withdrawal", issue("withdrawal", person.pk, record))
    assert (link.subject_id, link.record, link.used_at) == (person.pk, record, None)


def test_tokens_are_long_and_never_the_same(person) -> None:
    tokens = {issue("withdrawal", person.pk, uuid4()) for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43  # 256 bits in base64


def test_token_is_stored_hashed_only(person) -> None:
    token = issue("withdrawal", person.pk, uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM subjects_mailedlink l")
        text = cursor.fetchone()[0]
    assert token not in text
    assert token.encode().hex() not in text
    assert len(bytes(MailedLink.objects.get().token_hash)) == 32


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", str.swapcase, lambda t: ""]
)
def test_wrong_token_finds_nothing(person, change) -> None:
    token = issue("withdrawal", person.pk, uuid4())
    assert find_link("withdrawal", change(token)) is None


@pytest.mark.parametrize("token", ["\x00", "a" * 100_000, "ə/../x", "%00"])
def test_nonsense_finds_nothing(person, token) -> None:
    assert find_link("withdrawal", token) is None


def test_token_of_another_purpose_finds_nothing(person) -> None:
    token = issue("withdrawal", person.pk, uuid4())
    assert find_link("case", token) is None
    assert find_link("withdrawal", token) is not None


def test_link_without_lifetime_lives_as_long_as_its_record(person) -> None:
    with time_machine.travel(NOON, tick=False):
        token = issue("withdrawal", person.pk, uuid4())
    with time_machine.travel(NOON + timedelta(days=3000), tick=False):
        assert find_link("withdrawal", token) is not None
    person.delete()
    assert find_link("withdrawal", token) is None


@pytest.mark.parametrize(
    ("after", "alive"),
    [
        (timedelta(minutes=59, seconds=59), True),
        (timedelta(hours=1), False),
        (timedelta(days=1), False),
    ],
)
def test_link_expires_at_the_end_of_its_lifetime(person, after, alive) -> None:
    with time_machine.travel(NOON, tick=False):
        token = issue("case", person.pk, uuid4(), timedelta(hours=1))
    with time_machine.travel(NOON + after, tick=False):
        assert (find_link("case", token) is not None) == alive


def test_link_is_spent_once(person) -> None:
    token = issue("case", person.pk, uuid4())
    link, copy = find_link("case", token), find_link("case", token)
    assert spend(link)
    assert not spend(link)
    assert not spend(copy)
    assert find_link("case", token) is None


def test_prepared_link_is_worth_nothing_until_it_is_written(person) -> None:
    token, link = prepare("case", person.pk, uuid4(), timedelta(hours=1))
    assert find_link("case", token) is None
    link.save()
    assert find_link("case", token) == link
