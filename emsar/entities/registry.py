"""The organisation as the database says it, kept in memory until the publication counter changes.

The public form and every page read this; at most once a second one small query looks whether
anything has changed (see `emsar.entities.publication`).
"""

from collections.abc import Iterable
from typing import TypeVar

from django.db import models

from emsar.entities import publication
from emsar.entities.columns import to_facts, values_of
from emsar.entities.models import (
    Authority,
    CalendarDay,
    CookieEntry,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    Recipient,
    ScheduleTerm,
    Service,
)
from emsar.entities.profile import (
    AuthorityFacts,
    CookieFacts,
    DayFacts,
    EntityFacts,
    MailboxFacts,
    OrganisationFacts,
    Profile,
    RecipientFacts,
    ReferenceFacts,
    ServiceFacts,
    TermFacts,
)

F = TypeVar("F")

_kept: list[tuple[int, Profile]] = []


class NotLoadedError(LookupError):
    """No organisation is in the database yet: `load_organisation` has to be run."""


def registry() -> Profile:
    """The organisation in use, without what was retired; NotLoadedError before the first load."""
    counter = publication.seen()
    for kept, snapshot in _kept:
        if kept == counter:
            return snapshot
    snapshot = read_registry()
    _kept[:] = [(counter, snapshot)]
    return snapshot


def reset() -> None:
    """Forget what is kept: for tests that write rows without `publication.bump`."""
    _kept.clear()
    publication.forget()


def read_registry() -> Profile:
    """The same read from the database at once, kept nowhere."""
    while True:
        counter = publication.current()
        snapshot = _read()
        # A load that commits between two of our queries would give half of each.
        if publication.current() == counter:
            return snapshot


def _read() -> Profile:
    organisation = Organisation.objects.first()
    authority = Authority.objects.first()
    if organisation is None or authority is None:
        raise NotLoadedError("no organisation is loaded: run manage.py load_organisation")
    return Profile(
        **values_of(OrganisationFacts, organisation),
        entities=_all(EntityFacts, LegalEntity.objects.filter(active=True)),
        mailboxes=_all(MailboxFacts, Mailbox.objects.filter(active=True)),
        services=_all(ServiceFacts, Service.objects.filter(active=True)),
        recipients=_all(RecipientFacts, Recipient.objects.filter(active=True)),
        authority=to_facts(AuthorityFacts, authority),
        references=_all(ReferenceFacts, LegalReference.objects.filter(active=True)),
        cookies=_all(CookieFacts, CookieEntry.objects.all()),
        terms=_all(TermFacts, ScheduleTerm.objects.all()),
        calendar=_all(DayFacts, CalendarDay.objects.all()),
    )


def _all(kind: type[F], rows: Iterable[models.Model]) -> tuple[F, ...]:
    return tuple(to_facts(kind, row) for row in rows)


def term_value(group: str, name: str) -> int:
    """The value of a term of ``schedule`` or ``statutory``; LookupError when it is switched off."""
    term = registry().term(group, name)
    if not term.enabled:
        raise LookupError(f"the term {name!r} of [{group}] is switched off")
    return term.value
