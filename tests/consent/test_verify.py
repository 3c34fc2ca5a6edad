"""`verify_consents` names each row that is not as it was written, and what seals say of it."""

import uuid
from datetime import date
from io import StringIO

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from consent import verification
from consent.models import ConsentEvent, ConsentText
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION, notice
from consent.services import given, withdraw
from consent.verification import verify_consents
from emsar.audit import record
from emsar.audit.leaving import certify
from emsar.audit.models import AuditEvent, Seal
from emsar.audit.sealing import seal
from emsar.datamap.rules import governed
from tests.audit import conftest as evidence
from tests.connections import ROLES, as_role

pytestmark = pytest.mark.django_db
tamper = evidence.tamper
EVENTS, TEXTS = "consent_consentevent", "consent_consenttext"
FLIPPED = {
    "uid": "translate(uid::text, '0123456789abcdef', '123456789abcdef0')::uuid",
    "at": "at + interval '1 microsecond'",
    "kid": "'x' || substr(kid, 2)",
    "hmac": "set_byte(hmac, 3, get_byte(hmac, 3) # 1)",
    "kind": "'givem'",
    "method": "'bammer'",
    "subject": "'00000000-0000-4000-8000-000000000000'",
    "about": "NULL",
    "form": "'cookiet'",
    "text_sha256": "overlay(text_sha256 placing 'g' from 9)",
    "language": "'eo'",
    "policy": "'privacy-polity'",
    "version": "'1.1'",
    "purposes": '\'["replx", "routing", "proposal"]\'',
    "controllers": '\'["solutions", "consultinh"]\'',
    "sentence_sha256": "''",
    "withdraws": "'00000000-0000-4000-8000-000000000001'",
}
FLIPPED_TEXT = {
    "uid": FLIPPED["uid"],
    "at": FLIPPED["at"],
    "kid": FLIPPED["kid"],
    "hmac": FLIPPED["hmac"],
    "sha256": "overlay(sha256 placing 'g' from 9)",
    "form": "'free-consultatiom'",
    "language": "'eo'",
    "sentence": "sentence || ' '",
    "details": "replace(details, 'data', 'dada')",
}


@pytest.fixture
def consent() -> ConsentEvent:
    """A consent of the form, by somebody without a request."""
    event = given(
        notice(FREE_CONSULTATION, "en"),
        subject=uuid.UUID(int=0xE1 << 120),
        about=uuid.uuid4(),
        controllers=["solutions", "consulting"],
        method=ConsentEvent.Method.FORM_BUTTON,
    )
    event.save()
    return event


@pytest.fixture
def choice() -> ConsentEvent:
    """A consent to statistics, by nobody."""
    event = given(
        notice(COOKIE_CHOICE, "en"),
        subject=None,
        about=None,
        controllers=["solutions", "consulting"],
        method=ConsentEvent.Method.BANNER,
    )
    event.save()
    return event


def agreed() -> ConsentEvent:
    words = notice(FREE_CONSULTATION, "en")
    event = given(words, subject=uuid.uuid4(), about=uuid.uuid4(), controllers=[], method="case")
    event.save()
    return event


def complaints() -> list[str]:
    """What the command complains about; it ends with exit code 1."""
    told, complained = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_consents", stdout=told, stderr=complained)
    assert (caught.value.returncode, told.getvalue()) == (1, "")
    lines = complained.getvalue().splitlines()
    assert str(caught.value) == f"{len(lines)} problems found"
    return lines


def named(event: ConsentEvent | ConsentText) -> str:
    return f"{event._meta.label} {event.pk} ("


def test_command_says_that_all_is_as_written(consent, choice):
    withdraw(consent, method="withdrawal_link", actor=None)
    withdraw(choice, method="settings", actor=None)
    seal()
    told = StringIO()
    call_command("verify_consents", stdout=told)
    assert told.getvalue() == "All 4 consents and withdrawals are as they were written.\n"


def test_command_has_nothing_against_no_consents():
    assert list(verify_consents()) == []


def test_every_column_of_both_tables_is_flipped_below():
    for model, flipped in ((ConsentEvent, FLIPPED), (ConsentText, FLIPPED_TEXT)):
        columns = {field.column for field in model._meta.concrete_fields}
        # The number itself is under the seal alone, see below.
        assert columns - {"id"} == set(flipped)


@pytest.mark.parametrize("column", FLIPPED)
def test_flipped_byte_of_an_event_names_its_row(consent, tamper, column):
    seal()
    statement = f"UPDATE {EVENTS} SET {column} = {FLIPPED[column]} WHERE id = %s"
    tamper(EVENTS, statement, consent.pk)
    row = ConsentEvent.objects.get()
    assert f"{named(row)}{row.uid}): not as it was written" in complaints()


@pytest.mark.parametrize("column", ["version", "at", "hmac", "purposes"])
def test_flipped_byte_of_a_choice_about_cookies_names_its_row(choice, tamper, column):
    statement = f"UPDATE {EVENTS} SET {column} = {FLIPPED[column]} WHERE id = %s"
    tamper(EVENTS, statement, choice.pk)
    assert f"{named(choice)}{choice.uid}): not as it was written" in complaints()


@pytest.mark.parametrize("column", FLIPPED_TEXT)
def test_flipped_byte_of_the_words_names_them(consent, tamper, column):
    text = consent.text
    statement = f"UPDATE {TEXTS} SET {column} = {FLIPPED_TEXT[column]} WHERE id = %s"
    tamper(TEXTS, statement, text.pk)
    row = ConsentText.objects.get()
    assert f"{named(row)}{row.uid}): not as it was written" in complaints()


def test_words_under_another_hash_are_told_apart(consent, tamper):
    text = consent.text
    tamper(TEXTS, f"UPDATE {TEXTS} SET details = 'x' WHERE id = %s", text.pk)
    assert complaints() == [
        f"{named(text)}{text.uid}): not as it was written",
        f"{named(text)}{text.uid}): its words do not have the hash under which they were agreed to",
    ]


def test_sentence_signed_anew_does_not_fit_the_event(consent, tamper):
    """Somebody with the key of the evidence changes the words together with their hash."""
    text = consent.text
    text.sentence += "more"
    text.sign()
    change = f"UPDATE {TEXTS} SET sentence = %s, hmac = %s WHERE id = %s"
    tamper(TEXTS, change, text.sentence, text.hmac, text.pk)
    assert complaints() == [
        f"{named(text)}{text.uid}): its words do not have the hash under which they were agreed to",
        f"{named(consent)}{consent.uid}): the sentence that was shown does not have its hash",
    ]


def test_words_that_are_gone_are_missed_by_their_event_and_their_seal(consent, tamper):
    link, text = seal(), consent.text
    tamper(TEXTS, f"DELETE FROM {TEXTS} WHERE id = %s", text.pk)
    assert complaints() == [
        f"{named(consent)}{consent.uid}): the words that were shown are not stored",
        f"Seal {link.pk}: 1 rows of consent.consenttext are missing: number {text.pk}",
    ]


@pytest.mark.parametrize("kind", ["consent", "choice"])
def test_deleted_event_is_missed_by_its_seal_which_names_it(request, tamper, kind):
    event = request.getfixturevalue(kind)
    link = seal()
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = %s", event.pk)
    assert complaints() == [
        f"Seal {link.pk}: 1 rows of consent.consentevent are missing: number {event.pk}"
    ]


def test_event_under_another_number_is_missed_by_its_seal(consent, tamper):
    link = seal()
    tamper(EVENTS, f"UPDATE {EVENTS} SET id = id + 1000 WHERE id = %s", consent.pk)
    assert complaints() == [
        f"Seal {link.pk}: 1 rows of consent.consentevent are missing: number {consent.pk}"
    ]


def test_changed_signature_is_named_by_row_and_seal(consent, tamper):
    link = seal()
    tamper(EVENTS, f"UPDATE {EVENTS} SET hmac = {FLIPPED['hmac']} WHERE id = %s", consent.pk)
    assert complaints() == [
        f"{named(consent)}{consent.uid}): not as it was written",
        f"Seal {link.pk}: rows of consent.consentevent changed after sealing: number {consent.pk}",
    ]


def test_row_signed_anew_shows_in_its_seal_which_says_that_it_cannot_tell(consent, tamper):
    link = seal()
    consent.version = "9.9"
    consent.sign()
    change = f"UPDATE {EVENTS} SET version = %s, hmac = %s WHERE id = %s"
    tamper(EVENTS, change, "9.9", consent.hmac, consent.pk)
    assert complaints() == [
        f"Seal {link.pk}: rows of consent.consentevent changed after sealing"
        "; each row fits its own HMAC, so which of them cannot be told"
    ]


def test_withdrawal_of_a_consent_that_was_never_there_is_named(consent):
    stray = ConsentEvent(
        kind="withdrawn",
        method="settings",
        form="cookies",
        text_sha256=consent.text_sha256,
        language="en",
        policy="cookie-policy",
        version="1.0",
        withdraws=uuid.uuid4(),
    )
    stray.save()
    assert list(verify_consents()) == [
        f"{named(stray)}{stray.uid}): withdraws a consent that is not there"
    ]


def test_withdrawal_from_before_it_named_its_consent_is_known_by_person_and_request(consent):
    copied = ("subject", "about", "form", "text_sha256", "language", "policy", "version")
    facts = {name: getattr(consent, name) for name in copied}
    ConsentEvent(kind="withdrawn", method="withdrawal_link", **facts).save()
    assert list(verify_consents()) == []
    stray = ConsentEvent(kind="withdrawn", method="case", **facts | {"about": uuid.uuid4()})
    stray.save()
    assert list(verify_consents()) == [
        f"{named(stray)}{stray.uid}): withdraws a consent that is not there"
    ]


def test_withdrawal_of_a_consent_that_left_by_its_term_is_in_order(consent, tamper):
    with time_machine.travel("2021-03-01T08:00:00Z", tick=False):
        old = ConsentEvent(kind="given", method="form_button", **_copied(consent))
        old.save()
    with time_machine.travel("2021-05-01T08:00:00Z", tick=False):
        withdraw(old, method="withdrawal_link", actor=None)
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = %s", old.pk)
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False):
        assert len([line for line in verify_consents() if "withdraws" in line]) == 1
        certify(governed("consents"), date(2021, 3, 1), 1, obj=consent)
        assert not [line for line in verify_consents() if "withdraws" in line]


def test_certificate_of_a_later_month_explains_no_earlier_withdrawal(consent, tamper):
    with time_machine.travel("2021-02-01T08:00:00Z", tick=False):
        old = ConsentEvent(kind="given", method="form_button", **_copied(consent))
        old.save()
        withdraw(old, method="withdrawal_link", actor=None)
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = %s", old.pk)
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False):
        certify(governed("consents"), date(2021, 3, 1), 1, obj=consent)
        assert len([line for line in verify_consents() if "withdraws" in line]) == 1


def _copied(consent: ConsentEvent) -> dict[str, object]:
    copied = ("form", "text_sha256", "sentence_sha256", "language", "policy", "version")
    own = {"subject": uuid.uuid4(), "about": uuid.uuid4()}
    return own | {name: getattr(consent, name) for name in copied}


def test_rows_of_other_kinds_are_none_of_its_business(consent, tamper):
    row = record("a.first", actor=None)
    seal()
    tamper("audit_auditevent", "DELETE FROM audit_auditevent WHERE id = %s", row.pk)
    assert AuditEvent.objects.filter(pk=row.pk).count() == 0
    assert not [line for line in verify_consents() if "withdraws" in line]


def test_broken_link_of_the_chain_is_its_business(consent, tamper):
    link = seal()
    tamper("audit_seal", "UPDATE audit_seal SET kid = 'gone' WHERE id = %s", link.pk)
    assert complaints() == [f"Seal {link.pk}: not as it was written"]


def test_seal_that_claims_more_than_there_can_be_is_not_counted_through(consent, tamper):
    link = seal()
    change = "jsonb_set(spans, '{consent.consentevent,to}', '9999999999')"
    tamper("audit_seal", f"UPDATE audit_seal SET spans = {change} WHERE id = %s", link.pk)
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = %s", consent.pk)
    assert len(complaints()) == 2


def test_long_list_of_numbers_is_cut(monkeypatch, choice):
    monkeypatch.setattr(verification, "NAMED", 2)
    events = []
    for _ in range(3):
        choice.uid, choice.pk = uuid.uuid4(), None
        choice._state.adding = True
        choice.save()
        events.append(choice.pk)
    link = seal()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {EVENTS} WHERE id = ANY(%s)", [events])
    assert complaints() == [
        f"Seal {link.pk}: 3 rows of consent.consentevent are missing: "
        f"number {events[0]}, {events[1]}, …"
    ]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", [EVENTS, TEXTS, "audit_seal"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"]
)
def test_application_can_change_none_of_it(role, table, statement):
    with as_role(role) as other, pytest.raises(psycopg.Error) as refusal:
        other.execute(statement.format(table))
    assert refusal.value.sqlstate == "42501"


@pytest.mark.usefixtures("filled_db")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ROLES)
def test_application_cannot_change_a_choice_about_cookies_that_is_there(role):
    _committed_choice()
    for statement in (
        f"UPDATE {EVENTS} SET kind = 'withdrawn' WHERE form = 'cookies'",
        f"DELETE FROM {EVENTS} WHERE form = 'cookies'",
        f"TRUNCATE {EVENTS}",
    ):
        with as_role(role) as other, pytest.raises(psycopg.Error) as refusal:
            other.execute(statement)
        assert refusal.value.sqlstate == "42501"
    assert ConsentEvent.objects.get().kind == "given"
    assert Seal.objects.count() == 0


def _committed_choice() -> None:
    given(
        notice(COOKIE_CHOICE, "en"), subject=None, about=None, controllers=[], method="banner"
    ).save()


def test_rows_that_no_seal_covers_in_time_are_named():
    """Whoever deletes the newest rows with all the seals leaves the others without any."""
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False):
        first = agreed()
        agreed()
    with time_machine.travel("2026-11-22T08:09:00Z", tick=False):
        assert list(verify_consents()) == []
    with time_machine.travel("2026-11-22T08:11:00Z", tick=False):
        found = [line for line in verify_consents() if "ConsentEvent" in line]
        assert found == [f"{named(first)}{first.uid}): it and 1 after it are covered by no seal"]
        seal()
        assert list(verify_consents()) == []


def test_command_compares_the_head_that_was_mailed_out(consent):
    link = seal()
    head = f"{link.pk}:{bytes(link.digest).hex()}"
    call_command("verify_consents", "--head", head, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("verify_consents", "--head", f"{link.pk}:00", stderr=StringIO())
