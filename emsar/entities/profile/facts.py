"""What a profile says, as immutable values. No Django here: the settings read a profile."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from emsar.entities.profile.reader import Texts


class _Slugged(Protocol):
    @property
    def slug(self) -> str: ...


S = TypeVar("S", bound=_Slugged)


def _find(rows: Iterable[S], slug: str, what: str) -> S:
    for row in rows:
        if row.slug == slug:
            return row
    raise LookupError(f"there is no {what} {slug!r}")


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """A legal entity, controller in its own field (E-2a, E-2b). ``host`` redirects, or is empty."""

    slug: str
    name: Texts
    field: Texts
    description: Texts
    email: str
    website: str
    host: str
    tin: str


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """An address that people write to; ``entity`` is empty for the mailbox of the whole group."""

    slug: str
    address: str
    entity: str
    purpose: Texts


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service of the form and where its requests go (E-3.1e); ``entity`` empty: nobody's yet."""

    slug: str
    name: Texts
    entity: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """Somebody who may receive personal data (E-6.2, E-12b); None means not known yet."""

    slug: str
    name: Texts
    purpose: Texts
    country: Texts
    abroad: bool
    contract: bool | None
    contract_expires: dt.date | None
    use_limited: bool | None
    no_contact: bool | None
    adequacy_note: str
    certificate: str
    certificate_url: str
    certificate_expires: dt.date | None
    confirm: bool


@dataclass(frozen=True, slots=True)
class AuthorityFacts:
    """Where people complain (E-8i, E-14a): the authority, its service, and how to reach it."""

    name: Texts
    service: Texts
    website: str
    email: str
    phone: str
    confirm: bool


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """A legal act that the policy rests on (E-1g to E-1j), reviewed every ``review_months``."""

    slug: str
    title: Texts
    number: str
    adopted: dt.date
    last_review: dt.date
    review_months: int
    confirm: bool


@dataclass(frozen=True, slots=True)
class CookieFacts:
    """A cookie of the cookie policy. Its lifetime is a policy term's name, or else a text."""

    name: str
    purpose: Texts
    provider: str
    lifetime_term: str
    lifetime: Texts | None
    party: str
    category: str


@dataclass(frozen=True, slots=True)
class TermFacts:
    """A term of ``[schedule]`` or ``[statutory]``, in a unit of `emsar.datamap.terms`."""

    group: str
    name: str
    value: int
    unit: str
    confirm: bool
    enabled: bool


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day of the business calendar: off, worked though a weekend, or ordinary after all."""

    date: dt.date
    kind: str
    name: Texts
    estimated: bool


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """The organisation as a whole.

    ``registration_number`` and ``registration_date`` are empty until the information system is
    registered with the state; ``prevailing_language`` while none is settled.
    """

    key: str
    brand: str
    about: Texts
    main_host: str
    has_form: bool
    shows_version_number: bool
    default_language: str
    prevailing_language: str
    timezone: str
    opens: dt.time
    closes: dt.time
    registration_number: str
    registration_date: dt.date | None
    inquiry_email: str
    inquiry_subject: Texts
    evidence_email: str
    phone: str
    whatsapp: str


@dataclass(frozen=True)
class Profile(OrganisationFacts):
    """One organisation with all that belongs to it, as its file or as the database says it.

    The look-ups raise LookupError for a slug or name that is not there.
    """

    entities: tuple[EntityFacts, ...]
    mailboxes: tuple[MailboxFacts, ...]
    services: tuple[ServiceFacts, ...]
    recipients: tuple[RecipientFacts, ...]
    authority: AuthorityFacts
    references: tuple[ReferenceFacts, ...]
    cookies: tuple[CookieFacts, ...]
    terms: tuple[TermFacts, ...]
    calendar: tuple[DayFacts, ...]

    @property
    def organisation(self) -> OrganisationFacts:
        """The same, seen without its parts."""
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every official host, the main one first (E-1d)."""
        return (self.main_host, *self.redirects)

    @property
    def redirects(self) -> dict[str, str]:
        """Hosts that only redirect, with the slug of the company page they lead to (E-1e)."""
        return {entity.host: entity.slug for entity in self.entities if entity.host}

    def entity(self, slug: str) -> EntityFacts:
        return _find(self.entities, slug, "entity")

    def mailbox(self, slug: str) -> MailboxFacts:
        return _find(self.mailboxes, slug, "mailbox")

    def mailbox_of(self, entity: str) -> MailboxFacts:
        """The mailbox of an entity; of the whole group when ``entity`` is empty."""
        for row in self.mailboxes:
            if row.entity == entity:
                return row
        raise LookupError(f"there is no mailbox of {entity or 'the whole group'!r}")

    @property
    def default_mailbox(self) -> MailboxFacts:
        """The mailbox of the whole group (E-7.1b); the first one where there is no such."""
        return next((row for row in self.mailboxes if not row.entity), self.mailboxes[0])

    def redirect_of(self, entity: str) -> str:
        """Where an entity's own host leads, as people write it; empty when it has none (E-2f)."""
        return f"{self.main_host}/{entity}" if self.entity(entity).host else ""

    def service(self, slug: str) -> ServiceFacts:
        return _find(self.services, slug, "service")

    def services_of(self, entity: str) -> tuple[ServiceFacts, ...]:
        """What an entity offers, in the order of the form (E-1b, E-1c)."""
        return tuple(row for row in self.services if row.entity == entity)

    def recipient(self, slug: str) -> RecipientFacts:
        return _find(self.recipients, slug, "recipient")

    def reference(self, slug: str) -> ReferenceFacts:
        return _find(self.references, slug, "legal reference")

    def term(self, group: str, name: str) -> TermFacts:
        for row in self.terms:
            if (row.group, row.name) == (group, name):
                return row
        raise LookupError(f"there is no term {name!r} in [{group}]")
