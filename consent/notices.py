"""The words beside the button, rendered from their document with the terms in force.

The first part is the sentence, what follows the line ``---`` is the fold-out with all that a
written consent must contain (law.md).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from consent.wording import screen_sha256
from emsar.entities import publication
from emsar.entities.profile import LANGUAGES
from emsar.entities.registry import registry
from policies.articles import facts_of
from policies.models import PolicyVersion
from policies.rendering import Rendered, render
from policies.versions import COOKIES, PRIVACY, UNDERTAKING, in_force

FREE_CONSULTATION = "free-consultation"
COOKIE_CHOICE = "cookies"
STAFF_UNDERTAKING = "undertaking"
ANALYTICS = "analytics"
# Under which policy each form's words are agreed to.
FORMS = {FREE_CONSULTATION: PRIVACY, COOKIE_CHOICE: COOKIES, STAFF_UNDERTAKING: UNDERTAKING}
# What colleagues agree to is no choice of visitors, and stands in none of their figures.
OF_STAFF = frozenset({STAFF_UNDERTAKING})


class NoticeUnavailableError(LookupError):
    """No policy is in force, or the document of the notice is missing or incomplete."""


@dataclass(frozen=True)
class Notice:
    """What a visitor is shown and agrees to.

    ``sha256`` covers sentence and fold-out as stored, ``sentence_sha256`` the sentence as it
    reads on the screen.
    """

    form: str
    language: str
    sentence: str
    details: str
    sha256: str
    sentence_sha256: str
    version: PolicyVersion


_kept: dict[tuple[int, int, str, str], Notice] = {}
_latest: dict[tuple[str, str], Notice] = {}


def notice(form: str, language: str) -> Notice:
    """The words of a form in a language, with the version in force today."""
    policy = FORMS.get(form, PRIVACY)
    version = in_force(policy)
    if version is None:
        raise NoticeUnavailableError(f"no {policy} is in force")
    key = (publication.seen(), version.pk, form, language)
    found = _kept.get(key)
    if found is None:
        if len(_kept) > 50:
            _kept.clear()
        found = _kept[key] = _render(form, language, version)
    _latest[form, language] = found
    return found


def latest(form: str, language: str) -> Notice | None:
    """The words that this process showed last, without asking the database; they may be old."""
    return _latest.get((form, language))


def forget() -> None:
    """For tests whose database is rolled back under the process."""
    _kept.clear()
    _latest.clear()


def refusals(version: PolicyVersion) -> Iterator[str]:
    """Why a version cannot be published: a form's words could not be printed under it."""
    for form, language in product(_forms_under(version), LANGUAGES):
        try:
            _render(form, language, version)
        except NoticeUnavailableError as problem:
            words = {"form": form, "code": language, "problem": problem}
            yield _("The text of the form “%(form)s” in “%(code)s”: %(problem)s") % words


def _forms_under(version: PolicyVersion) -> list[str]:
    """The forms that this organisation shows under a policy."""
    shown = {
        FREE_CONSULTATION: registry().has_form,
        COOKIE_CHOICE: asks_for_cookies(),
        STAFF_UNDERTAKING: True,
    }
    return [form for form, policy in FORMS.items() if policy == version.policy_id and shown[form]]


def asks_for_cookies() -> bool:
    """Whether the register has a cookie that needs a choice (E-10a)."""
    return any(cookie.category == ANALYTICS for cookie in registry().cookies)


def source_of(form: str, language: str) -> str:
    """The document of a form's notice."""
    folder = settings.BASE_DIR / "consent" / "documents" / settings.PROFILE.key / form
    path = Path(folder) / f"{language}.md"
    if not path.exists():
        raise NoticeUnavailableError(f"{form}/{language}.md is missing")
    return path.read_text("utf-8")


def _render(form: str, language: str, version: PolicyVersion) -> Notice:
    sentence, _line, details = source_of(form, language).partition("\n---\n")
    with translation.override(language):
        facts = facts_of(version, language)
        parts = [_html(render(text, facts)) for text in (sentence, details)]
    digest = hashlib.sha256("\n---\n".join(parts).encode()).hexdigest()
    return Notice(form, language, parts[0], parts[1], digest, screen_sha256(parts[0]), version)


def _html(rendered: Rendered) -> str:
    if rendered.missing:
        raise NoticeUnavailableError(f"not known: {', '.join(rendered.missing)}")
    return rendered.article.html
