"""The gate before publication: everything that is wrong with a version, in words.

A draft is shown with the same list, so that nobody has to try in order to find out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from emsar.datamap.terms import policy_term
from emsar.entities.profile import LANGUAGES
from emsar.entities.registry import registry
from policies.articles import render_texts
from policies.markdown import Article
from policies.models import PolicyText, PolicyVersion
from policies.rendering import Rendered

MAX_TITLE = PolicyText._meta.get_field("title").max_length or 0

MESSAGES_IN = "en"

Texts = Mapping[str, Rendered]
Check = Callable[[PolicyVersion], Iterable[str]]

# What is left of a placeholder or of clause ids that nobody could read.
_LEFT_OVER = re.compile(r"\{\{[^}]*\}?\}?|\}\}|\{[ES]-[^}]*\}?")

_checks: list[Check] = []


def register_check(check: Check) -> None:
    """Let a higher room refuse versions that its own texts or rules cannot live with."""
    if check not in _checks:
        _checks.append(check)


def refusals(version: PolicyVersion, effective: date | None = None) -> list[str]:
    """Everything that keeps a version from being published on ``effective``, or its own date."""
    day = effective or version.effective_date
    return reasons_against(version, render_texts(version, day), day)


def reasons_against(version: PolicyVersion, texts: Texts, day: date | None) -> list[str]:
    """The same for articles that are rendered already."""
    return [
        *_about_date(version, day),
        *_about_messages(texts),
        *_about_languages(texts),
        *_about_content(texts),
        *_about_terms(version, texts),
        *(reason for check in _checks for reason in check(version)),
    ]


def _about_date(version: PolicyVersion, day: date | None) -> Iterator[str]:
    if version.is_published:
        yield _("This version is published already.")
    if day is None:
        yield _("It has no effective date.")
        return
    published = PolicyVersion.objects.published().filter(policy=version.policy_id)
    latest = published.order_by("-effective_date").first()
    # The first version may have been in force before this site existed; S-8b holds from then on.
    if latest and day < timezone.localdate():
        yield _("Its effective date is in the past.")
    if latest and latest.effective_date and day < latest.effective_date:
        yield _("A version with a later effective date is published already.")


def _about_messages(texts: Texts) -> Iterator[str]:
    """Units and labels come from the catalogues; one that is not compiled would freeze English."""
    for code in texts:
        with translation.override(code):
            is_translated = code == MESSAGES_IN or _("Send Request") != "Send Request"
        if not is_translated:
            yield _("The messages in “%s” are not compiled: run compile_messages.") % code


def _about_languages(texts: Texts) -> Iterator[str]:
    for language in LANGUAGES:
        if language not in texts:
            yield _("There is no text in “%s”.") % language
    clauses = {code: frozenset(text.article.clauses) for code, text in texts.items()}
    for code, missing in _lacking(clauses):
        yield _("“%(code)s” lacks clauses: %(ids)s") % {"code": code, "ids": missing}
    used = {code: frozenset(text.used) for code, text in texts.items()}
    for code, missing in _lacking(used):
        yield _("“%(code)s” does not print: %(names)s") % {"code": code, "names": missing}


def _lacking(found: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """For each language what the others have and it has not."""
    every = frozenset().union(*found.values())
    for code, own in found.items():
        if missing := every - own:
            yield code, ", ".join(sorted(missing))


def _about_content(texts: Texts) -> Iterator[str]:
    for code, text in texts.items():
        for words, what in _problems(text):
            yield words % {"code": code, "what": what}


def _problems(text: Rendered) -> Iterator[tuple[str, str]]:
    article = text.article
    if not 0 < len(article.title) <= MAX_TITLE:
        yield _("“%(code)s” needs a title that is not too long."), ""
    found = [
        (_("“%(code)s” has clauses twice: %(what)s"), _doubled(article.clauses)),
        (_("“%(code)s” has sections twice: %(what)s"), _doubled(_numbers(article))),
        (_("“%(code)s” has clauses without a text: %(what)s"), _nowhere(text)),
        (_("“%(code)s” has empty headings: %(what)s"), article.empty_headings),
        (_("“%(code)s” prints what is not known: %(what)s"), sorted(set(text.missing))),
        (_("“%(code)s” holds what cannot be read: %(what)s"), _LEFT_OVER.findall(article.html)),
    ]
    for words, names in found:
        if names:
            yield words, ", ".join(names)


def _doubled(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _numbers(article: Article) -> list[str]:
    """The numbers of all sections, which their links are made of."""
    found = []
    for _anchor, number, _title, children in article.sections:
        found += [number, *(child[1] for child in children)]
    return found


def _nowhere(text: Rendered) -> list[str]:
    """Clauses that no element of the article is named after: nothing could link to them."""
    html = text.article.html
    return [clause for clause in text.article.clauses if f'id="{clause}"' not in html]


def _about_terms(version: PolicyVersion, texts: Texts) -> Iterator[str]:
    printed = {name for text in texts.values() for name in _terms_printed(text)}
    for name in sorted(version.terms):
        if policy_term(name) is None:
            yield _("No rule is declared for the term “%s”.") % name
        elif name not in printed:
            yield _("The term “%s” is not printed by the text.") % name
    before = PolicyVersion.objects.in_force(version.policy_id, timezone.localdate())
    for name in sorted(set(before.terms if before else {}) - set(version.terms)):
        # The rule that reads the term would stand without a value.
        yield _("The term “%s” of the version in force is missing.") % name


def _terms_printed(text: Rendered) -> set[str]:
    inline = {name.removeprefix("term.") for name in text.used if name.startswith("term.")}
    # The cookie table prints its terms itself.
    blocks = {row.lifetime_term for row in registry().cookies} if "cookies" in text.used else set()
    return inline | blocks
