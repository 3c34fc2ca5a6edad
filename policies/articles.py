"""The articles of a version: its three sources, filled in and rendered."""

import hashlib
from datetime import date

from django.utils import translation

from emsar.entities.registry import registry
from policies.facts import Facts
from policies.models import PolicyVersion
from policies.rendering import Rendered, render


def facts_of(version: PolicyVersion, language: str, effective: date | None = None) -> Facts:
    """What a text may print under a version, in the active language.

    ``effective`` is the effective date to print; without it, that of the version.
    """
    return Facts(
        profile=registry(),
        language=language,
        policy=version.policy_id,
        number=version.number,
        effective=effective or version.effective_date,
        terms={str(name): int(value) for name, value in version.terms.items()},
    )


def render_texts(version: PolicyVersion, effective: date | None = None) -> dict[str, Rendered]:
    """The articles by language, as they would be published now with this effective date."""
    rendered = {}
    for text in version.texts.order_by("language"):
        with translation.override(text.language):
            facts = facts_of(version, text.language, effective)
            rendered[text.language] = render(text.source, facts)
    return rendered


def article_digest(title: str, html: str) -> str:
    """SHA-256 of an article: the title, a line feed, the body."""
    return hashlib.sha256(f"{title}\n{html}".encode()).hexdigest()
