"""What the form writes, whoever asks: one row, until a worker has looked the address up."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField


class Intake(models.Model):
    """One submission of the form; ``kinds`` is empty when only a link is asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nonce = models.UUIDField(unique=True)
    received_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=2)
    email = EncryptedTextField()
    kinds = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    details = EncryptedTextField(null=True)
    # When it could not be looked up last; NULL: nobody has tried. Those wait behind all others.
    tried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("entry of the rights form")
        verbose_name_plural = _("entries of the rights form")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["received_at"], name="intake_received"),
        ]

    def __str__(self) -> str:
        return str(self.pk)[:8]
