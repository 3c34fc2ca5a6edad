from django.db import models
from django.utils.translation import gettext_lazy as _

from emsar.audit.evidence import EvidenceRow


class TransferReason(models.TextChoices):
    """Why a request went to the other company (E-6.1a); a code, so that it can outlive it."""

    FIELD = "field", _("it belongs to the other company's field")
    BOTH = "both", _("both companies are needed")
    ASKED = "asked", _("the person asked for it")
    TAKE_OVER = "take_over", _("taken over from the common mailbox")


class Transfer(EvidenceRow):
    """Personal data passed between the two companies: who, when, why, which fields (E-6.1a)."""

    request = models.UUIDField(_("request"), db_index=True)
    subject = models.UUIDField(_("data subject"), db_index=True)
    from_entity = models.SlugField(_("from"), blank=True)
    to_entity = models.SlugField(_("to"))
    actor = models.UUIDField(_("by"))
    reason = models.CharField(_("reason"), max_length=20, choices=TransferReason.choices)
    fields = models.JSONField(_("fields"), default=list)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")

    def __str__(self) -> str:
        return f"{self.from_entity or '—'} → {self.to_entity} {self.uid}"
