from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.audit.evidence import EvidenceRow


class AuditEvent(EvidenceRow):
    """Something that somebody did, or saw: bare UUIDs, no foreign key, nothing personal.

    ``detail`` holds codes and numbers only. Views of personal data are events too (E-9c).
    """

    action = models.CharField(_("action"), max_length=64)
    actor = models.UUIDField(_("actor"), null=True)
    subject = models.UUIDField(_("data subject"), null=True)
    object_type = models.CharField(_("kind of object"), max_length=64, blank=True)
    object_id = models.CharField(_("object"), max_length=40, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"]),
            models.Index(fields=["subject", "-id"]),
            models.Index(fields=["action", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.uid}"


class Seal(models.Model):
    """A link of the chain over all evidence: what was settled since the link before it.

    ``spans`` says for each kind of evidence which numbers it covers:
    ``{label: {"from": n, "to": n, "gaps": [[n, seals], ..], "late": [n, ..], "count": n,
    "months": {"2026-11": [rows, hex]}}}``. ``gaps`` are numbers not visible when sealing (rolled
    back or still in flight) and for how many seals they are still looked for, ``late`` those of
    earlier gaps that have appeared since. So no writer waits for the seal, or for another.
    """

    id = models.BigAutoField(_("number"), primary_key=True)
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    spans: models.JSONField[Any, Any] = models.JSONField(_("rows covered"))
    previous = models.BinaryField(max_length=32)
    kid = models.CharField(_("key"), max_length=16)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.pk} {bytes(self.digest).hex()[:16]}"


class Heartbeat(models.Model):
    """When a scheduled job last ended well: what the dead-man's alarm reads."""

    job = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.job
