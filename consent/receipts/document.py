"""The receipt for machines, under the field names of ISO/IEC TS 27560:2023.

The specification names fields and gives no encoding. Ours has its sections as objects: the
receipt's metadata, the record's header, the processing, the parties and the events. What is not
known is left out, and a name that begins with ``x_`` is ours. There is nobody's name or address in
it but those of the companies.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent.models import ConsentEvent
from consent.receipts.facts import Receipt, purpose_text
from consent.receipts.parties import (
    AUTHORITY,
    authority_party,
    companies,
    company_id,
    company_party,
    recipient_id,
    recipient_party,
    recipients,
)
from consent.receipts.processing import BY_FORM, JURISDICTION, Processing, duration
from emsar.entities.registry import registry

# Of this arrangement of the fields; it changes with them.
SCHEMA = "iso-iec-ts-27560-2023/x-1.0"

Fields = dict[str, object]


def document(receipt: Receipt) -> Fields:
    """The whole receipt, in the language in which the consent was asked for."""
    with translation.override(receipt.event.language):
        return {
            "receipt_metadata": _metadata(receipt),
            "header": _header(receipt),
            "pii_processing": _processing(receipt),
            "party_identification": _parties(receipt),
            "event": [_event(receipt, event) for event in receipt.events],
            "x_verification": _verification(receipt),
        }


def _metadata(receipt: Receipt) -> Fields:
    return {
        "schema_version": SCHEMA,
        "receipt_id": str(receipt.number),
        "x_issued_at": _moment(timezone.now()),
    }


def _header(receipt: Receipt) -> Fields:
    """Whoever chooses about cookies is nobody to us: the number of the receipt stands for them."""
    return {
        "schema_version": SCHEMA,
        "record_id": str(receipt.number),
        "pii_principal_id": _principal(receipt),
    }


def _principal(receipt: Receipt) -> str:
    return str(receipt.event.subject or receipt.number)


def _processing(receipt: Receipt) -> Fields:
    event = receipt.event
    facts = BY_FORM.get(event.form)
    return _known(
        privacy_notice=_policy_address(event),
        x_privacy_notice_version=event.version,
        x_consent_notice=_notice(receipt),
        language=event.language,
        purposes=[_purpose(code, facts) for code in event.purposes],
        pii_controllers=[company_id(slug) for slug in event.controllers],
        jurisdiction=JURISDICTION,
        privacy_rights=_("set out in the privacy policy; write to %(inquiry)s")
        % {"inquiry": registry().inquiry_email},
        authority_party=AUTHORITY,
        **(_as_declared(facts, receipt) if facts else {}),
    )


def _purpose(code: str, facts: Processing | None) -> Fields:
    return {
        "purpose": purpose_text(code),
        "purpose_type": code,
        "lawful_basis": "consent",
        "pii_information": _data(facts) if facts else [],
    }


def _data(facts: Processing) -> list[Fields]:
    return [
        _known(pii_type=str(data.name), pii_attribute_id=data.column, pii_optional=data.optional)
        for data in facts.data
    ]


def _as_declared(facts: Processing, receipt: Receipt) -> Fields:
    """What does not stand in the event itself: recipients, places, terms and ways."""
    language = receipt.event.language
    places = [row.country.get(language) for row in recipients(facts.keepers)]
    return {
        "collection_method": str(facts.collected),
        "processing_method": str(facts.processed),
        "storage_locations": places,
        "retention_period": duration(facts.retention, receipt.version),
        "x_retention_counted_from": facts.counted_from,
        "recipient_third_parties": [recipient_id(row.slug) for row in recipients(facts.recipients)],
        "withdrawal_method": withdrawal_text(facts, language),
    }


def withdrawal_text(facts: Processing, language: str) -> str:
    """How it can be withdrawn, in the active language; ``language`` is that of the addresses."""
    return str(facts.withdrawal) % {
        "inquiry": registry().inquiry_email,
        "subject": registry().inquiry_subject.get(language),
        "settings": f"{settings.SITE_ORIGIN}{reverse('consent:cookies')}",
    }


def _policy_address(event: ConsentEvent) -> str:
    path = reverse("policies:version", args=[event.policy, event.version])
    return f"{settings.SITE_ORIGIN}{path}"


def _notice(receipt: Receipt) -> Fields:
    """The words as they were shown; the hash is of both parts with a line ``---`` between them."""
    event, text = receipt.event, receipt.text
    return _known(
        language=event.language,
        sentence=text.sentence if text else "",
        details=text.details if text else "",
        sha256=event.text_sha256,
        sentence_sha256=event.sentence_sha256,
    )


def _parties(receipt: Receipt) -> list[Fields]:
    language, facts = receipt.event.language, BY_FORM.get(receipt.event.form)
    named = [company_party(row, language) for row in companies(receipt.event.controllers)]
    if facts is not None:
        named += [recipient_party(row, language) for row in recipients(facts.recipients)]
    named.append(authority_party(registry().authority, language))
    return [_known(**party) for party in named]


def _event(receipt: Receipt, event: ConsentEvent) -> Fields:
    """``event_type`` is the type of the consent; ``event_state`` what became of it."""
    facts = BY_FORM.get(event.form)
    is_given = event.kind == ConsentEvent.Kind.GIVEN
    return _known(
        x_event_id=str(event.uid),
        event_time=_moment(event.at),
        event_type="explicit",
        event_state=event.kind,
        entity_id=_principal(receipt),
        validity_duration=duration(facts.validity, receipt.version) if facts and is_given else "",
        x_validity_counted_from=facts.counted_from if facts and is_given else "",
        x_method=event.method,
    )


def _verification(receipt: Receipt) -> Fields:
    """What was computed for this copy."""
    return {"rows_as_written": receipt.is_as_written, "words_match_hash": receipt.words_match}


def _known(**fields: object) -> Fields:
    return {name: value for name, value in fields.items() if value not in ("", None, [])}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
