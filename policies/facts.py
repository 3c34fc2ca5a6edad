"""What a text may print: facts of the registry, terms of the version, addresses of pages.

Every placeholder is resolved here; an unknown or empty one is a reason not to publish.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.datamap.terms import policy_term
from emsar.entities.profile import Profile, Texts
from emsar.entities.wording import day_text
from policies.blocks import BLOCKS
from policies.durations import term_text


class MissingFactError(LookupError):
    """A text asks for something that the registry or the version does not have."""


@dataclass(frozen=True)
class Facts:
    """The facts of one version in one language; the language must be the active one."""

    profile: Profile
    language: str
    policy: str
    number: str
    effective: date | None
    terms: Mapping[str, int]

    def inline(self, name: str) -> str:
        """The value of an inline placeholder. Raises MissingFactError for none."""
        head, dot, rest = name.partition(".")
        resolve = _INLINE.get(head + dot)
        try:
            value = resolve(self, rest) if resolve else ""
        except (LookupError, AttributeError):
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
        return term_text(declared, self.terms[name])

    def date(self) -> str:
        return day_text(self.effective, self.language) if self.effective else ""

    def entity(self, rest: str) -> str:
        slug, _dot, attribute = rest.partition(".")
        if attribute == "redirect":
            return self.profile.redirect_of(slug)
        return self._words(getattr(self.profile.entity(slug), attribute))

    def authority(self, attribute: str) -> str:
        return self._words(getattr(self.profile.authority, attribute))

    def _words(self, value: str | Texts) -> str:
        return value if isinstance(value, str) else value.get(self.language)

    def legal(self, slug: str) -> str:
        return self.profile.reference(slug).title.get(self.language)

    def inquiry(self, attribute: str) -> str:
        stated: dict[str, str | Texts] = {
            "email": self.profile.inquiry_email,
            "subject": self.profile.inquiry_subject,
        }
        return self._words(stated[attribute])

    def url(self, name: str) -> str:
        """Without the origin: a frozen text outlives a port, and its hash is the same anywhere."""
        if name == "form" and not self.profile.has_form:
            raise MissingFactError("url.form")
        return _URLS[name](self)


_URLS: dict[str, Callable[[Facts], str]] = {
    "home": lambda facts: reverse("site:home"),
    "form": lambda facts: reverse("inbox:form"),
    "privacy_policy": lambda facts: reverse("policies:current", args=["privacy-policy"]),
    "cookies": lambda facts: reverse("consent:cookies"),
    "cookie_policy": lambda facts: reverse("policies:current", args=["cookie-policy"]),
    # The one version that is printed or agreed to, whatever comes into force later.
    "this_version": lambda facts: reverse("policies:version", args=[facts.policy, facts.number]),
}

# By the part up to the first dot; the rest is the function's to understand.
_INLINE: dict[str, Callable[[Facts, str], str]] = {
    "version": lambda facts, rest: facts.number,
    "effective": lambda facts, rest: facts.date(),
    "brand": lambda facts, rest: facts.profile.brand,
    "host.": lambda facts, rest: facts.profile.main_host if rest == "main" else "",
    "hosts": lambda facts, rest: ", ".join(facts.profile.hosts),
    "term.": lambda facts, rest: facts.term(rest),
    "entity.": lambda facts, rest: facts.entity(rest),
    "mailbox.": lambda facts, rest: facts.profile.mailbox(rest).address,
    "authority.": lambda facts, rest: facts.authority(rest),
    "legal.": lambda facts, rest: facts.legal(rest),
    "inquiry.": lambda facts, rest: facts.inquiry(rest),
    "label.": lambda facts, rest: _("Send Request") if rest == "send_request" else "",
    "url.": lambda facts, rest: facts.url(rest),
}
