"""Publishing freezes: three articles are rendered, hashed and stored, and nothing changes them.

The gate refuses with the whole list of reasons. It is the same gate that a draft is shown with.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.datamap.terms import policy_term
from emsar.entities import publication
from emsar.entities.profile import LANGUAGES
from emsar.entities.registry import registry
from policies.facts import Facts
from policies.models import PolicyPublication, PolicyText, PolicyVersion
from policies.rendering import Rendered, render


class PublishingRefusedError(Exception):
    """The version may not be published; ``reasons`` says everything that is wrong with it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def facts_of(version: PolicyVersion, language: str) -> Facts:
    """What the texts of a version may print, in the active language."""
    terms = {str(name): int(value) for name, value in version.terms.items()}
    return Facts(registry(), language, version.number, version.effective_date, terms)


def render_texts(version: PolicyVersion) -> dict[str, Rendered]:
    """The three articles as they would be published now."""
    rendered = {}
    for text in version.texts.all():
        with translation.override(text.language):
            rendered[text.language] = render(text.source, facts_of(version, text.language))
    return rendered


def refusals(version: PolicyVersion, effective: date | None = None) -> list[str]:
    """Everything that keeps a version from being published on ``effective``, in words."""
    version.effective_date = effective or version.effective_date
    rendered = render_texts(version)
    return [
        *_about_date(version),
        *_about_languages(rendered),
        *_about_content(rendered),
        *_about_terms(version, rendered),
    ]


def _about_date(version: PolicyVersion) -> Iterator[str]:
    if version.is_published:
        yield _("This version is published already.")
    day = version.effective_date
    if day is None:
        yield _("It has no effective date.")
        return
    last = PolicyVersion.objects.published().filter(policy=version.policy_id)
    latest = last.order_by("-effective_date").first()
    # The first version may have been in force before this site existed; S-8b holds from then on.
    if latest and day < timezone.localdate():
        yield _("Its effective date is in the past.")
    if latest and latest.effective_date and day < latest.effective_date:
        yield _("A version with a later effective date is published already.")


def _about_languages(rendered: dict[str, Rendered]) -> Iterator[str]:
    for language in LANGUAGES:
        if language not in rendered:
            yield _("There is no text in “%s”.") % language
    sets = {code: frozenset(text.article.clauses) for code, text in rendered.items()}
    every = frozenset().union(*sets.values())
    for code, clauses in sets.items():
        if missing := sorted(every - clauses):
            yield _("“%(code)s” lacks clauses: %(ids)s") % {"code": code, "ids": ", ".join(missing)}
    used = {code: frozenset(text.used) for code, text in rendered.items()}
    common = frozenset().union(*used.values())
    for code, names in used.items():
        if missing := sorted(common - names):
            words = {"code": code, "names": ", ".join(missing)}
            yield _("“%(code)s” does not print: %(names)s") % words


def _about_content(rendered: dict[str, Rendered]) -> Iterator[str]:
    for code, text in rendered.items():
        article = text.article
        doubled = sorted({c for c in article.clauses if article.clauses.count(c) > 1})
        problems = [
            (_("has no title"), "" if article.title else " "),
            (_("has clauses twice"), ", ".join(doubled)),
            (_("has empty headings"), ", ".join(article.empty_headings)),
            (_("prints what is not known"), ", ".join(sorted(set(text.missing)))),
        ]
        for problem, what in problems:
            if what:
                yield f"“{code}” {problem}: {what}".rstrip(": ")


def _about_terms(version: PolicyVersion, rendered: dict[str, Rendered]) -> Iterator[str]:
    printed = {name for text in rendered.values() for name in _terms_printed(text)}
    for name in sorted(set(version.terms)):
        if policy_term(name) is None:
            yield _("No rule is declared for the term “%s”.") % name
        elif name not in printed:
            yield _("The term “%s” is not printed by the text.") % name


def _terms_printed(text: Rendered) -> set[str]:
    inline = {name.removeprefix("term.") for name in text.used if name.startswith("term.")}
    # The cookie table prints its terms itself.
    blocks = {row.lifetime_term for row in registry().cookies} if "cookies" in text.used else set()
    return inline | blocks


@transaction.atomic
def publish(
    version: PolicyVersion, *, actor: UUID | None, effective: date | None = None
) -> PolicyVersion:
    """Freeze and publish a version. Raises PublishingRefusedError with every reason."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    reasons = refusals(version, effective)
    if reasons:
        raise PublishingRefusedError(reasons)
    digests = {code: _freeze(version, code, text) for code, text in render_texts(version).items()}
    version.published_at, version.published_by = timezone.now(), actor
    version.save(update_fields=["effective_date", "published_at", "published_by"])
    PolicyPublication(
        policy=version.policy_id,
        number=version.number,
        version=version.uid,
        effective_date=version.effective_date,
        terms=version.terms,
        digests=digests,
    ).save()
    record("policy.publish", actor=actor, obj=version, detail={"number": version.number})
    publication.bump()
    return version


def _freeze(version: PolicyVersion, language: str, text: Rendered) -> str:
    article = text.article
    digest = article_digest(article.title, article.html)
    PolicyText.objects.filter(version=version, language=language).update(
        title=article.title,
        html=article.html,
        sections=article.sections,
        clauses=article.clauses,
        sha256=digest,
    )
    return digest


def article_digest(title: str, html: str) -> str:
    """SHA-256 of an article: the title, a line feed, the body."""
    return hashlib.sha256(f"{title}\n{html}".encode()).hexdigest()


def differs_from_registry(version: PolicyVersion) -> list[str]:
    """The languages in which a published version would read differently today (idea 2)."""
    stored = {text.language: text.sha256 for text in version.texts.all()}
    return [
        code
        for code, text in render_texts(version).items()
        if article_digest(text.article.title, text.article.html) != stored.get(code)
    ]
