"""Blocks that a text prints from the registry: lists and tables, as Markdown."""

import re
from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from emsar.entities.profile import Profile
from emsar.site.cookies import cookie_name

Term = Callable[[str], str]
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#&])")


def escape(text: str) -> str:
    """Text that Markdown must take literally."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = [list(row) for row in rows]
    if not body:
        return ""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def contact_channels(profile: Profile, language: str, term: Term) -> str:
    """The group's mailbox and, when the profile gives them, phone and WhatsApp (E-2.1, E-14b)."""
    lines = [_("Email: %s") % escape(profile.default_mailbox.address)]
    if profile.phone:
        lines.append(_("Phone: %s") % escape(profile.phone))
    if profile.whatsapp:
        lines.append(_("WhatsApp: %s") % escape(profile.whatsapp))
    return _list(lines)


def recipients(profile: Profile, language: str, term: Term) -> str:
    """The register of recipients (E-6.2, E-12b)."""
    head = [_("Recipient"), _("Purpose"), _("Country")]
    rows = (
        [
            escape(row.name.get(language)),
            escape(row.purpose.get(language)),
            escape(row.country.get(language)),
        ]
        for row in profile.recipients
    )
    return _table(head, rows)


def cookies(profile: Profile, language: str, term: Term) -> str:
    """The register of cookies (E-10b)."""
    head = [_("Name"), _("Kind"), _("Purpose"), _("Provider"), _("Term")]
    parties = {"first": _("first party"), "third": _("third party")}
    kinds = {"necessary": _("necessary"), "analytics": _("analytics")}
    return _table(
        head,
        (
            [
                escape(cookie_name(row.name)),
                kinds[row.category],
                escape(row.purpose.get(language)),
                f"{escape(row.provider)} ({parties[row.party]})",
                term(row.lifetime_term) if row.lifetime is None else row.lifetime.get(language),
            ]
            for row in profile.cookies
        ),
    )


def mailboxes(profile: Profile, language: str, term: Term) -> str:
    """The mailboxes in which requests are kept (E-7.1b to E-7.1d)."""
    return _list(
        f"{escape(row.address)} ({escape(row.purpose.get(language))})" for row in profile.mailboxes
    )


def entities(profile: Profile, language: str, term: Term) -> str:
    """The controllers with field, address and TIN (E-2)."""
    return _list(
        _("%(name)s: %(field)s; email %(email)s; TIN %(tin)s")
        % {
            "name": escape(row.name.get(language)),
            "field": escape(row.field.get(language)),
            "email": escape(row.email),
            "tin": row.tin,
        }
        for row in profile.entities
    )


def authority_contact(profile: Profile, language: str, term: Term) -> str:
    """Where to complain (E-14a)."""
    facts = profile.authority
    service, name = (escape(text.get(language)) for text in (facts.service, facts.name))
    lines = [", ".join(part for part in (service, name) if part)]
    if facts.website:
        lines.append(f"[{escape(facts.website)}]({facts.website})")
    if facts.email:
        lines.append(_("Email: %s") % escape(facts.email))
    if facts.phone:
        lines.append(_("Phone: %s") % escape(facts.phone))
    return _list(line for line in lines if line)


BLOCKS: dict[str, Callable[[Profile, str, Term], str]] = {
    "contact_channels": contact_channels,
    "recipients": recipients,
    "cookies": cookies,
    "mailboxes": mailboxes,
    "entities": entities,
    "authority_contact": authority_contact,
}
