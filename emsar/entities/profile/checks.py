"""What the parts of a profile must be to one another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from emsar.entities.profile.facts import Profile
from emsar.entities.profile.reader import Problem

SCHEDULE = frozenset(
    {
        "case_documents",
        "case_skeleton",
        "outbox_row",
        "consent_events",
        "transfers",
        "disclosures",
        "certificates",
        "deletion_orders",
        "seals",
        "views",
        "audit_events",
        "login_attempts",
        "nonces",
        "rate_counters",
        "cookie_choice",
        "spam",
        "deletion_reserve",
        "unanswered_wait",
        "backups",
        "package_link",
        "case_link",
        "security_review",
    }
)
STATUTORY = frozenset({"answer", "extension", "refusal", "notify_recipients", "child_case"})

Check = Callable[[Profile], Iterator[Problem]]


def problems_between(profile: Profile) -> list[Problem]:
    """The faults that no single key shows: repeated slugs, pointers that lead nowhere."""
    checks: tuple[Check, ...] = (
        _repeated,
        _hosts,
        _mailbox_owners,
        _service_targets,
        _form,
        _hours,
        _zone,
        _term_names,
    )
    return [problem for check in checks for problem in check(profile)]


def _twice(key: str, values: Iterable[object]) -> Iterator[Problem]:
    for value, times in Counter(values).items():
        if times > 1:
            yield Problem(key, f"{value} stands {times} times")


def _repeated(profile: Profile) -> Iterator[Problem]:
    yield from _twice("entities.slug", (row.slug for row in profile.entities))
    yield from _twice("entities.tin", (row.tin for row in profile.entities if row.tin))
    yield from _twice("mailboxes.slug", (row.slug for row in profile.mailboxes))
    yield from _twice("mailboxes.address", (row.address.lower() for row in profile.mailboxes))
    yield from _twice("services.slug", (row.slug for row in profile.services))
    yield from _twice("recipients.slug", (row.slug for row in profile.recipients))
    yield from _twice("legal.slug", (row.slug for row in profile.references))
    yield from _twice("cookies.name", (row.name for row in profile.cookies))
    yield from _twice("calendar.date", (row.date for row in profile.calendar))


def _hosts(profile: Profile) -> Iterator[Problem]:
    hosts = [row.host for row in profile.entities if row.host]
    yield from _twice("entities.host", hosts)
    if profile.main_host in hosts:
        yield Problem("entities.host", f"{profile.main_host} is the main host and cannot redirect")


def _mailbox_owners(profile: Profile) -> Iterator[Problem]:
    entities = {row.slug for row in profile.entities}
    for row in profile.mailboxes:
        if row.entity and row.entity not in entities:
            yield Problem(f"mailboxes[{row.slug}].entity", f"there is no entity {row.entity!r}")


def _service_targets(profile: Profile) -> Iterator[Problem]:
    entities = {row.slug for row in profile.entities}
    owners = {row.slug: row.entity for row in profile.mailboxes}
    for row in profile.services:
        key = f"services[{row.slug}]"
        if row.entity and row.entity not in entities:
            yield Problem(f"{key}.entity", f"there is no entity {row.entity!r}")
        if row.mailbox not in owners:
            yield Problem(f"{key}.mailbox", f"there is no mailbox {row.mailbox!r}")
        elif owners[row.mailbox] != row.entity:
            yield Problem(f"{key}.mailbox", f"mailbox {row.mailbox!r} belongs to another entity")


def _form(profile: Profile) -> Iterator[Problem]:
    if profile.has_form and not profile.services:
        yield Problem("services", "a profile with a form needs at least one service")


def _hours(profile: Profile) -> Iterator[Problem]:
    if profile.opens >= profile.closes:
        yield Problem("business_hours.closes", "must be later than business_hours.opens")


def _zone(profile: Profile) -> Iterator[Problem]:
    try:
        ZoneInfo(profile.timezone or "UTC")
    except (ValueError, OSError, LookupError):
        yield Problem("timezone", f"{profile.timezone!r} is not a time zone")


def _term_names(profile: Profile) -> Iterator[Problem]:
    for group, expected in (("schedule", SCHEDULE), ("statutory", STATUTORY)):
        found = {row.name for row in profile.terms if row.group == group}
        for name in sorted(expected - found):
            yield Problem(f"{group}.{name}", "this key is missing")
        for name in sorted(found - expected):
            yield Problem(f"{group}.{name}", "this key is not known")
