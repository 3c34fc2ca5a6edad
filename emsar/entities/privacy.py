"""This app's page of the data map: the organisation's own public facts, nobody's personal data."""

from emsar.datamap import declare_free
from emsar.entities.models import (
    Authority,
    CalendarDay,
    CookieEntry,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    PublicationCounter,
    Recipient,
    ScheduleTerm,
    Service,
)


def _texts(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{language}" for name in names for language in ("az", "en", "ru"))


_RETIRABLE = ("slug", "position", "active")

declare_free(
    Organisation,
    published_facts_of_the_organisation=(
        *("id", "key", "brand", "main_host", *_texts("about")),
        *("default_language", "prevailing_language", "timezone", "opens", "closes"),
        *("registration_number", "registration_date"),
    ),
    switches_of_the_installation=("has_form", "shows_version_number"),
    shared_addresses_of_the_organisation_not_of_a_person=(
        *("inquiry_email", *_texts("inquiry_subject"), "evidence_email", "phone", "whatsapp"),
    ),
)
declare_free(
    LegalEntity,
    published_facts_of_a_legal_person=(
        *(*_RETIRABLE, *_texts("name", "field", "description"), "website", "host", "tin"),
    ),
    shared_addresses_of_the_organisation_not_of_a_person=("email",),
)
declare_free(
    Mailbox,
    shared_addresses_of_the_organisation_not_of_a_person=("address",),
    published_facts_of_the_organisation=(*_RETIRABLE, "entity", *_texts("purpose")),
)
declare_free(
    Service,
    published_facts_of_the_organisation=(*_RETIRABLE, "entity", "mailbox", *_texts("name")),
)
declare_free(
    Recipient,
    facts_of_a_service_provider_and_its_contract=(
        *(*_RETIRABLE, *_texts("name", "purpose", "country"), "abroad"),
        *("contract", "contract_expires", "use_limited", "no_contact", "adequacy_note"),
        *("certificate", "certificate_url", "certificate_expires", "confirm"),
    ),
)
declare_free(
    Authority,
    published_facts_of_a_state_body=(
        *("id", *_texts("name", "service"), "website", "email", "phone", "confirm"),
    ),
)
declare_free(
    LegalReference,
    facts_of_a_legal_act=(
        *(*_RETIRABLE, *_texts("title"), "number", "adopted"),
        *("last_review", "review_months", "confirm"),
    ),
)
declare_free(
    CookieEntry,
    facts_of_a_cookie_not_of_who_has_it=(
        *("name", "position", "provider", *_texts("purpose", "lifetime")),
        *("lifetime_term", "party", "category"),
    ),
)
declare_free(
    ScheduleTerm,
    terms_of_the_organisation=(
        *("id", "group", "name", "position", "value", "unit", "confirm", "enabled"),
    ),
)
declare_free(
    CalendarDay,
    public_calendar=("id", "date", "kind", *_texts("name"), "estimated", "source"),
)
declare_free(PublicationCounter, counter=("id", "value"))
