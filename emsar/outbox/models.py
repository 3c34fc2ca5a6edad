import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.staff.models import User
from emsar.subjects.models import DataSubject, outside_block, outside_suspension


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
        """What may be sent now: the mails that wait, and those whose lease has run out."""
        return self.unblocked().filter(status__in=[Status.QUEUED, Status.SENDING], due_at__lte=now)

    def unblocked(self) -> "OutboundMailQuerySet":
        """What neither a block nor an open objection holds back (E-8f, E-8h).

        Mail that serves the person's rights always goes.
        """
        free = outside_block("created_at") & outside_suspension("created_at")
        return self.filter(free | Q(purpose=Purpose.RIGHTS))

    def visible_to(self, user: Any) -> "OutboundMailQuerySet":
        """What a block covers is seen by the officer alone, mail about their rights too (E-8h)."""
        if not isinstance(user, User) or user.is_dpo:
            return self
        return self.filter(outside_block("created_at"))

    def cancel_for(self, about: uuid.UUID, purposes: Sequence[str]) -> int:
        """Withdraw the unsent mails of a record and empty them at once; the number of them.

        One that is being sent at this moment may still arrive, but is not tried again.
        """
        unsent = [Status.QUEUED, Status.FAILED, Status.SENDING]
        found = self.filter(about=about, purpose__in=purposes, status__in=unsent)
        # One statement, so that no mail slips from one state to the other in between.
        ended = Case(
            When(status=Status.SENDING, then=Value(Status.SENDING)),
            default=Value(Status.CANCELLED),
        )
        return found.update(status=ended, **BLANK)

    def pass_on(self, kept: DataSubject, doubled: DataSubject) -> None:
        """The mails of a doubled person become those of the one that is kept."""
        self.filter(subject=doubled).update(subject=kept)


# After sending, only that a mail went, and when, is left (idea 5).
BLANK: dict[str, None] = {"to_address": None, "reply_to": None, "subject_line": None, "body": None}


class OutboundMail(models.Model):
    """A mail queued in the transaction that it reports, sent by a worker under a lease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160)
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
    # The name of a text of ours that goes with it, as "kind:key"; see ``enclosures``.
    enclosure = models.CharField(max_length=100, blank=True)
    message_id = models.CharField(max_length=120)
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
        verbose_name_plural = _("outgoing mails")
        # Not ``unique=True``, which adds a second index for searches by the beginning of a text.
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_mail_a_key"),
            models.UniqueConstraint(fields=["message_id"], name="one_mail_a_message_id"),
        ]
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

    @property
    def kept_in(self) -> list[str]:
        """The mailboxes of ours in which a copy lies once the mail is out (E-7.1a).

        A server that takes our mail keeps it among the sent mail of the mailbox that it comes
        from; what goes to a mailbox of ours lies there as well. Notices to staff name nobody.
        """
        if self.purpose == Purpose.STAFF:
            return []
        return sorted({self.mailbox, self.copy_in} - {""})


class MailCopy(models.Model):
    """Where a copy of a mail lies in one of our mailboxes, so that it can be found and deleted.

    Copies that were sent from the mailbox as well as those that came in: one row for a mailbox,
    whichever of its folders they lie in.
    """

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
