"""Whether a published version still is what was published, and still says what is true."""

from emsar.entities import publication
from policies.articles import article_digest, render_texts
from policies.models import PolicyPublication, PolicyText, PolicyVersion

_differing: dict[tuple[int, int], tuple[str, ...]] = {}


def text_is_intact(text: PolicyText) -> bool:
    """Whether the frozen article still has the hash under which it was published."""
    return article_digest(text.title, text.html) == text.sha256


def is_intact(version: PolicyVersion) -> bool:
    """Whether texts, date and terms are those that the evidence of the publication holds."""
    proof = PolicyPublication.objects.filter(version=version.uid).first()
    if proof is None or not proof.intact():
        return False
    texts = list(version.texts.all())
    digests = {text.language: text.sha256 for text in texts}
    stated = (proof.digests, proof.terms, proof.effective_date)
    return stated == (digests, version.terms, version.effective_date) and all(
        text_is_intact(text) for text in texts
    )


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
