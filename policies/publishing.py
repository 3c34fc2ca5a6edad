"""Publishing freezes: three articles are rendered, hashed and stored, and nothing changes them."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from emsar.audit import record
from emsar.entities import publication
from policies.articles import article_digest, render_texts
from policies.gate import reasons_against
from policies.models import Policy, PolicyPublication, PolicyText, PolicyVersion
from policies.rendering import Rendered


class PublishingRefusedError(Exception):
    """The version may not be published; ``reasons`` says everything that is wrong with it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def publish(
    version: PolicyVersion, *, actor: UUID | None, effective: date | None = None
) -> PolicyVersion:
    """Freeze and publish a version, to take effect on ``effective`` or its own date (E-13b).

    Raises PublishingRefusedError with every reason.
    """
    # Two drafts of one policy published at once would not see each other's date.
    Policy.objects.select_for_update(no_key=True).get(pk=version.policy_id)
    version = PolicyVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    version.effective_date = effective or version.effective_date
    publication.forget()  # what is frozen is the registry of this moment
    texts = render_texts(version)
    if reasons := reasons_against(version, texts, version.effective_date):
        raise PublishingRefusedError(reasons)
    digests = {code: _freeze(version, code, text) for code, text in texts.items()}
    version.published_at, version.published_by = timezone.now(), actor
    version.save(update_fields=["effective_date", "published_at", "published_by"])
    _prove(version, digests)
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


def _prove(version: PolicyVersion, digests: dict[str, str]) -> None:
    PolicyPublication(
        policy=version.policy_id,
        number=version.number,
        version=version.uid,
        effective_date=version.effective_date,  # type: ignore[misc] # the gate refuses None
        terms=version.terms,
        digests=digests,
        requires_reconsent=version.requires_reconsent,
    ).save()
