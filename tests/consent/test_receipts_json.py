"""The receipt for machines: the sections and fields of ISO/IEC TS 27560:2023, and nobody's name."""

import hashlib
import re
from datetime import UTC

import pytest

from consent.models import ConsentEvent
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION
from consent.receipts.address import receipt_path
from consent.receipts.document import SCHEMA
from consent.receipts.processing import BY_FORM, Processing, duration
from consent.services import withdraw
from emsar.entities import publication
from emsar.entities.models import Recipient
from policies.models import PolicyVersion
from tests.audit import conftest as evidence
from tests.consent.test_receipts import accepted
from tests.factories import make_request

pytestmark = pytest.mark.django_db

SECTIONS = {
    "receipt_metadata": {"schema_version", "receipt_id", "x_issued_at"},
    "header": {"schema_version", "record_id", "pii_principal_id"},
    "pii_processing": {
        "privacy_notice",
        "x_privacy_notice_version",
        "x_consent_notice",
        "language",
        "purposes",
        "pii_controllers",
        "collection_method",
        "processing_method",
        "storage_locations",
        "retention_period",
        "x_retention_counted_from",
        "jurisdiction",
        "recipient_third_parties",
        "withdrawal_method",
        "privacy_rights",
        "authority_party",
    },
    "x_verification": {"rows_as_written", "words_match_hash"},
}
PURPOSE = {"purpose", "purpose_type", "lawful_basis", "pii_information"}
GIVEN = {
    "x_event_id",
    "event_time",
    "validity_duration",
    "entity_id",
    "event_type",
    "event_state",
    "x_method",
    "x_validity_counted_from",
}
tamper = evidence.tamper
PARTY = {"party_id", "party_name", "party_role"}


def document(client, event: ConsentEvent, language: str = "en"):
    response = client.get(f"{receipt_path(event, language)}receipt.json")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


@pytest.fixture(params=[FREE_CONSULTATION, COOKIE_CHOICE])
def event(request) -> ConsentEvent:
    return make_request().consent if request.param == FREE_CONSULTATION else accepted()


def test_every_section_has_its_fields(client, event):
    found = document(client, event)
    assert set(found) == {*SECTIONS, "party_identification", "event"}
    for section, fields in SECTIONS.items():
        assert set(found[section]) == fields, section
    assert [set(each) for each in found["event"]] == [GIVEN]
    for purpose in found["pii_processing"]["purposes"]:
        assert set(purpose) == PURPOSE
        assert all(
            "pii_type" in data and "pii_optional" in data for data in purpose["pii_information"]
        )
    assert all(set(party) >= PARTY for party in found["party_identification"])


def test_references_between_the_sections_lead_somewhere(client, event):
    found = document(client, event)
    known = {party["party_id"] for party in found["party_identification"]}
    processing = found["pii_processing"]
    assert set(processing["pii_controllers"]) <= known
    assert set(processing["recipient_third_parties"]) <= known
    assert processing["authority_party"] in known
    assert len(known) == len(found["party_identification"])


def test_header_of_a_form_names_the_person_by_a_bare_number(client):
    request = make_request()
    found = document(client, request.consent)
    assert found["header"] == {
        "schema_version": SCHEMA,
        "record_id": str(request.consent_id),
        "pii_principal_id": str(request.subject_id),
    }
    assert found["receipt_metadata"]["receipt_id"] == str(request.consent_id)


def test_header_of_a_choice_about_cookies_names_its_own_number(client):
    event = accepted()
    header = document(client, event)["header"]
    assert header["pii_principal_id"] == header["record_id"] == str(event.uid)


def test_terms_are_those_of_the_version_agreed_to_as_iso_8601(client):
    form, cookies = (document(client, event) for event in (make_request().consent, accepted()))
    assert form["pii_processing"]["retention_period"] == "P12M"
    assert form["event"][0]["validity_duration"] == "P12M"
    assert form["event"][0]["x_validity_counted_from"] == "last_reply_or_closing"
    assert cookies["pii_processing"]["retention_period"] == "P14M"
    assert cookies["event"][0]["validity_duration"] == "P12M"
    assert cookies["event"][0]["x_validity_counted_from"] == "event_time"


def test_words_and_hash_can_be_computed_by_anybody(client, event):
    notice = document(client, event)["pii_processing"]["x_consent_notice"]
    content = f"{notice['sentence']}\n---\n{notice['details']}"
    assert hashlib.sha256(content.encode()).hexdigest() == notice["sha256"] == event.text_sha256
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", notice["sentence"])).strip()
    assert hashlib.sha256(plain.encode()).hexdigest() == notice["sentence_sha256"]


@pytest.mark.parametrize("page", ["az", "ru"])
def test_file_is_in_the_language_of_the_consent_whatever_the_page(client, page):
    found = document(client, make_request("ru").consent, page)
    assert found["pii_processing"]["language"] == "ru"
    assert found["pii_processing"]["privacy_notice"].endswith("/ru/privacy-policy/1.0/")
    assert found["pii_processing"]["purposes"][0]["purpose"] == "ответить на запрос"
    assert found["party_identification"][0]["party_name"] == "ООО «EMSAR SOLUTIONS»"


def test_withdrawal_is_a_second_event_of_the_same_record(client):
    event = accepted()
    ended = withdraw(event, method="settings", actor=None)
    of_consent, of_withdrawal = document(client, event), document(client, ended)
    of_consent["receipt_metadata"].pop("x_issued_at")
    of_withdrawal["receipt_metadata"].pop("x_issued_at")
    assert of_consent == of_withdrawal
    assert [each["event_state"] for each in of_consent["event"]] == ["given", "withdrawn"]
    assert [each["x_event_id"] for each in of_consent["event"]] == [str(event.uid), str(ended.uid)]
    assert "validity_duration" not in of_consent["event"][1]
    assert of_consent["header"]["record_id"] == str(event.uid)


def test_moments_are_utc(client):
    event = accepted()
    moment = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert document(client, event)["event"][0]["event_time"] == moment


def test_file_names_nobody(client):
    request = make_request(name="Rəna Quliyeva", company="Xəzər QSC", project="A secret plan")
    text = client.get(f"{receipt_path(request.consent, 'az')}receipt.json").text
    for personal in ("Rəna", "Quliyeva", "Xəzər", "secret", request.contact.value):
        assert personal not in text
    assert request.reference not in text


def test_broken_evidence_says_so(client, tamper):
    event = accepted()
    change = "UPDATE consent_consentevent SET method = 'settings' WHERE id = %s"
    tamper("consent_consentevent", change, event.pk)
    found = document(client, event)["x_verification"]
    assert found == {"rows_as_written": False, "words_match_hash": True}


def test_what_is_not_known_is_left_out(client):
    Recipient.objects.filter(slug="google-analytics").update(active=False)
    publication.bump()
    event = ConsentEvent(
        kind="given",
        method="settings",
        form=COOKIE_CHOICE,
        text_sha256="0" * 64,
        language="en",
        policy="cookie-policy",
        version="0.1",
    )
    event.save()
    found = document(client, event)
    processing = found["pii_processing"]
    assert "validity_duration" not in found["event"][0]
    assert "recipient_third_parties" not in processing
    assert processing["x_consent_notice"] == {"language": "en", "sha256": "0" * 64}
    assert not any(value in ("", None, []) for value in processing.values())


@pytest.mark.parametrize(
    ("term", "value", "expected"),
    [
        ("erasure_deadline", 30, "P30D"),
        ("consultation_retention", 12, "P12M"),
        ("accounting_retention", 5, "P5Y"),
        # ISO 8601 has no business days.
        ("reply_within", 1, ""),
        ("unheard_of", 1, ""),
    ],
)
def test_duration_of_each_unit(term, value, expected):
    assert duration(term, PolicyVersion(terms={term: value})) == expected
    assert duration(term, PolicyVersion(terms={})) == ""
    assert duration(term, None) == ""


def test_every_form_has_its_table():
    assert {type(facts) for facts in BY_FORM.values()} == {Processing}
    assert set(BY_FORM) == {FREE_CONSULTATION, COOKIE_CHOICE}
