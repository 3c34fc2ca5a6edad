"""What belongs to a request and goes along with it: its messages and its history."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.outbox.models import OutboundMail
from emsar.staff.models import User
from requests_inbox.models.requests import ConsultationRequest, RequestScopedQuerySet
from requests_inbox.moments import EARLIEST


class Message(models.Model):
    """One entry of the thread; internal notes are disclosed to the person on request (E-8c)."""

    class Kind(models.TextChoices):
        OUTGOING = "outgoing", _("reply")
        INCOMING = "incoming", _("message received")
        NOTE = "note", _("internal note")
        DRAFT = "draft", _("draft")

    class State(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        QUEUED = "queued", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")

    class Channel(models.TextChoices):
        EMAIL = "email", _("email")
        PHONE = "phone", _("phone")
        WHATSAPP = "whatsapp", _("WhatsApp")
        MEETING = "meeting", _("meeting")
        LETTER = "letter", _("letter")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ConsultationRequest, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECORDED)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    body = EncryptedTextField()
    at = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(OutboundMail, models.SET_NULL, null=True, related_name="+")

    objects = RequestScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "author"], condition=Q(kind="draft"), name="one_draft_a_person"
            ),
            models.CheckConstraint(condition=Q(at__gte=EARLIEST), name="message_of_our_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.pk)[:8]}"


class HistoryEntry(models.Model):
    """A dated change of a request: from what to what, by whom, and the reason as a code."""

    request = models.ForeignKey(ConsultationRequest, models.CASCADE, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(null=True)
    event = models.CharField(max_length=30)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, blank=True)

    objects = RequestScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
