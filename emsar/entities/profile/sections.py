"""Each section of a profile, read into its facts."""

from emsar.entities.profile.facts import (
    AuthorityFacts,
    CookieFacts,
    DayFacts,
    EntityFacts,
    MailboxFacts,
    Profile,
    RecipientFacts,
    ReferenceFacts,
    ServiceFacts,
    TermFacts,
)
from emsar.entities.profile.reader import LANGUAGES, Reader, Texts

# The words of a profile, and the units of `emsar.datamap.terms` (which needs Django).
UNITS = {
    "days": "calendar_days",
    "working_days": "business_days",
    "months": "calendar_months",
    "years": "years",
}
DAY_KINDS = ("off", "worked", "ordinary")


def read_organisation(top: Reader) -> Profile:
    """The whole file; the caller looks at ``top.problems`` before using what comes back."""
    hours, registration = top.table("business_hours"), top.table("registration")
    inquiry, evidence = top.table("inquiry"), top.table("evidence")
    profile = Profile(
        key=top.slug("key"),
        brand=top.string("brand"),
        about=top.texts("about"),
        main_host=top.host("main_host"),
        has_form=top.flag("has_form"),
        shows_version_number=top.flag("shows_version_number"),
        default_language=top.choice("default_language", LANGUAGES),
        prevailing_language=top.choice("prevailing_language", LANGUAGES, required=False),
        timezone=top.string("timezone"),
        phone=top.phone("phone"),
        whatsapp=top.phone("whatsapp"),
        opens=hours.clock("opens"),
        closes=hours.clock("closes"),
        registration_number=registration.string("number", required=False),
        registration_date=registration.maybe_day("date"),
        inquiry_email=inquiry.email("email"),
        inquiry_subject=inquiry.texts("subject"),
        evidence_email=evidence.email("email"),
        entities=tuple(_entity(row) for row in top.tables("entities")),
        mailboxes=tuple(_mailbox(row) for row in top.tables("mailboxes")),
        services=tuple(_service(row) for row in top.tables("services", required=False)),
        recipients=tuple(_recipient(row) for row in top.tables("recipients", required=False)),
        authority=_authority(top.table("authority")),
        references=tuple(_reference(row) for row in top.tables("legal")),
        cookies=tuple(_cookie(row) for row in top.tables("cookies", required=False)),
        terms=(
            *_terms(top.table("schedule"), "schedule"),
            *_terms(top.table("statutory"), "statutory"),
        ),
        calendar=tuple(_day(row) for row in top.tables("calendar", required=False)),
    )
    for reader in (hours, registration, inquiry, evidence, top):
        reader.finish()
    return profile


def _entity(row: Reader) -> EntityFacts:
    facts = EntityFacts(
        slug=row.slug("slug"),
        name=row.texts("name"),
        field=row.texts("field"),
        description=row.texts("description"),
        email=row.email("email"),
        website=row.https("website"),
        host=row.host("host", required=False),
        tin=row.tin("tin"),
    )
    row.finish()
    return facts


def _mailbox(row: Reader) -> MailboxFacts:
    facts = MailboxFacts(
        slug=row.slug("slug"),
        address=row.email("address"),
        entity=row.slug("entity", required=False),
        purpose=row.texts("purpose"),
    )
    row.finish()
    return facts


def _service(row: Reader) -> ServiceFacts:
    facts = ServiceFacts(
        slug=row.slug("slug"),
        name=row.texts("name"),
        entity=row.slug("entity", required=False),
        mailbox=row.slug("mailbox"),
    )
    row.finish()
    return facts


def _recipient(row: Reader) -> RecipientFacts:
    facts = RecipientFacts(
        slug=row.slug("slug"),
        name=row.texts("name"),
        purpose=row.texts("purpose"),
        country=row.texts("country"),
        abroad=row.flag("abroad"),
        contract=row.maybe("contract"),
        contract_expires=row.maybe_day("contract_expires"),
        use_limited=row.maybe("use_limited"),
        no_contact=row.maybe("no_contact"),
        adequacy_note=row.string("adequacy_note", required=False),
        certificate=row.string("certificate", required=False),
        certificate_url=row.https("certificate_url", required=False),
        certificate_expires=row.maybe_day("certificate_expires"),
        confirm=row.flag("confirm", default=False),
    )
    if facts.abroad and not facts.adequacy_note:
        row.fault("adequacy_note", "a recipient abroad needs a note on equal protection (S-3f)")
    row.finish()
    return facts


def _authority(row: Reader) -> AuthorityFacts:
    facts = AuthorityFacts(
        name=row.texts("name"),
        service=row.texts("service"),
        website=row.https("website"),
        email=row.email("email", required=False),
        phone=row.phone("phone"),
        confirm=row.flag("confirm", default=False),
    )
    host = facts.website.removeprefix("https://").split("/")[0]
    if facts.website and not host.endswith(".gov.az"):
        row.fault("website", "the authority's address must end in .gov.az (S-0b)")
    row.finish()
    return facts


def _reference(row: Reader) -> ReferenceFacts:
    facts = ReferenceFacts(
        slug=row.slug("slug"),
        title=row.texts("title"),
        number=row.string("number"),
        adopted=row.day("date"),
        last_review=row.day("last_review"),
        review_months=row.positive("review_months"),
        confirm=row.flag("confirm", default=False),
    )
    row.finish()
    return facts


def _cookie(row: Reader) -> CookieFacts:
    facts = CookieFacts(
        name=row.string("name"),
        purpose=row.texts("purpose"),
        provider=row.string("provider"),
        lifetime_term=row.term_name("lifetime_term", required=False),
        lifetime=row.texts("lifetime") if row.has("lifetime") else None,
        party=row.choice("party", ("first", "third")),
        category=row.choice("category", ("necessary", "analytics")),
    )
    if bool(facts.lifetime_term) == (facts.lifetime is not None):
        row.fault("lifetime", "give either lifetime_term or lifetime in three languages")
    row.finish()
    return facts


def _terms(section: Reader, group: str) -> list[TermFacts]:
    return [_term(section, name, group) for name in section.names()]


def _term(section: Reader, name: str, group: str) -> TermFacts:
    row = section.table(name)
    words = [word for word in UNITS if row.has(word)]
    values = [row.positive(word) for word in words]
    if len(words) != 1:
        section.fault(name, f"needs exactly one of {', '.join(UNITS)}")
    facts = TermFacts(
        group=group,
        name=name,
        value=values[0] if values else 1,
        unit=UNITS[words[0]] if words else "",
        confirm=row.flag("confirm", default=False),
        enabled=row.flag("enabled", default=True),
    )
    row.finish()
    return facts


def _day(row: Reader) -> DayFacts:
    kind = row.choice("kind", DAY_KINDS)
    # An ordinary day leaves the calendar, so it needs no name.
    name = Texts("", "", "") if kind == "ordinary" and not row.has("name") else row.texts("name")
    facts = DayFacts(
        date=row.day("date"), kind=kind, name=name, estimated=row.flag("estimated", default=False)
    )
    row.finish()
    return facts
