"""Consents that can be proved and withdrawn (E-1l, E-5a, E-8g)."""

import uuid

import psycopg
import pytest
from django.db import DatabaseError, transaction

from consent.models import ConsentEvent, ConsentText
from consent.notices import FREE_CONSULTATION, notice
from consent.services import forget_stored, given, store_text, text_is_as_stored, withdraw
from emsar.audit.models import AuditEvent
from tests.connections import ROLES, as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown():
    return notice(FREE_CONSULTATION, "en")


@pytest.fixture
def consent(shown) -> ConsentEvent:
    event = given(
        shown,
        subject=uuid.uuid4(),
        about=uuid.uuid4(),
        controllers=["solutions", "consulting"],
        method=ConsentEvent.Method.FORM_BUTTON,
    )
    event.save()
    return event


def test_event_says_who_agreed_to_what_by_which_act(consent, shown):
    event = ConsentEvent.objects.get()
    assert event.intact()
    assert (event.kind, event.method, event.form) == ("given", "form_button", "free-consultation")
    assert (event.policy, event.version, event.language) == ("privacy-policy", "1.0", "en")
    assert event.purposes == ["reply", "routing", "proposal"]
    assert event.controllers == ["solutions", "consulting"]
    assert event.text_sha256 == shown.sha256


def test_words_are_stored_exactly_and_once(consent, shown):
    store_text(shown)
    forget_stored()
    store_text(shown)
    text = ConsentText.objects.get()
    assert (text.sentence, text.details) == (shown.sentence, shown.details)
    assert text.intact()
    assert text_is_as_stored(text)
    assert consent.text == text


@pytest.mark.usefixtures("filled_db")
@pytest.mark.django_db(transaction=True)
def test_process_that_knows_the_words_are_stored_asks_nobody(shown, django_assert_num_queries):
    with transaction.atomic():
        store_text(shown)
    with django_assert_num_queries(0):
        store_text(shown)


@pytest.mark.usefixtures("filled_db")
@pytest.mark.django_db(transaction=True)
def test_words_of_a_transaction_that_failed_are_stored_again(shown):
    with transaction.atomic():
        store_text(shown)
        transaction.set_rollback(True)
    assert ConsentText.objects.count() == 0
    store_text(shown)
    assert ConsentText.objects.count() == 1


def test_words_that_were_changed_have_another_hash(consent):
    text = consent.text
    text.details += " "
    assert not text_is_as_stored(text)
    text.details, text.sentence = text.details.rstrip(), "x"
    assert not text_is_as_stored(text)


def test_consent_whose_words_are_not_stored_says_so():
    assert ConsentEvent(text_sha256="0" * 64).text is None


def test_withdrawal_repeats_what_was_given(consent):
    by = uuid.uuid4()
    withdrawn = withdraw(consent, method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=by)
    assert withdrawn.intact()
    for name in ("subject", "about", "form", "text_sha256", "language", "policy", "version"):
        assert getattr(withdrawn, name) == getattr(consent, name)
    assert (withdrawn.kind, withdrawn.method) == ("withdrawn", "withdrawal_link")
    assert withdrawn.at >= consent.at
    event = AuditEvent.objects.get(action="consent.withdraw")
    assert (event.actor, event.subject) == (by, consent.subject)


def test_second_withdrawal_is_the_first_one(consent):
    first, second = (
        withdraw(consent, method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=None) for _ in range(2)
    )
    assert first.pk == second.pk
    assert ConsentEvent.objects.count() == 2
    assert AuditEvent.objects.filter(action="consent.withdraw").count() == 1


@pytest.mark.parametrize("model", [ConsentEvent, ConsentText])
def test_evidence_is_not_changed(consent, model):
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(language="ru")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", ["consent_consentevent", "consent_consenttext"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET form = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_application_can_only_add_to_it(role, table, statement):
    with as_role(role) as other, pytest.raises(psycopg.Error) as refusal:
        other.execute(statement.format(table))
    assert refusal.value.sqlstate == "42501"


def test_rows_name_themselves_without_anybody(consent):
    assert str(consent) == f"given {consent.uid}"
    assert str(consent.text).startswith("free-consultation en ")
    columns = {field.name for field in ConsentEvent._meta.concrete_fields}
    assert not columns & {"name", "email", "ip", "address", "user_agent"}
