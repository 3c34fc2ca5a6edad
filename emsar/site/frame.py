"""What every page shows around its content: brand, menu, languages, controllers, addresses.

Made from a profile: the registry's for pages, the file's for error pages (no database).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.datamap import terms
from emsar.entities.profile import EntityFacts, Profile
from emsar.entities.registry import registry
from emsar.site.languages import SHORT_NAMES, active_language, codes, path_in

PRIVACY = "privacy-policy"
COOKIES = "cookie-policy"
# Two looks, so that two companies side by side are told apart.
TONES = 2

PolicySlugs = Callable[[], Sequence[str]]
_policies: list[PolicySlugs] = []


def register_policies(slugs: PolicySlugs) -> None:
    """Let the app of the policies say which of them are published, for the links to them."""
    _policies[:] = [slugs]


def published_policies() -> Sequence[str]:
    return _policies[0]() if _policies else (PRIVACY, COOKIES)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a menu; ``strong`` is the one that the page would like to be followed."""

    label: str
    url: str
    is_here: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Company:
    """A legal entity in one language; ``tone`` (1 or 2) is the look of its part of a page."""

    slug: str
    name: str
    field: str
    description: str
    email: str
    website: str
    tin: str
    tone: int
    url: str
    services: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    name: str
    service: str
    website: str
    email: str
    phone: str


class Frame:
    """One organisation in one language, on one page."""

    def __init__(
        self, profile: Profile, language: str, path: str, policies: Sequence[str] = (PRIVACY,)
    ) -> None:
        self.organisation = profile
        self.language = language
        self.path = path
        self.origin: str = settings.SITE_ORIGIN
        self._policies = policies

    @property
    def brand(self) -> str:
        return self.organisation.brand

    @property
    def about(self) -> str:
        return self.organisation.about.get(self.language)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The only genuine hosts (S-0d)."""
        return self.organisation.hosts

    @property
    def mailboxes(self) -> tuple[object, ...]:
        """The only addresses we write from (S-0f)."""
        return self.organisation.mailboxes

    @property
    def has_form(self) -> bool:
        return self.organisation.has_form

    @cached_property
    def authority(self) -> Authority:
        """Where people complain (E-8i)."""
        facts = self.organisation.authority
        name, service = facts.name.get(self.language), facts.service.get(self.language)
        return Authority(name, service, facts.website, facts.email, facts.phone)

    @cached_property
    def companies(self) -> tuple[Company, ...]:
        """The controllers (E-1a), in the profile's order."""
        rows = enumerate(self.organisation.entities)
        return tuple(self._company(facts, number % TONES + 1) for number, facts in rows)

    def company(self, slug: str) -> Company | None:
        return next((company for company in self.companies if company.slug == slug), None)

    def _company(self, facts: EntityFacts, tone: int) -> Company:
        own = (row for row in self.organisation.services if row.entity == facts.slug)
        return Company(
            slug=facts.slug,
            name=facts.name.get(self.language),
            field=facts.field.get(self.language),
            description=facts.description.get(self.language),
            email=facts.email,
            website=facts.website,
            tin=facts.tin,
            tone=tone,
            url=reverse("site:company", args=[facts.slug]),
            services=tuple(Named(row.slug, row.name.get(self.language)) for row in own),
        )

    @property
    def entities(self) -> tuple[Company, ...]:
        return self.companies

    @property
    def form_url(self) -> str:
        """The form's address; empty when the organisation has none."""
        return reverse("inbox:form") if self.has_form else ""

    @cached_property
    def reply_within(self) -> int | None:
        """In how many business days a request is answered (E-4a).

        None while no version in force says so; a page then promises nothing.
        """
        try:
            return terms.value("policy", "reply_within")
        except LookupError:
            return None

    @property
    def privacy_url(self) -> str:
        return policy_url(PRIVACY)

    @property
    def menu(self) -> list[Link]:
        """Home, the companies, the form, the privacy policy."""
        links = [Link(_("Home"), reverse("site:home"))]
        links += [Link(company.name, company.url) for company in self.companies]
        links.append(Link(_("Privacy"), self.privacy_url))
        if self.has_form:
            links.append(Link(_("Free Consultation"), self.form_url, strong=True))
        return [Link(link.label, link.url, link.url == self.path, link.strong) for link in links]

    @property
    def documents(self) -> list[Link]:
        """The published policies, linked on every page (E-0b)."""
        labels = {PRIVACY: _("Privacy policy"), COOKIES: _("Cookie policy")}
        return [
            Link(label, policy_url(slug))
            for slug, label in labels.items()
            if slug in self._policies
        ]

    @cached_property
    def languages(self) -> list[tuple[str, str, str]]:
        """Code, label and address of this page for each language."""
        return [(code, SHORT_NAMES[code], quote(path_in(code, self.path))) for code in codes()]

    @property
    def canonical(self) -> str:
        return f"{self.origin}{quote(path_in(self.language, self.path))}"

    @property
    def default_url(self) -> str:
        """The page for readers of none of our languages (hreflang x-default)."""
        return f"{self.origin}{quote(path_in(settings.LANGUAGE_CODE, self.path))}"


def policy_url(slug: str) -> str:
    return reverse("policies:current", args=[slug])


def page_frame(request: HttpRequest) -> Frame:
    """The frame of a page, from the registry."""
    return Frame(registry(), active_language(), request.path, published_policies())


def file_frame(request: HttpRequest, language: str) -> Frame:
    """The frame of an error page, from the profile file alone."""
    return Frame(settings.PROFILE, language, request.path)
