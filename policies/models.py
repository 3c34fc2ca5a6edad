import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from emsar.audit.evidence import EvidenceRow
from emsar.entities.profile import LANGUAGES


class Policy(models.Model):
    """A document that we publish; its slug is part of its address."""

    slug = models.SlugField(primary_key=True)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return self.slug


class State(models.TextChoices):
    """Where a version stands today; only drafts can be changed."""

    DRAFT = "draft", _("draft")
    UPCOMING = "upcoming", _("not in force yet")
    CURRENT = "current", _("in force")
    PAST = "past", _("archived")


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def published(self) -> "PolicyVersionQuerySet":
        return self.filter(published_at__isnull=False)

    def in_force(self, policy: str, day: date) -> "PolicyVersion | None":
        """The version of a policy that is in force on a day of Asia/Baku."""
        found = self.published().filter(policy=policy, effective_date__lte=day)
        return found.order_by("-effective_date", "-published_at").first()


class PolicyVersion(models.Model):
    """A version with its terms as data; frozen by the database once it is published (E-0a).

    ``requires_reconsent``: what visitors chose under earlier versions of the cookie policy does
    not hold under this one. ``document`` is the number of the files that a draft was loaded from,
    whatever number it has now; ``edited_at`` says that staff edited it since, so that loading must
    leave it alone.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    policy = models.ForeignKey(
        Policy, models.PROTECT, related_name="versions", verbose_name=_("policy")
    )
    number = models.CharField(_("number"), max_length=20)
    effective_date = models.DateField(_("effective date"), null=True, blank=True)
    terms = models.JSONField(_("terms"), default=dict, blank=True)
    significant = models.BooleanField(_("significant change"), default=False)
    requires_reconsent = models.BooleanField(
        _("asks for the cookie choice again"), default=False, db_default=False
    )
    reason_az = models.TextField(_("reason in Azerbaijani"), blank=True)
    reason_en = models.TextField(_("reason in English"), blank=True)
    reason_ru = models.TextField(_("reason in Russian"), blank=True)
    document = models.CharField(max_length=20, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.UUIDField(null=True, editable=False)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_version_a_number"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True)
                | models.Q(effective_date__isnull=False),
                name="published_versions_have_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def reason(self) -> str:
        """Why the version was made, in the active language."""
        return str(getattr(self, f"reason_{(get_language() or LANGUAGES[0])[:2]}"))


class PolicyText(models.Model):
    """A version in one language: the source while a draft, the frozen article afterwards."""

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="texts")
    language = models.CharField(
        _("language"), max_length=2, choices=[(code, code) for code in LANGUAGES]
    )
    source = models.TextField(_("source"))
    title = models.CharField(_("title"), max_length=200, blank=True, editable=False)
    html = models.TextField(blank=True, editable=False)
    sections: models.JSONField[Sequence[Any], Sequence[Any]] = models.JSONField(
        default=list, editable=False
    )
    clauses: models.JSONField[Sequence[str], Sequence[str]] = models.JSONField(
        default=list, editable=False
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("text of a policy version")
        verbose_name_plural = _("texts of a policy version")
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_text_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.language}"


class PolicyPublication(EvidenceRow):
    """Evidence of a publication: the hashes of the three articles, and the terms they print."""

    policy = models.SlugField()
    number = models.CharField(max_length=20)
    version = models.UUIDField()
    effective_date = models.DateField()
    terms = models.JSONField(default=dict)
    digests = models.JSONField(default=dict)
    requires_reconsent = models.BooleanField(default=False, db_default=False)

    ADDED_LATER: ClassVar[Mapping[str, object]] = {"requires_reconsent": False}

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"
