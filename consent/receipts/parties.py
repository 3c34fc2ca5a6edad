"""Who stands on a receipt: the companies, who receives data from them, and the authority.

Names and addresses are those of today; the words agreed to name them as they were then.
"""

from collections.abc import Iterable

from emsar.entities.columns import to_facts
from emsar.entities.models import LegalEntity
from emsar.entities.profile import AuthorityFacts, EntityFacts, RecipientFacts
from emsar.entities.registry import registry

AUTHORITY = "authority"


def companies(slugs: Iterable[str]) -> list[EntityFacts]:
    """The companies of an event, those included that no longer work with us."""
    wanted = list(slugs)
    known = {facts.slug: facts for facts in registry().entities}
    retired = [slug for slug in wanted if slug not in known]
    if retired:
        rows = LegalEntity.objects.filter(slug__in=retired)
        known |= {row.slug: to_facts(EntityFacts, row) for row in rows}
    return [known[slug] for slug in wanted if slug in known]


def recipients(slugs: Iterable[str]) -> list[RecipientFacts]:
    """Those of the recipients that the register of recipients has today."""
    known = {facts.slug: facts for facts in registry().recipients}
    return [known[slug] for slug in slugs if slug in known]


def company_id(slug: str) -> str:
    return f"company:{slug}"


def recipient_id(slug: str) -> str:
    return f"recipient:{slug}"


def company_party(facts: EntityFacts, language: str) -> dict[str, object]:
    """A controller, under the field names of ISO/IEC TS 27560."""
    return {
        "party_id": company_id(facts.slug),
        "party_name": facts.name.get(language),
        "party_role": "pii_controller",
        "party_email": facts.email,
        "party_url": facts.website,
        "party_contact": registry().inquiry_email,
        "x_tin": facts.tin,
    }


def recipient_party(facts: RecipientFacts, language: str) -> dict[str, object]:
    """Who receives the data or keeps them for us; ``x_country`` as the policy names it."""
    return {
        "party_id": recipient_id(facts.slug),
        "party_name": facts.name.get(language),
        "party_role": "recipient",
        "x_purpose": facts.purpose.get(language),
        "x_country": facts.country.get(language),
    }


def authority_party(facts: AuthorityFacts, language: str) -> dict[str, object]:
    """Where people complain (E-8i)."""
    return {
        "party_id": AUTHORITY,
        "party_name": facts.name.get(language),
        "party_role": "authority",
        "party_email": facts.email,
        "party_phone": facts.phone,
        "party_url": facts.website,
        "x_service": facts.service.get(language),
    }
