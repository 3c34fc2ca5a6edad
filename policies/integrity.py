"""Whether a published version still is what was published, and still says what is true."""

from collections.abc import Iterator

from emsar.entities import publication
from policies.articles import article_digest, render_texts
from policies.models import PolicyPublication, PolicyText, PolicyVersion

_differing: dict[tuple[int, int], tuple[str, ...]] = {}


def text_is_intact(text: PolicyText) -> bool:
    """Whether the frozen article still has the hash under which it was published."""
    return article_digest(text.title, text.html) == text.sha256


def is_intact(version: PolicyVersion) -> bool:
    """Whether texts, date and terms are those that the evidence of the publication holds."""
    return not any(deviations(version))


def deviations(version: PolicyVersion) -> Iterator[str]:
    """A sentence for each thing that is not as the evidence of the publication says."""
    proof = PolicyPublication.objects.filter(version=version.uid).first()
    if proof is None or not proof.intact():
        yield f"{version}: no evidence of its publication can be relied on"
        return
    if _stated(proof, proof.policy) != _stated(version, version.policy_id):
        yield f"{version}: number, terms or date are not those that were published"
    texts = {text.language: text for text in version.texts.all()}
    for language in sorted(proof.digests.keys() | texts.keys()):
        if not _is_published(texts.get(language), proof.digests.get(language)):
            yield f"{version} {language}: not the text that was published"


def _stated(row: PolicyPublication | PolicyVersion, policy: str) -> tuple[object, ...]:
    return policy, row.number, row.terms, row.effective_date, row.requires_reconsent


def _is_published(text: PolicyText | None, digest: str | None) -> bool:
    return text is not None and text.sha256 == digest and text_is_intact(text)


def verify_published() -> Iterator[str]:
    """For `verify_audit`: everything published that is not what it was, or is gone (E-0a)."""
    versions = list(PolicyVersion.objects.published().order_by("pk"))
    for version in versions:
        yield from (f"policies.PolicyVersion {problem}" for problem in deviations(version))
    known = {version.uid for version in versions}
    for proof in PolicyPublication.objects.exclude(version__in=known).order_by("pk"):
        yield f"policies.PolicyVersion {proof}: published, and no longer there as published"


def differs_from_registry(version: PolicyVersion) -> tuple[str, ...]:
    """The languages in which a published version would read differently today (idea 2).

    Rendering takes a while, so the answer is kept until something is published or loaded.
    """
    key = (publication.seen(), version.pk)
    if key not in _differing:
        if len(_differing) > 20:
            _differing.clear()
        _differing[key] = tuple(_differing_languages(version))
    return _differing[key]


def _differing_languages(version: PolicyVersion) -> list[str]:
    stored = {text.language: text.sha256 for text in version.texts.all()}
    return [
        code
        for code, text in render_texts(version).items()
        if article_digest(text.article.title, text.article.html) != stored.get(code)
    ]


def forget() -> None:
    """For tests that change rows without a publication."""
    _differing.clear()
