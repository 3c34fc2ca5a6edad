"""What stays longer than its request: documents that accounting law asks for (E-7.2c)."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.entities.models import LegalEntity, LegalReference
from emsar.staff.models import Role, User
from emsar.subjects.models import DataSubject, outside_block


class UnclassReason(models.TextChoices):
    """Why a document is no accounting document after all."""

    MISTAKE = "mistake", _("it was classed by mistake")
    REPLACED = "replaced", _("another document takes its place")
    NOT_ASKED = "not_asked", _("no law asks for it")


class DocumentQuerySet(models.QuerySet["AccountingDocument"]):
    def visible_to(self, user: Any) -> "DocumentQuerySet":
        """Company staff: their company's, unless blocked; the DPO: all of them (E-2b)."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.role == Role.DPO:
            return self
        if user.role != Role.ENTITY_STAFF:
            return self.none()
        return self.filter(outside_block("classed_at"), entity=user.entity_id)


class AccountingDocument(models.Model):
    """An item of a request's thread that the law wants kept with the accounts (E-7.2c).

    It holds a copy of the words and no foreign key to the request, so that it stays alone when
    the rest is destroyed. ``counted_from`` is the request's own last day kept, from which the
    years count; like ``destroy_after``, the last day kept in Asia/Baku, it is NULL only while the
    contract is open. ``message`` is what was copied, NULL for the request's own words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="+")
    entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("company")
    )
    request = models.UUIDField(_("request"))
    message = models.UUIDField(null=True)
    reference = models.CharField(_("reference"), max_length=20)
    legal_reference = models.ForeignKey(
        LegalReference,
        models.PROTECT,
        related_name="+",
        verbose_name=_("legal reference"),
        db_index=False,
    )
    title = EncryptedTextField(_("what it is"))
    text = EncryptedTextField(_("words"))
    at = models.DateTimeField(_("date of the document"))
    classed_at = models.DateTimeField(_("classed"), default=timezone.now)
    classed_by = models.UUIDField(_("classed by"))
    counted_from = models.DateField(_("last day of the correspondence"), null=True)
    destroy_after = models.DateField(_("last day kept"), null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("accounting document")
        verbose_name_plural = _("accounting documents")
        ordering: ClassVar[list[str]] = ["-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "message"],
                nulls_distinct=False,
                name="one_document_an_item",
            ),
            models.CheckConstraint(
                condition=Q(counted_from__isnull=True, destroy_after__isnull=True)
                | Q(
                    counted_from__isnull=False,
                    destroy_after__isnull=False,
                    destroy_after__gt=F("counted_from"),
                ),
                name="document_counts_from_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["destroy_after"], name="documents_last_day"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {str(self.pk)[:8]}"
