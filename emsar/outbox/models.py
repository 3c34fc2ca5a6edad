import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.subjects.models import DataSubject


class Purpose(models.TextChoices):
    """Why a mail is sent; there is no marketing among them (E-3.1c, E-4h)."""

    ROUTING = "routing", _("to the company's mailbox")
    ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
    REPLY = "reply", _("reply")
    PRIVACY_NOTICE = "privacy_notice", _("privacy notice")
    RIGHTS = "rights", _("data-subject rights")
    STAFF = "staff", _("notice to staff")


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not delivered")
    CANCELLED = "cancelled", _("cancelled")


class OutboundMailQuerySet(models.QuerySet["OutboundMail"]):
    def due(self, now: datetime) -> "OutboundMailQuerySet":
        """What may be sent now: nothing of a blocked person but what serves their rights (E-8h)."""
        waiting = Q(status__in=[Status.QUEUED, Status.SENDING], due_at__lte=now)
        allowed = Q(subject__isnull=True) | Q(subject__blocked_at__isnull=True)
        return self.filter(waiting).filter(allowed | Q(purpose=Purpose.RIGHTS))

    def cancel_for(self, about: uuid.UUID, purposes: Sequence[str]) -> int:
        """Withdraw unsent mails of a record; what is cancelled is emptied at once."""
        found = self.filter(about=about, purpose__in=purposes, status=Status.QUEUED)
        return found.update(status=Status.CANCELLED, **BLANK)


# After sending, only that a mail went, and when, is left (idea 5).
BLANK: dict[str, None] = {"to_address": None, "reply_to": None, "subject_line": None, "body": None}


class OutboundMail(models.Model):
    """A mail queued in the transaction that it reports, sent by a worker under a lease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    subject = models.ForeignKey(
        DataSubject, models.CASCADE, null=True, related_name="+", verbose_name=_("data subject")
    )
    about = models.UUIDField(null=True, db_index=True)
    reference = models.CharField(_("reference"), max_length=20, blank=True)
    language = models.CharField(max_length=2)
    mailbox = models.EmailField(_("sent from"))
    copy_in = models.EmailField(_("copy kept in"), blank=True)
    to_address = EncryptedTextField(null=True)
    reply_to = EncryptedTextField(null=True)
    subject_line = EncryptedTextField(null=True)
    body = EncryptedTextField(null=True)
    message_id = models.CharField(max_length=120, unique=True)
    automatic = models.BooleanField(default=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("queued"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.CharField(_("last error"), max_length=60, blank=True)

    objects = OutboundMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=["queued", "sending"]),
                name="outbox_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.reference or str(self.pk)[:8]}"

    @property
    def age(self) -> timedelta:
        return timezone.now() - self.created_at


class MailCopy(models.Model):
    """Where a copy of a mail lies in one of our mailboxes, so that it can be found and deleted."""

    mailbox = models.EmailField(_("mailbox"))
    message_id = models.CharField(max_length=120)
    reference = models.CharField(_("reference"), max_length=20)
    about = models.UUIDField(db_index=True)
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("copy in a mailbox")
        verbose_name_plural = _("copies in mailboxes")
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "message_id"], name="one_copy_a_mailbox")
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.reference}"
