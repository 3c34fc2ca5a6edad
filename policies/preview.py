"""A version as a reader would see it, and what it changes of the version before it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from policies.articles import render_texts
from policies.differences import Line, compare, lines_of
from policies.models import PolicyVersion


@dataclass(frozen=True)
class Preview:
    """One article; ``before`` is the version that it is compared with, if there is one."""

    language: str
    title: str
    html: SafeString
    before: PolicyVersion | None
    changes: list[Line]


def previous(version: PolicyVersion) -> PolicyVersion | None:
    """The published version that a version follows; for a draft, the one published last."""
    others = PolicyVersion.objects.published().filter(policy=version.policy_id)
    if version.published_at is not None:
        others = others.filter(published_at__lt=version.published_at)
    return others.order_by("-effective_date", "-published_at").first()


def previews(version: PolicyVersion, effective: date | None = None) -> dict[str, Preview]:
    """The articles by language: of a draft as they would be published now, else as frozen.

    A draft without a date is shown as if it took effect on ``effective``, by default today.
    """
    before = previous(version)
    old = _frozen(before) if before else {}
    found = {}
    for language, (title, html) in _articles(version, effective).items():
        was = lines_of(*old[language]) if language in old else []
        changes = compare(was, lines_of(title, html)) if was else []
        # Our own renderer made it from a source without HTML.
        found[language] = Preview(language, title, mark_safe(html), before, changes)  # nosec B308 B703
    return found


def _articles(version: PolicyVersion, effective: date | None) -> dict[str, tuple[str, str]]:
    if version.is_published:
        return _frozen(version)
    day = effective or version.effective_date or timezone.localdate()
    texts = render_texts(version, day)
    return {code: (text.article.title, text.article.html) for code, text in texts.items()}


def _frozen(version: PolicyVersion) -> dict[str, tuple[str, str]]:
    return {text.language: (text.title, text.html) for text in version.texts.all()}
