"""The register of cookies as the settings page shows it (E-10b): what the policy's table says."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.choice.answers import version_in_force
from consent.notices import ANALYTICS
from emsar.datamap.terms import policy_term
from emsar.entities.profile import CookieFacts
from emsar.entities.registry import registry
from emsar.site.cookies import cookie_name
from emsar.site.languages import active_language
from policies.durations import term_text


@dataclass(frozen=True)
class CookieRow:
    """One cookie in the active language."""

    name: str
    purpose: str
    provider: str
    lifetime: str
    party: str
    needs_choice: bool


def cookie_rows() -> list[CookieRow]:
    """Every cookie that the site can set, necessary ones first."""
    rows = [_row(cookie) for cookie in registry().cookies]
    return sorted(rows, key=lambda row: row.needs_choice)


def _row(cookie: CookieFacts) -> CookieRow:
    parties = {"first": _("first party"), "third": _("third party")}
    language = active_language()
    return CookieRow(
        name=cookie_name(cookie.name),
        purpose=cookie.purpose.get(language),
        provider=cookie.provider,
        lifetime=_lifetime(cookie, language),
        party=parties[cookie.party],
        needs_choice=cookie.category == ANALYTICS,
    )


def _lifetime(cookie: CookieFacts, language: str) -> str:
    """A term of the version in force in words, or the register's own words."""
    term, version = policy_term(cookie.lifetime_term), version_in_force()
    if term is not None and version is not None and term.name in version.terms:
        return term_text(term, int(version.terms[term.name]))
    return cookie.lifetime.get(language) if cookie.lifetime else "—"
