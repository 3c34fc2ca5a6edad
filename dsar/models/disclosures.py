"""The register of disclosures: what an authority, or anybody else, was told of a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emsar.audit.evidence import EvidenceRow


class Disclosure(EvidenceRow):
    """Data of one person that left the group (E-6.3, E-6.4), entered before it leaves.

    ``recipient`` names a body, not a person. ``consent`` is the consent event that allows it, for
    the ground ``consent``. ``is_secret``: the law forbids telling the person. ``records`` are the
    numbers, as text, of what the officer chose where several people share an address; NULL: all.
    """

    class Ground(models.TextChoices):
        LAW = "law", _("a law that demands it")
        COURT = "court", _("an order of a court")
        AUTHORITY = "authority", _("a lawful request of an authority")
        CONSENT = "consent", _("explicit consent of the person")

    subject = models.UUIDField(_("data subject"), db_index=True)
    recipient = models.CharField(_("who asked"), max_length=200)
    document = models.CharField(_("number of the document"), max_length=60)
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices)
    legal_reference = models.SlugField(_("legal reference"), blank=True)
    consent = models.UUIDField(_("consent"), null=True)
    fields = models.JSONField(_("fields"), default=list)
    records = models.JSONField(_("chosen records"), null=True)
    approver = models.UUIDField(_("approved by"))
    is_secret = models.BooleanField(_("the law forbids telling the person"), default=False)

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")

    def __str__(self) -> str:
        return f"{self.ground} {self.uid}"
