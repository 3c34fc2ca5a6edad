"""What a text may print: facts of the registry, terms of the version, addresses of pages.

Every placeholder is resolved here; an unknown or empty one is a reason not to publish.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.datamap.terms import policy_term
from emsar.entities.profile import Profile
from emsar.entities.wording import day_text
from policies.blocks import BLOCKS
from policies.durations import duration


class MissingFactError(LookupError):
    """A text asks for something that the registry or the version does not have."""


@dataclass(frozen=True)
class Facts:
    """The facts of one version in one language; the language must be the active one."""

    profile: Profile
    language: str
    number: str
    effective: date | None
    terms: Mapping[str, int]

    def inline(self, name: str) -> str:
        """The value of an inline placeholder. Raises MissingFactError for none."""
        head, _dot, rest = name.partition(".")
        resolve = _INLINE.get(head)
        try:
            value = resolve(self, rest) if resolve else ""
        except (LookupError, AttributeError, ValueError):
            value = ""
        if not value:
            raise MissingFactError(name)
        return value

    def block(self, name: str) -> str | None:
        """The Markdown of a block placeholder (may be empty); None when there is no such one."""
        build = BLOCKS.get(name)
        return build(self.profile, self.language, self.term) if build else None

    def term(self, name: str) -> str:
        """A term of this version in words."""
        declared = policy_term(name)
        if declared is None or name not in self.terms:
            raise MissingFactError(f"term.{name}")
        return duration(self.terms[name], declared.unit)

    def date(self) -> str:
        return day_text(self.effective, self.language) if self.effective else ""

    def entity(self, rest: str) -> str:
        slug, _dot, attribute = rest.partition(".")
        facts = self.profile.entity(slug)
        if attribute == "redirect":
            return f"{self.profile.main_host}/{slug}"
        value = getattr(facts, attribute)
        return value if isinstance(value, str) else str(value.get(self.language))

    def authority(self, attribute: str) -> str:
        value = getattr(self.profile.authority, attribute)
        return value if isinstance(value, str) else str(value.get(self.language))

    def legal(self, slug: str) -> str:
        return self.profile.reference(slug).title.get(self.language)

    def inquiry(self, attribute: str) -> str:
        if attribute == "email":
            return self.profile.inquiry_email
        return self.profile.inquiry_subject.get(self.language)

    def url(self, name: str) -> str:
        """Absolute, so that a printed or mailed text leads somewhere, and free of the version."""
        return f"{settings.SITE_ORIGIN}{_URLS[name]()}"


_URLS: dict[str, Callable[[], str]] = {
    "home": lambda: reverse("site:home"),
    "form": lambda: reverse("inbox:form"),
    "privacy_policy": lambda: reverse("policies:current", args=["privacy-policy"]),
    "cookie_policy": lambda: reverse("policies:current", args=["cookie-policy"]),
}

_INLINE: dict[str, Callable[[Facts, str], str]] = {
    "version": lambda facts, rest: facts.number,
    "effective": lambda facts, rest: facts.date(),
    "brand": lambda facts, rest: facts.profile.brand,
    "host": lambda facts, rest: facts.profile.main_host if rest == "main" else "",
    "hosts": lambda facts, rest: ", ".join(facts.profile.hosts),
    "term": lambda facts, rest: facts.term(rest),
    "entity": lambda facts, rest: facts.entity(rest),
    "mailbox": lambda facts, rest: facts.profile.mailbox(rest).address,
    "authority": lambda facts, rest: facts.authority(rest),
    "legal": lambda facts, rest: facts.legal(rest),
    "inquiry": lambda facts, rest: facts.inquiry(rest),
    "label": lambda facts, rest: _("Send Request") if rest == "send_request" else "",
    "url": lambda facts, rest: facts.url(rest),
}
